import PrintableText

extension JSONValue {
  /// One line, members in their own order. Characters that could steer a terminal are escaped, as in `prettyText`.
  public var text: String { plainText.printableJSON }

  /// One line with sorted keys and one spelling for each number, so that equal values have equal texts. Digests are made of it, so it escapes
  /// what JSON demands and nothing else.
  public var canonicalText: String { sorted.plainText }

  private var plainText: String {
    var output = ""
    write(to: &output)
    return output
  }

  /// Indented by two spaces, members in their own order; ends with a line feed. Arrays of plain values stay on one line.
  public var prettyText: String {
    var output = ""
    writeIndented(to: &output, indentation: 0)
    output += "\n"
    return output.printableJSON
  }

  private var sorted: JSONValue {
    switch self {
    case .array(let elements): .array(elements.map(\.sorted))
    case .object(let members):
      .object(members.map { Member($0.key, $0.value.sorted) }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    default: self
    }
  }

  private var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }

  private func write(to output: inout String) {
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .integer(let value): output += value.description
    case .number(let value): JSONValue.write(value, to: &output)
    case .string(let value): JSONValue.write(value, to: &output)
    case .array(let elements):
      output += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { output += "," }
        element.write(to: &output)
      }
      output += "]"
    case .object(let members):
      output += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { output += "," }
        JSONValue.write(member.key, to: &output)
        output += ":"
        member.value.write(to: &output)
      }
      output += "}"
    }
  }

  private func writeIndented(to output: inout String, indentation: Int) {
    let inner = String(repeating: "  ", count: indentation + 1), outer = String(repeating: "  ", count: indentation)
    switch self {
    case .array(let elements) where elements.contains(where: \.isContainer):
      output += "[\n"
      for (index, element) in elements.enumerated() {
        output += inner
        element.writeIndented(to: &output, indentation: indentation + 1)
        output += index + 1 < elements.count ? ",\n" : "\n"
      }
      output += outer + "]"
    case .object(let members) where !members.isEmpty:
      output += "{\n"
      for (index, member) in members.enumerated() {
        output += inner
        JSONValue.write(member.key, to: &output)
        output += ": "
        member.value.writeIndented(to: &output, indentation: indentation + 1)
        output += index + 1 < members.count ? ",\n" : "\n"
      }
      output += outer + "}"
    default: write(to: &output)
    }
  }

  /// The shortest text that reads back as `value`; whole numbers up to 2^53 without a fraction.
  private static func write(_ value: Double, to output: inout String) {
    precondition(value.isFinite, "JSON has no text for \(value)")
    if value == value.rounded(), abs(value) <= 0x1p53, !(value == 0 && value.sign == .minus) {
      output += Int64(value).description
    } else {
      output += value.description
    }
  }

  private static func write(_ text: String, to output: inout String) {
    output += "\""
    defer { output += "\"" }
    func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") }
    if text.utf8.withContiguousStorageIfAvailable({ $0.allSatisfy(isPlain) }) ?? false {
      output += text
      return
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
  }
}
