import Results

/// One value of a record: its name, its type and what it means, declared once for those who write it and those who read it.
///
/// `Field<Double>` is a number that must be finite, `Field<Double?>` one that is recorded as null where there is none.
package struct Field<Value: RecordedValue>: Sendable {
  /// Key in the record.
  package let name: String
  /// Meaning of the value, for readers of `Documentation/results-format.md`.
  package let meaning: String
  /// What a whole number may be where records are told apart by it.
  let range: ClosedRange<Int>

  package init(_ name: String, _ meaning: String, in range: ClosedRange<Int> = 0...(1 << 53)) {
    (self.name, self.meaning, self.range) = (name, meaning, range)
  }

  /// The field with a value, as records are made of.
  package func callAsFunction(_ value: Value) -> Entry { Entry(name, value.recordValue) }
}

/// A field of any type, as tables of fields list it.
package protocol AnyField: Sendable {
  /// Key in the record.
  var name: String { get }
  /// Meaning of the value.
  var meaning: String { get }
}

extension Field: AnyField {}

/// A name and a value of a record.
package struct Entry: Sendable {
  /// Key in the record.
  package let name: String
  /// Value as it is written.
  package let value: RecordValue

  init(_ name: String, _ value: RecordValue) { (self.name, self.value) = (name, value) }
}

extension Record {
  /// A record of `entries` in their order.
  package init(_ entries: Entry...) {
    self.init()
    add(entries)
  }

  /// Adds `entries` in their order, or replaces their values.
  package mutating func add(_ entries: Entry...) { add(entries) }

  /// Adds `entries` in their order, or replaces their values.
  package mutating func add(_ entries: [Entry]) { for entry in entries { self[entry.name] = entry.value } }

  /// Adds the fields of `record` in their order.
  package mutating func add(_ record: Record) { for field in record.fields { self[field.key] = field.value } }

  /// The value of a field; nil where it is absent, null or of another kind.
  package subscript<Value: RecordedValue>(field: StudyRecords.Field<Value>) -> Value.Present? { self[field.name].flatMap(Value.read) }

  /// The number of a field, also where it should be whole and is not; nil where there is none.
  package func number<Value>(_ field: StudyRecords.Field<Value>) -> Double? { number(field.name) }

  /// Entry `index` of a field's numbers; nil where there is none.
  package func number<Value>(_ field: StudyRecords.Field<Value>, at index: Int) -> Double? { number(field.name, at: index) }

  /// The value of a field by which records are told apart; nil where it is absent or null.
  ///
  /// - Throws: `RecordFault` where it is not what the field can be.
  package func checked<Value: RecordedValue>(_ field: StudyRecords.Field<Value>) throws(RecordFault) -> Value.Present? {
    try Value.checked(field.name, in: self, range: field.range)
  }
}
