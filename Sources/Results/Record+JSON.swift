extension Record {
  /// The record as one line of JSON, ending with a line feed.
  ///
  /// - Throws: `ResultsError.notFinite` naming the first key with a NaN or an infinity.
  package func line() throws(ResultsError) -> [UInt8] {
    var members: [JSONValue.Member] = []
    for field in fields { members.append(JSONValue.Member(field.key, try Record.json(field))) }
    return Array(JSONValue.object(members).text.utf8) + [0x0A]
  }

  private static func json(_ field: Field) throws(ResultsError) -> JSONValue {
    switch field.value {
    case .number(let value):
      guard value.isFinite else { throw .notFinite(key: field.key, value: "\(value)") }
      return .number(value)
    case .numbers(let values):
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(key: "\(field.key)[\(index)]", value: "\(values[index])")
      }
      return .array(values.map { .number($0) })
    case .string(let text): return .string(text)
    case .bool(let value): return .bool(value)
    case .null: return .null
    }
  }

  /// Reads one line, without its line feed.
  package init(line: ArraySlice<UInt8>) throws(JSONSyntaxError) {
    guard case .object(let members) = try JSONParser.parse(line) else { throw JSONSyntaxError(offset: 0, reason: "no JSON object") }
    for member in members { fields.append(Field(key: member.key, value: try Record.value(member))) }
  }

  private static func value(_ member: JSONValue.Member) throws(JSONSyntaxError) -> RecordValue {
    switch member.value {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .integer(let value): return .number(Double(value))
    case .number(let value): return .number(value)
    case .string(let text): return .string(text)
    case .object: throw JSONSyntaxError(offset: 0, reason: "'\(member.key)' is an object")
    case .array(let elements):
      let numbers = elements.compactMap(\.double)
      guard numbers.count == elements.count else {
        throw JSONSyntaxError(offset: 0, reason: "'\(member.key)' is not an array of numbers")
      }
      return .numbers(numbers)
    }
  }
}

/// As the text of its line: within a checkpoint's state.
extension Record: Codable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(String(decoding: line().dropLast(), as: UTF8.self))
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(line: ArraySlice(container.decode(String.self).utf8))
    } catch let error as JSONSyntaxError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.reason)
    }
  }
}
