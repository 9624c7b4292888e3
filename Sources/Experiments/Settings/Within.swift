import ArgumentParser

/// A setting of numbers that states which it may have, where it is declared:
///
///     @Option(help: "Number of training points.") @Within(2...10_000_000) public var train = 1000
///
/// The help shows the range, and `checkRanges` refuses what lies outside. Parsing alone does not: a number beyond the range is told
/// as that, wherever it comes from.
@propertyWrapper
public struct Within<Value: RangedValue>: Sendable {
  public var wrappedValue: Value { didSet { text = nil } }
  let interval: Interval<Value.Bound>
  /// The value as it was written, where it was.
  private var text: String?

  init(wrappedValue: Value, interval: Interval<Value.Bound>) { (self.wrappedValue, self.interval) = (wrappedValue, interval) }

  public init(wrappedValue: Value, _ range: ClosedRange<Value.Bound>) {
    self.init(wrappedValue: wrappedValue, interval: Interval(range.lowerBound, range.upperBound))
  }
  public init(wrappedValue: Value, from lower: Value.Bound, below upper: Value.Bound) {
    self.init(wrappedValue: wrappedValue, interval: Interval(lower, upper, includesUpper: false))
  }
  public init(wrappedValue: Value, above lower: Value.Bound, to upper: Value.Bound) {
    self.init(wrappedValue: wrappedValue, interval: Interval(lower, upper, includesLower: false))
  }
  public init(wrappedValue: Value, above lower: Value.Bound, below upper: Value.Bound) {
    self.init(wrappedValue: wrappedValue, interval: Interval(lower, upper, includesLower: false, includesUpper: false))
  }

  /// The range in words, such as `from 2 to 1000`.
  var range: String { "\(interval)" }

  /// What the range asks for, such as `a whole number from 2 to 1000`.
  var expected: String { Value.form(interval) }

  /// What is wrong with the value; nil where nothing is.
  func fault(name: String) -> ExperimentError? {
    wrappedValue.lies(in: interval) ? nil : .invalidSetting(name: name, expected: expected, got: text ?? "\(self)")
  }

  fileprivate func parsed(_ text: String) throws -> Within {
    guard let value = Value(settingText: text) else { throw UnreadableSetting(expected: expected) }
    var parsed = self
    parsed.wrappedValue = value
    parsed.text = text
    return parsed
  }
}

extension Within: CustomStringConvertible {
  /// The value as it is written on the command line; empty for no value.
  public var description: String { wrappedValue.settingText }
}

extension Within: Encodable where Value: Encodable {
  public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

extension Option {
  /// A setting with a range, which the help shows.
  public init<Inner: RangedValue>(wrappedValue: Within<Inner>, help: String, completion: CompletionKind? = nil)
  where Value == Within<Inner> {
    self.init(
      wrappedValue: wrappedValue, help: ArgumentHelp("\(help) (\(wrappedValue.range))"), completion: completion,
      transform: { try wrappedValue.parsed($0) })
  }
}

/// Text that is no value of a setting; the parser says of which.
struct UnreadableSetting: Error, CustomStringConvertible {
  let expected: String
  var description: String { "expected \(expected)." }
}

/// What a `Within` may hold: one number, a list of them, or perhaps none.
public protocol RangedValue: Sendable {
  /// Type of the numbers that the range is given in.
  associatedtype Bound: Comparable & Sendable
  /// Reads the text of a setting; nil for text that is no number, whatever its size.
  init?(settingText text: String)
  /// The value as it is written on the command line.
  var settingText: String { get }
  /// Whether every number lies in the interval.
  func lies(in interval: Interval<Bound>) -> Bool
  /// What an interval asks for, such as `a whole number from 2 to 1000`.
  static func form(_ interval: Interval<Bound>) -> String
}
