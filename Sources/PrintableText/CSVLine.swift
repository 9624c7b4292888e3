extension [String] {
  /// The cells as a line of comma-separated values: quoted where needed, and it ends with CR LF.
  ///
  /// Line breaks and controls within a cell are visible escapes. A text that a spreadsheet would take for a formula begins with `'`.
  /// Source: RFC 4180; OWASP, "CSV Injection".
  public var csvLine: String { map(\.csvCell).joined(separator: ",") + "\r\n" }
}

extension String {
  fileprivate var csvCell: String {
    let isFormula = unicodeScalars.first.map { "=+-@".unicodeScalars.contains($0) } == true && Double(self) == nil
    let text = (isFormula ? "'" : "") + printable
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }) else { return text }
    // By scalars: a quote with a combining character behind it is another character, and still a quote.
    return "\"" + text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }
}
