/// A value in a record.
public enum RecordValue: Equatable, Sendable {
  /// A number.
  case number(Double)
  /// A text.
  case string(String)
  /// A truth value.
  case bool(Bool)
  /// A list of numbers.
  case numbers([Double])
  /// No value, where a number is not known or not finite.
  case null

  /// `value`, or null where it is NaN or infinite: the explicit choice to record that there is no number.
  public init(nullIfNotFinite value: Double?) {
    self = value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
  }

  /// `values`, or null where one of them is NaN or infinite.
  public init(nullIfNotFinite values: [Double]?) {
    self = values.flatMap { $0.allSatisfy(\.isFinite) ? .numbers($0) : nil } ?? .null
  }
}

extension RecordValue {
  /// The value as a person would write it.
  public var text: String {
    switch self {
    case .number(let value): Int(exactly: value).map(String.init) ?? "\(value)"
    case .string(let text): text
    case .bool(let value): "\(value)"
    case .numbers(let values): values.map { RecordValue.number($0).text }.joined(separator: ",")
    case .null: "null"
    }
  }
}

extension RecordValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByNilLiteral
{
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: Double...) { self = .numbers(elements) }
  public init(nilLiteral: ()) { self = .null }
}

/// One line of `records.jsonl`: values by key, in the order in which they were set.
///
/// Look-up is linear; a record has some tens of keys.
public struct Record: Equatable, Sendable {
  /// A key and its value.
  public struct Field: Equatable, Sendable {
    /// Key, once in a record.
    public let key: String
    /// Value of the key.
    public var value: RecordValue
  }

  /// Keys and values in the order in which they were set.
  public internal(set) var fields: [Field] = []

  public init() {}

  /// The value of a key; nil where it is absent. Setting nil removes the key; setting `.null` records that there is no value.
  public subscript(key: String) -> RecordValue? {
    get { fields.first { $0.key == key }?.value }
    set {
      let index = fields.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): fields[index].value = value
      case (let index?, nil): fields.remove(at: index)
      case (nil, let value?): fields.append(Field(key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  /// The number under `key`; nil where absent, null or of another kind.
  public func number(_ key: String) -> Double? {
    if case .number(let value) = self[key] { value } else { nil }
  }

  /// The whole number under `key`; nil where there is none that an `Int` holds exactly.
  public func integer(_ key: String) -> Int? { number(key).flatMap { Int(exactly: $0) } }

  /// The numbers under `key`; nil where absent, null or of another kind.
  public func numbers(_ key: String) -> [Double]? {
    if case .numbers(let values) = self[key] { values } else { nil }
  }

  /// The text under `key`; nil where absent, null or of another kind.
  public func string(_ key: String) -> String? {
    if case .string(let text) = self[key] { text } else { nil }
  }
}

extension Record: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, RecordValue)...) {
    for (key, value) in elements { self[key] = value }
  }
}
