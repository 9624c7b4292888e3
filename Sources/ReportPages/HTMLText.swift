import Mustache
import PrintableText

/// The escapes of texts in templates, scalar by scalar.
///
/// Mustache's own goes by characters: a quote with a combining character behind it is another one, and still ends an attribute.
struct HTMLText: MustacheContentType {
  func escapeText(_ text: String) -> String { text.html }
}

extension String {
  /// The text as HTML shows it, within an element or a quoted attribute; what could hide or reorder its neighbours is a visible escape.
  var html: String {
    var result = String.UnicodeScalarView()
    for scalar in printable.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
