/// A part of a YAML file, with the line where it begins.
package struct YAMLValue {
  /// What a part of a file can be.
  package indirect enum Content {
    /// Text; where it is plain, without quotes, it may be a number or a truth.
    case text(String, isPlain: Bool)
    /// Values in their order.
    case list([YAMLValue])
    /// Values with names, in their order.
    case mapping([(key: String, value: YAMLValue)])
  }

  /// Line of the file, from 1.
  package let line: Int
  /// Text, list or mapping.
  package let content: Content

  subscript(key: String) -> YAMLValue? {
    guard case .mapping(let members) = content else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// Members of a list; empty where the value is none.
  package var elements: [YAMLValue] { if case .list(let elements) = content { elements } else { [] } }

  /// The value for messages: the text itself, if it is one.
  package var shown: String {
    switch content {
    case .text(let text, _): "'\(text.count > 60 ? text.prefix(60) + "…" : text)'"
    case .list: "a list"
    case .mapping: "names with values"
    }
  }
}

extension YAMLValue {
  /// The value in JSON. Plain text is a decimal number, true or false as in the core schema of YAML 1.2; what YAML 1.1 or programming
  /// languages also take for a number or a truth (1:30, 1_000, 010, 0x1F, .inf, yes) stays text, and so does what stands for nothing.
  var json: String {
    switch content {
    case .text(let text, isPlain: true) where ["true", "false"].contains(text): text
    case .text(let text, isPlain: true) where Self.isNumber(text): Self.number(text)
    case .text(let text, _): Self.quoted(text)
    case .list(let elements): "[\(elements.map(\.json).joined(separator: ","))]"
    case .mapping(let members): "{\(members.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ","))}"
    }
  }

  /// All plain numbers in it, each with the name it is given to.
  var numbers: [(name: String, value: YAMLValue)] { numbers(named: "") }

  private func numbers(named name: String) -> [(name: String, value: YAMLValue)] {
    switch content {
    case .text(let text, let isPlain): isPlain && Self.isNumber(text) ? [(name, self)] : []
    case .list(let elements): elements.flatMap { $0.numbers(named: name) }
    case .mapping(let members): members.flatMap { $0.value.numbers(named: $0.key) }
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    text.wholeMatch(of: /[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil
  }

  /// A number as JSON writes it: .5, 5. and +5 are none there.
  private static func number(_ text: String) -> String {
    let unsigned = text.first == "+" ? String(text.dropFirst()) : text
    return unsigned.replacing(/^(-?)\./) { "\($0.output.1)0." }.replacing(/\.([eE]|$)/) { ".0\($0.output.1)" }
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value < 0x20: "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
