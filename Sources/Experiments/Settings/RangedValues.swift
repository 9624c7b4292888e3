/// Numbers as users write them: digits, a point, an exponent. Hexadecimal digits, underscores, `inf` and `nan`, which programming
/// languages also read, are no numbers here.
enum NumberText {
  /// Numbers beyond the largest are infinite, and lie in no range.
  static func number(_ text: some StringProtocol) -> Double? {
    text.utf8.allSatisfy { byte in "0123456789+-.eE".utf8.contains(byte) } ? Double(text) : nil
  }

  /// Numbers beyond the type's are its last ones, which lie in no range.
  static func wholeNumber(_ text: some StringProtocol) -> Int? {
    if let value = Int(text) { return value }
    let digits = text.utf8.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } ?? false ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return text.hasPrefix("-") ? .min : .max
  }
}

extension RangedValue where Self == Bound {
  public func lies(in interval: Interval<Self>) -> Bool { interval.contains(self) }
}

extension RangedValue where Self: CustomStringConvertible {
  public var settingText: String { description }
}

extension Int: RangedValue {
  public init?(settingText text: String) {
    guard let value = NumberText.wholeNumber(text) else { return nil }
    self = value
  }
  public static func form(_ interval: Interval<Int>) -> String { "a whole number \(interval)" }
}

extension UInt64: RangedValue {
  public init?(settingText text: String) { self.init(text) }
  public static func form(_ interval: Interval<UInt64>) -> String { "a whole number \(interval)" }
}

extension Double: RangedValue {
  public init?(settingText text: String) {
    guard let value = NumberText.number(text) else { return nil }
    self = value
  }
  public static func form(_ interval: Interval<Double>) -> String { "a number \(interval)" }
}

extension ByteCount: RangedValue {
  public init?(settingText text: String) { self.init(text) }
  public static func form(_ interval: Interval<ByteCount>) -> String { "an amount \(interval), such as 8GB or 500MiB" }
}

/// No value lies in every range.
extension Optional: RangedValue where Wrapped: RangedValue {
  public init?(settingText text: String) {
    guard let value = Wrapped(settingText: text) else { return nil }
    self = .some(value)
  }
  public var settingText: String { map(\.settingText) ?? "" }
  public func lies(in interval: Interval<Wrapped.Bound>) -> Bool { map { $0.lies(in: interval) } ?? true }
  public static func form(_ interval: Interval<Wrapped.Bound>) -> String { Wrapped.form(interval) }
}

/// Numbers with commas between them, as `1,2,4`.
public struct NumberList<Number: RangedValue & Equatable>: RangedValue, Equatable where Number.Bound == Number {
  /// More than anybody writes by hand.
  static var most: Int { 1000 }

  /// The list as it was written.
  public let text: String
  /// The numbers without duplicates, in the order given; nil where the text is no list of numbers.
  private let numbers: [Number]?

  public init(settingText text: String) {
    self.text = text
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let read = parts.compactMap { Number(settingText: $0.trimmingWhitespace()) }
    numbers = read.count == parts.count && parts.count <= Self.most ? read.reduce(into: []) { if !$0.contains($1) { $0.append($1) } } : nil
  }

  /// The numbers; empty where the text is none, which lies in no range.
  public var values: [Number] { numbers ?? [] }
  public var settingText: String { text }
  public func lies(in interval: Interval<Number>) -> Bool { numbers.map { $0.allSatisfy { interval.contains($0) } } ?? false }
  public static func form(_ interval: Interval<Number>) -> String {
    Number.form(interval).replacing("a whole number", with: "whole numbers").replacing("a number", with: "numbers")
      + " with commas between them, at most \(most)"
  }
}

extension NumberList: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self.init(settingText: text) }
}

extension NumberList: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension StringProtocol {
  func trimmingWhitespace() -> String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}

extension Double {
  /// The number as in the name of a file or a part of a run: without the + of an exponent.
  var fileText: String { "\(self)".replacing("+", with: "") }
}
