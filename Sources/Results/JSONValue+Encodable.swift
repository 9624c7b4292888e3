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
