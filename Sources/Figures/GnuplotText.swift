import Foundation
import PrintableText

/// Text as gnuplot's strings, with its "enhanced" markup for what is raised and lowered. No text of a label stands in a script as it is.
package enum GnuplotText {
  /// Longest text, and longest name of a series or a tick.
  static let textLimit = 160, nameLimit = 80

  /// A string of gnuplot's that shows `text`, made printable and shortened.
  package static func quoted(_ text: FigureText, limit: Int = textLimit) -> String { literal(enhanced(text, limit: limit)) }

  /// The name of a tick, which gnuplot takes for a format.
  package static func quotedTick(_ text: FigureText) -> String {
    literal(enhanced(text, limit: nameLimit).unicodeScalars.map { $0 == "%" ? "%%" : String($0) }.joined())
  }

  /// Characters that mean something in enhanced text have a backslash before them.
  private static func enhanced(_ text: FigureText, limit: Int) -> String {
    var rest = limit, result = ""
    for part in text.parts where rest > 0 {
      let shown = part.text.printable(limit: rest)
      rest -= shown.unicodeScalars.count
      let escaped = shown.unicodeScalars.map { special.contains($0) ? "\\" + String($0) : String($0) }.joined()
      switch part.position {
      case .level: result += escaped
      case .raised: result += "^{\(escaped)}"
      case .lowered: result += "_{\(escaped)}"
      }
    }
    return result
  }

  private static let special = Set("\\^_{}@&~".unicodeScalars)

  /// Letters of ASCII and spaces stand as they are, every other byte in octal. So no quote, backquote, `@`, `$` or line end of a text
  /// comes into a script, whatever gnuplot or a shell would make of it.
  private static func literal(_ text: String) -> String {
    let bytes = text.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: " "): String(Unicode.Scalar(byte))
      default: String(format: "\\%03o", Int(byte))
      }
    }
    return "\"" + bytes.joined() + "\""
  }
}
