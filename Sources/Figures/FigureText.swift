import Foundation

/// Text in a figure, of which parts may be raised or lowered: `"10\(raised: "−3")"`, `"z\(lowered: "0")"`.
///
/// There is no markup in it: what is interpolated is shown as it is, whatever characters it has.
public struct FigureText: Hashable, Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
  /// Where a part stands with respect to the line.
  package enum Position: Hashable, Sendable {
    /// The line itself, above it and below it.
    case level, raised, lowered
  }

  /// Characters of one position.
  package struct Part: Hashable, Sendable {
    /// The characters, as they are.
    package fileprivate(set) var text: String
    /// The place with respect to the line.
    package let position: Position
  }

  /// The text in pieces of one position each.
  package private(set) var parts: [Part] = []

  /// Text on the line.
  public init(_ text: String) { append(text, .level) }
  /// Text on the line, of a literal.
  public init(stringLiteral text: String) { self.init(text) }
  /// Text of the pieces of an interpolation.
  public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.text }

  /// A number as a reader writes it, to six digits: `0.25`, `−3`, `2·10⁻⁵`.
  public init(number: Double) {
    let size = abs(number)
    guard number.isFinite, size != 0, size < 1e-3 || size >= 1e6 else {
      self.init(String(format: "%g", number).withMinusSigns)
      return
    }
    // "2.5e-05" in its two parts.
    let parts =
      String(format: "%.6g", number).contains("e")
      ? String(format: "%.6g", number).split(separator: "e") : String(format: "%.5e", number).split(separator: "e")
    let digits = FigureText.trimmed(String(parts[0])), exponent = Int(parts[1]) ?? 0
    self.init(digits == "1" ? "" : digits == "-1" ? "−" : digits.withMinusSigns + "·")
    append("10", .level)
    append(String(exponent).withMinusSigns, .raised)
  }

  /// Digits without zeros that say nothing.
  private static func trimmed(_ digits: String) -> String {
    guard digits.contains(".") else { return digits }
    let end = digits.lastIndex { $0 != "0" } ?? digits.startIndex
    return String(digits[end] == "." ? digits[..<end] : digits[...end])
  }

  /// Whether nothing would be shown.
  public var isEmpty: Bool { parts.isEmpty }

  /// The text on one line: `10^−3`, `z_0`.
  public var description: String {
    parts.map { part in
      switch part.position {
      case .level: part.text
      case .raised: "^" + part.text
      case .lowered: "_" + part.text
      }
    }.joined()
  }

  /// One text behind another.
  public static func + (first: FigureText, second: FigureText) -> FigureText {
    var sum = first
    for part in second.parts { sum.append(part.text, part.position) }
    return sum
  }

  private mutating func append(_ text: String, _ position: Position) {
    guard !text.isEmpty else { return }
    if parts.last?.position == position {
      parts[parts.count - 1].text += text
    } else {
      parts.append(Part(text: text, position: position))
    }
  }

  /// Pieces of a text.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = FigureText("")

    /// No pieces yet.
    public init(literalCapacity: Int, interpolationCount: Int) {}

    /// Shows text as it is.
    public mutating func appendLiteral(_ literal: String) { text.append(literal, .level) }
    /// Shows a value as its description.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) { text.append("\(value)", .level) }
    /// Shows a text with what is raised and lowered in it.
    public mutating func appendInterpolation(_ part: FigureText) { text = text + part }
    /// Shows a superscript.
    public mutating func appendInterpolation(raised: String) { text.append(raised, .raised) }
    /// Shows a subscript.
    public mutating func appendInterpolation(lowered: String) { text.append(lowered, .lowered) }
    /// Shows a number as `FigureText(number:)`.
    public mutating func appendInterpolation(number: Double) { text = text + FigureText(number: number) }
  }
}

extension FigureText {
  /// Lines of about this width, broken at spaces; what has no room on the last of them is cut off, with `…`.
  package func lines(width: Double, fontSize: Double, most: Int) -> [FigureText] {
    var lines: [FigureText] = []
    for word in words {
      if let last = lines.last, (last + word).width(fontSize) <= width {
        lines[lines.count - 1] = last + word
      } else {
        lines.append(word)
      }
    }
    guard lines.count > most else { return lines }
    return Array(lines.prefix(most - 1)) + [lines[most - 1] + "…"]
  }

  /// Pieces that end with a space, or at the end.
  private var words: [FigureText] {
    var words: [FigureText] = [], isOpen = false
    for part in parts {
      for piece in part.text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
        // Behind a space of the line a new word begins; one within a raised part does not break.
        let text = (piece.offset > 0 ? " " : "") + piece.element
        var word = FigureText("")
        word.append(text, part.position)
        if isOpen, piece.offset == 0 || part.position != .level {
          words[words.count - 1] = words[words.count - 1] + word
        } else if !word.isEmpty {
          words.append(word)
          isOpen = true
        }
      }
    }
    return words
  }

  /// About how wide the text is, in the unit of the font's size: only the device that draws knows its letters.
  package func width(_ fontSize: Double) -> Double {
    parts.reduce(0) { width, part in
      let letters = part.text.unicodeScalars.reduce(0.0) { $0 + FigureText.width($1) }
      return width + letters * fontSize * (part.position == .level ? 1 : 0.8)
    }
  }
}

extension FigureText {
  /// About how wide a character is, over the size of the font.
  private static func width(_ scalar: Unicode.Scalar) -> Double {
    switch scalar.properties.generalCategory {
    case _ where scalar == " ": 0.32
    case .nonspacingMark: 0
    case .mathSymbol: 0.84
    case .lowercaseLetter: 0.57
    // Scripts of East Asia have square letters.
    default: scalar.value >= 0x2E80 ? 1 : 0.65
    }
  }
}

extension String {
  /// The text with minus signs in place of hyphens that stand before a digit and not behind a letter or digit.
  var withMinusSigns: String {
    var result = "", previous: Character = " "
    for (index, character) in zip(indices, self) {
      let next = self[self.index(after: index)...].first
      let isMinus = character == "-" && next?.isNumber == true && !previous.isLetter && !previous.isNumber
      result.append(isMinus ? "−" : character)
      previous = character
    }
    return result
  }
}
