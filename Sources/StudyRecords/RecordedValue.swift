import Results

/// A type whose values records can hold.
package protocol RecordedValue: Sendable {
  /// What is read where there is a value.
  associatedtype Present: Sendable = Self
  /// The value as it is written.
  var recordValue: RecordValue { get }
  /// What a written value says; nil for one of another kind.
  static func read(_ value: RecordValue) -> Present?
  /// The value that a record has under `name`; nil where that is absent or null.
  ///
  /// - Throws: `RecordFault` where it is of another kind or cannot be meant.
  static func checked(_ name: String, in record: Record, range: ClosedRange<Int>) throws(RecordFault) -> Present?
}

extension RecordedValue {
  package static func checked(_ name: String, in record: Record, range: ClosedRange<Int>) throws(RecordFault) -> Present? {
    record[name].flatMap(read)
  }
}

extension Double: RecordedValue {
  package var recordValue: RecordValue { .number(self) }
  package static func read(_ value: RecordValue) -> Double? { if case .number(let number) = value { number } else { nil } }
  package static func checked(_ name: String, in record: Record, range: ClosedRange<Int>) throws(RecordFault) -> Double? {
    try record.checkedNumber(name)
  }
}

extension Int: RecordedValue {
  package var recordValue: RecordValue { .number(Double(self)) }
  package static func read(_ value: RecordValue) -> Int? { Double.read(value).flatMap { Int(exactly: $0) } }
  package static func checked(_ name: String, in record: Record, range: ClosedRange<Int>) throws(RecordFault) -> Int? {
    try record.checkedWhole(name, in: range)
  }
}

extension String: RecordedValue {
  package var recordValue: RecordValue { .string(self) }
  package static func read(_ value: RecordValue) -> String? { if case .string(let text) = value { text } else { nil } }
  package static func checked(_ name: String, in record: Record, range: ClosedRange<Int>) throws(RecordFault) -> String? {
    try record.checkedString(name)
  }
}

extension Array: RecordedValue where Element == Double {
  package var recordValue: RecordValue { .numbers(self) }
  package static func read(_ value: RecordValue) -> [Double]? { if case .numbers(let numbers) = value { numbers } else { nil } }
}

/// Null where there is no value, or one that is not finite.
extension Optional: RecordedValue where Wrapped: RecordedValue {
  package var recordValue: RecordValue {
    switch map(\.recordValue) {
    case .number(let number): RecordValue(nullIfNotFinite: number)
    case .numbers(let numbers): RecordValue(nullIfNotFinite: numbers)
    case let value?: value
    case nil: .null
    }
  }
  package static func read(_ value: RecordValue) -> Wrapped.Present? { Wrapped.read(value) }
  package static func checked(_ name: String, in record: Record, range: ClosedRange<Int>) throws(RecordFault) -> Wrapped.Present? {
    try Wrapped.checked(name, in: record, range: range)
  }
}

/// One of a few words; others are passed over.
extension RecordedValue where Self: RawRepresentable, RawValue == String {
  package var recordValue: RecordValue { .string(rawValue) }
  package static func read(_ value: RecordValue) -> Self? { String.read(value).flatMap(Self.init(rawValue:)) }
}

/// A text of a form of its own.
package protocol RecordedText: RecordedValue where Present == Self {
  /// The text as records hold it.
  var text: String { get }
  /// Reads a text; nil for one of another form.
  init?(_ text: String)
  /// What a text of another form should have been.
  static var expected: String { get }
}

extension RecordedText {
  package var recordValue: RecordValue { .string(text) }
  package static func read(_ value: RecordValue) -> Self? { String.read(value).flatMap(Self.init) }
  package static func checked(_ name: String, in record: Record, range: ClosedRange<Int>) throws(RecordFault) -> Self? {
    guard let text = try record.checkedString(name) else { return nil }
    return try Self(recorded: text)
  }

  /// - Throws: `RecordFault` for a text of another form.
  package init(recorded text: String) throws(RecordFault) {
    guard let value = Self(text) else { throw RecordFault("'\(text)' \(Self.expected)") }
    self = value
  }
}
