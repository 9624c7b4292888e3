import Foundation

/// A picture as a part of a page: without a head of its own, with names that no other picture of the page has.
///
/// What draws figures is another program, so that only elements that draw are let through, and references to the picture itself alone.
struct InlineSVG {
  /// The element `svg`.
  private(set) var markup = ""

  private static let elements: Set<String> = [
    "svg", "g", "title", "desc", "defs", "circle", "ellipse", "path", "rect", "line", "polyline", "polygon", "use", "text", "tspan",
    "pattern", "clipPath", "filter", "feFlood", "feComposite", "linearGradient", "stop",
  ]

  /// - Parameters:
  ///   - file: text of an SVG file.
  ///   - prefix: what comes before every name in it.
  ///   - label: the picture in words.
  /// - Returns: nil for what is no SVG file, or has more in it than a drawing.
  init?(_ file: String, prefix: String, label: String) {
    guard let start = file.range(of: "<svg") else { return nil }
    var rest = file[start.lowerBound...], open: [String] = []
    while let bracket = rest.utf8.firstIndex(of: UInt8(ascii: "<")) {
      if !open.isEmpty { markup += rest[..<bracket] }
      guard let tag = SVGTag(rest[bracket...]), Self.elements.contains(tag.name) else { return nil }
      rest = rest[tag.end...]
      if tag.isClosing {
        guard open.popLast() == tag.name else { return nil }
        markup += "</\(tag.name)>"
        if open.isEmpty { return }
        continue
      }
      if Self.isLeftOut(tag, rest, depth: open.count), let end = rest.range(of: "</\(tag.name)>") {
        rest = rest[end.upperBound...]
        continue
      }
      guard let attributes = open.isEmpty ? Self.head(tag, label) : Self.attributes(tag, prefix) else { return nil }
      markup += "<\(tag.name)\(attributes)\(tag.isEmpty ? " /" : "")>"
      if !tag.isEmpty { open.append(tag.name) }
    }
    return nil
  }

  /// Whether an element says of the picture what the page says, or is a name of gnuplot's, which readers would see beside the pointer.
  private static func isLeftOut(_ tag: SVGTag, _ content: Substring, depth: Int) -> Bool {
    guard tag.name == "title" || tag.name == "desc", !tag.isEmpty else { return false }
    return depth == 1 || content.hasPrefix("gnuplot_")
  }

  /// The attributes of the picture as a whole: as wide as there is room, and no wider than it was drawn.
  private static func head(_ tag: SVGTag, _ label: String) -> String? {
    let sizes = tag.attributes.first { $0.name == "viewBox" }?.value.split(separator: " ").compactMap { Double($0) } ?? []
    guard tag.name == "svg", sizes.count == 4, sizes.allSatisfy(\.isFinite) else { return nil }
    let box = sizes.map { String(format: "%g", $0) }.joined(separator: " ")
    return " viewBox=\"\(box)\" role=\"img\" aria-label=\"\(label.html)\" style=\"max-width: \(String(format: "%g", sizes[2] / 16))rem\""
  }

  private static func attributes(_ tag: SVGTag, _ prefix: String) -> String? {
    var text = ""
    for (name, value) in tag.attributes where !name.hasPrefix("xmlns") {
      let lower = name.lowercased()
      guard !lower.hasPrefix("on"), lower != "style", !value.utf8.contains(UInt8(ascii: "\"")) else { return nil }
      var own = value
      switch lower {
      case "id": own = prefix + value
      case "href", "xlink:href":
        guard value.hasPrefix("#") else { return nil }
        own = "#\(prefix)\(value.dropFirst())"
      default:
        if value.lowercased().contains("url") {
          guard value.hasPrefix("url(#"), value.hasSuffix(")") else { return nil }
          own = "url(#\(prefix)\(value.dropFirst(5))"
        }
      }
      text += " \(lower == "xlink:href" ? "href" : name)=\"\(own)\""
    }
    return text
  }
}

/// A tag of an XML text, read as far as pictures need it.
private struct SVGTag {
  let name: String
  let isClosing: Bool
  /// Whether the element ends with its tag.
  let isEmpty: Bool
  /// Names with values as they are written, entities and all.
  private(set) var attributes: [(name: String, value: String)] = []
  /// The place behind the tag.
  let end: Substring.Index

  /// - Parameter text: begins with `<`.
  init?(_ text: Substring) {
    let bytes = text.utf8
    var at = bytes.index(after: bytes.startIndex)
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }
    func skip(while isSkipped: (UInt8) -> Bool) -> Substring {
      let start = at
      while at < bytes.endIndex, isSkipped(bytes[at]) { at = bytes.index(after: at) }
      return text[start..<at]
    }
    func isNext(_ character: Unicode.Scalar) -> Bool { at < bytes.endIndex && bytes[at] == UInt8(ascii: character) }
    func isName(_ byte: UInt8) -> Bool { !isSpace(byte) && !"/>=\"'<".utf8.contains(byte) }
    isClosing = isNext("/")
    if isClosing { at = bytes.index(after: at) }
    name = String(skip(while: isName))
    var endsElement = false
    while true {
      _ = skip(while: isSpace)
      endsElement = isNext("/")
      if endsElement { at = bytes.index(after: at) }
      if isNext(">") { break }
      let attribute = String(skip(while: isName))
      _ = skip(while: isSpace)
      guard !endsElement, !attribute.isEmpty, isNext("=") else { return nil }
      at = bytes.index(after: at)
      _ = skip(while: isSpace)
      guard isNext("\"") || isNext("'") else { return nil }
      let quote = bytes[at]
      at = bytes.index(after: at)
      attributes.append((attribute, String(skip { $0 != quote && $0 != UInt8(ascii: "<") })))
      guard at < bytes.endIndex, bytes[at] == quote else { return nil }
      at = bytes.index(after: at)
    }
    guard !name.isEmpty, !isClosing || attributes.isEmpty else { return nil }
    isEmpty = endsElement
    end = bytes.index(after: at)
  }
}
