extension StringProtocol {
  /// The text on one line, with every character that could steer a terminal, hide or reorder what stands beside it as a visible escape.
  ///
  /// `\n`, `\r` and `\t` for line feed, carriage return and tab, else `\u{1B}`: control characters, line and paragraph separators,
  /// characters for the direction of writing, invisible ones, private ones and those without a meaning. Letters of every script,
  /// combining marks, symbols and emoji stay. For messages, cells of tables and labels; text between escapes is left as it is, so
  /// this is not for reading back.
  public var printable: String { escaped { $0.isPrintable ? nil : $0.visibleEscape } }

  /// Text as `printable`, but line feeds stay: for text whose line feeds are one's own.
  public var printableLines: String { escaped { $0.isPrintable || $0 == "\n" ? nil : $0.visibleEscape } }

  /// Text as `printable`, and no longer than `limit` Unicode scalars: `…` stands for what is left out at the end.
  ///
  /// - Precondition: `limit` is at least 1.
  public func printable(limit: Int) -> String {
    // Escapes only lengthen: what lies beyond cannot be shown.
    var start = String.UnicodeScalarView()
    start.append(contentsOf: unicodeScalars.prefix(limit + 1))
    let text = String(start).printable.unicodeScalars
    return text.count <= limit ? String(text) : String(text.prefix(limit - 1)) + "…"
  }

  /// A JSON text with the characters that `printable` would escape written as JSON does: `\u001b`, pairs of surrogates beyond U+FFFF.
  ///
  /// Its value is the same, since such characters occur within strings alone; line feeds between values stay.
  public var printableJSON: String { escaped { $0.isPrintable || $0 == "\n" ? nil : $0.jsonEscape } }

  private func escaped(_ escape: (Unicode.Scalar) -> String?) -> String {
    func isPlain(_ byte: UInt8) -> Bool { 0x20...0x7E ~= byte }
    // The bytes themselves where they can be had: listings print megabytes.
    if utf8.withContiguousStorageIfAvailable({ $0.allSatisfy(isPlain) }) ?? utf8.allSatisfy(isPlain) { return String(self) }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if let text = escape(scalar) { result.append(contentsOf: text.unicodeScalars) } else { result.append(scalar) }
    }
    return String(result)
  }
}

extension Unicode.Scalar {
  /// Whether a terminal shows the character and does nothing else; false for a line feed.
  public var isPrintable: Bool {
    if isASCII { return value >= 0x20 && value < 0x7F }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: return false
    // Choose between pictures of one character, for example of text and emoji.
    case .nonspacingMark where properties.isVariationSelector: return true
    default: return !properties.isDefaultIgnorableCodePoint
    }
  }

  /// The character as JSON spells it: `\u001b`.
  public var jsonEscape: String {
    UTF16.encode(self).map { units in
      units.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    } ?? ""
  }

  fileprivate var visibleEscape: String {
    switch self {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(value, radix: 16, uppercase: true))}"
    }
  }
}
