import Foundation

extension JSONValue {
  /// Parses one JSON text (RFC 8259).
  package init(parsing text: some Collection<UInt8>) throws(JSONSyntaxError) {
    self = try JSONParser.parse(ArraySlice(text))
  }

  /// What `value` encodes to, keys sorted.
  ///
  /// - Parameter what: what the value is, for the error's text.
  /// - Throws: `ResultsError.cannotEncode`, for example if a number is not finite.
  public init(encoding value: some Encodable, what: String) throws(ResultsError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data: Data
    do {
      data = try encoder.encode(value)
    } catch let EncodingError.invalidValue(value, context) {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw .cannotEncode(what: what, reason: "\(path.isEmpty ? "value" : path) = \(value): \(context.debugDescription)")
    } catch {
      throw .cannotEncode(what: what, reason: "\(error)")
    }
    do {
      try self.init(parsing: data)
    } catch {
      throw .cannotEncode(what: what, reason: "\(error.reason) at byte \(error.offset)")
    }
  }
}

extension JSONValue: Encodable {
  /// The value itself, members in whatever order the encoder keeps.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .object(let members):
      var container = encoder.container(keyedBy: MemberKey.self)
      for member in members { try container.encode(member.value, forKey: MemberKey(stringValue: member.key)) }
    default:
      var container = encoder.singleValueContainer()
      switch self {
      case .bool(let value): try container.encode(value)
      case .integer(let value):
        switch (Int64(exactly: value), UInt64(exactly: value)) {
        case (let value?, _): try container.encode(value)
        case (nil, let value?): try container.encode(value)
        case (nil, nil): try container.encode(Double(value))
        }
      case .number(let value): try container.encode(value)
      case .string(let value): try container.encode(value)
      default: try container.encodeNil()
      }
    }
  }

  private struct MemberKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
