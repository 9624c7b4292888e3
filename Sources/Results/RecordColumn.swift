import PrintableText

/// A column of a `RecordTable`: all of its values are of one kind, or null.
struct RecordColumn: Equatable {
  /// Kinds of values. A column that had several becomes one of texts; whole numbers beside others, one of numbers with a fraction.
  enum Kind: Equatable {
    case nothing, whole, number, bool, text, array
  }

  var name: String
  var kind: Kind
  /// Kind of the entries of arrays.
  var entryKind = Kind.nothing
}

extension RecordColumn.Kind {
  init(_ value: JSONValue) {
    switch value {
    case .null: self = .nothing
    case .bool: self = .bool
    case .integer(let value): self = value.magnitude <= 1 << 53 ? .whole : .text
    case .number(let value):
      self = value == value.rounded() && abs(value) <= 0x1p53 && (value != 0 || value.sign == .plus) ? .whole : .number
    case .string: self = .text
    case .array, .object: self = .array
    }
  }

  /// The kind of a column with values of both.
  func joined(with other: RecordColumn.Kind) -> RecordColumn.Kind {
    if self == other || other == .nothing { return self }
    if self == .nothing { return other }
    return Set([self, other]) == [.whole, .number] ? .number : .text
  }
}

extension JSONValue {
  init(_ value: RecordValue) {
    switch value {
    case .number(let value): self = .number(value)
    case .string(let text): self = .string(text)
    case .bool(let value): self = .bool(value)
    case .numbers(let values): self = .array(values.map { .number($0) })
    case .null: self = .null
    }
  }

  /// The value as a JSON text for a column.
  func text(in column: RecordColumn) -> String {
    if column.kind == .array, let elements = array { return "[\(elements.map { $0.text(of: column.entryKind) }.joined(separator: ","))]" }
    return text(of: column.kind)
  }

  private func text(of kind: RecordColumn.Kind) -> String {
    switch (kind, self) {
    case (_, .null): "null"
    case (.number, .number(let value)): "\(value)"
    case (.number, .integer(let value)): "\(Double(value))"
    case (.text, .string): text
    case (.text, _): JSONValue.string(text).text
    default: text
    }
  }

  /// The value as a cell of CSV for a column. Source: RFC 4180.
  ///
  /// A null is an empty cell, an empty text an empty pair of quotes. Controls and invisible characters of texts are visible escapes.
  func cell(in column: RecordColumn) -> String {
    switch (column.kind, self) {
    case (_, .null): ""
    case (.text, _): JSONValue.quoted(plain)
    case (.array, _): JSONValue.quoted(text(in: column))
    default: text(of: column.kind)
    }
  }

  static func quoted(_ text: String) -> String {
    let shown = text.printable
    guard shown.isEmpty || shown.utf8.contains(where: { ",\" ".utf8.contains($0) }) else { return shown }
    return "\"" + shown.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }
}
