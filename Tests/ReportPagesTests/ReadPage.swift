import Testing

/// A page as a reader of XML sees it: HTML of this program is well-formed but for its first line.
struct ReadPage {
  struct Element {
    let name: String
    let attributes: [String: String]
    /// Names of the elements around it, from the outermost on.
    let path: [String]
    /// Text within it, that of its elements too.
    var text = ""
  }

  /// Elements in the order in which they begin.
  private(set) var elements: [Element] = []

  struct Fault: Error, CustomStringConvertible { let description: String }

  private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'", "apos": "'"]

  /// - Throws: `Fault` where tags do not match, or something is not escaped.
  init(_ html: String) throws {
    let head = "<!DOCTYPE html>\n"
    guard html.hasPrefix(head) else { throw Fault(description: "no document type") }
    var rest = html.dropFirst(head.count), open: [Int] = []
    while let start = rest.unicodeScalars.firstIndex(of: "<") {
      try add(rest[..<start], open)
      guard let end = rest[start...].unicodeScalars.firstIndex(of: ">") else { throw Fault(description: "a tag without an end") }
      let next = rest.unicodeScalars.index(after: end)
      var tag = rest[rest.unicodeScalars.index(after: start)..<end]
      rest = rest[next...]
      if tag.hasPrefix("/") {
        guard let last = open.popLast(), elements[last].name == tag.dropFirst() else {
          throw Fault(description: "</\(tag)> closes nothing")
        }
        // Styles are no text.
        if elements[last].name == "style" { elements[last].text = "" }
        continue
      }
      let isEmpty = tag.hasSuffix("/")
      if isEmpty { tag = tag.dropLast() }
      let name = tag.prefix { !$0.isWhitespace }
      let attributes = tag.matches(of: /\s+([A-Za-z][A-Za-z0-9:-]*)="([^"<]*)"/),
        length = attributes.reduce(name.count) { $0 + $1.output.0.count }
      guard tag.trimmingSuffix(while: \.isWhitespace).count == length, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
      else {
        throw Fault(description: "<\(tag)> has more than attributes")
      }
      let values = try attributes.map { (String($0.output.1), try Self.text(of: $0.output.2)) }
      guard Set(values.map(\.0)).count == values.count else { throw Fault(description: "<\(tag)> has an attribute twice") }
      elements.append(
        Element(name: String(name), attributes: Dictionary(uniqueKeysWithValues: values), path: open.map { elements[$0].name }))
      if !isEmpty { open.append(elements.count - 1) }
    }
    guard open.isEmpty else { throw Fault(description: "not closed: \(open.map { elements[$0].name })") }
  }

  private mutating func add(_ characters: Substring, _ open: [Int]) throws {
    guard let last = open.last, elements[last].name != "style" else { return }
    let text = try Self.text(of: characters)
    for index in open { elements[index].text += text }
  }

  private static func text(of characters: Substring) throws -> String {
    var text = String.UnicodeScalarView(), rest = characters.unicodeScalars[...]
    while let mark = rest.firstIndex(of: "&") {
      text.append(contentsOf: rest[..<mark])
      guard let end = rest[mark...].firstIndex(of: ";"), let own = entities[String(rest[rest.index(after: mark)..<end])] else {
        throw Fault(description: "a bare & in \(characters.prefix(80))")
      }
      text.append(contentsOf: own.unicodeScalars)
      rest = rest[rest.index(after: end)...]
    }
    text.append(contentsOf: rest)
    return String(text)
  }

  func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

  /// The texts of all elements of a name.
  func texts(_ name: String) -> [String] { all(name).map(\.text) }
}

extension Substring {
  fileprivate func trimmingSuffix(while isLeft: (Character) -> Bool) -> Substring {
    var text = self
    while let last = text.last, isLeft(last) { text.removeLast() }
    return text
  }
}

/// Checks what holds of every page, and returns it as it is read.
@discardableResult
func expectSound(_ html: String, _ what: String) throws -> ReadPage {
  let page = try ReadPage(html)
  let known = Set(
    """
    html head meta title style body main nav ul li a h1 h2 h3 h4 section p details summary dl dt dd div table caption thead tbody tr th td pre
    code figure figcaption b sup sub br span svg g desc defs circle path rect use text tspan filter feFlood feComposite polygon polyline line
    pattern clipPath
    """.split(whereSeparator: \.isWhitespace).map(String.init))
  for element in page.elements {
    #expect(known.contains(element.name), "\(what): <\(element.name)>")
    for (name, value) in element.attributes {
      #expect(!name.lowercased().hasPrefix("on") && name != "src", "\(what): \(name) of <\(element.name)>")
      if name.hasSuffix("href") { #expect(value.hasPrefix("#"), "\(what): a link to \(value)") }
      if value.contains("url(") { #expect(value.hasPrefix("url(#"), "\(what): \(value)") }
      if name == "style" { #expect(value.wholeMatch(of: /max-width: [\d.]+rem/) != nil, "\(what): \(value)") }
    }
  }
  #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("@import"), "\(what)")
  #expect(!(page.all("style").isEmpty) && html.firstRange(of: "url(")?.lowerBound == html.firstRange(of: "url(#")?.lowerBound, "\(what)")
  let policy = page.all("meta").first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
  #expect(policy?.attributes["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:", "\(what)")
  #expect(page.all("meta").contains { $0.attributes["name"] == "viewport" }, "\(what)")

  let ids = page.elements.compactMap { $0.attributes["id"] }
  #expect(Set(ids).count == ids.count, "\(what): an id is there twice")
  for element in page.elements {
    for (name, value) in element.attributes where name == "href" { #expect(ids.contains(String(value.dropFirst())), "\(what): \(value)") }
  }
  let levels = page.elements.compactMap { $0.name.firstMatch(of: /^h([1-6])$/).flatMap { Int($0.output.1) } }
  #expect(levels.first == 1 && levels.count { $0 == 1 } == 1, "\(what): \(levels)")
  for (level, next) in zip(levels, levels.dropFirst()) { #expect(next <= level + 1, "\(what): h\(next) follows h\(level)") }
  for head in page.all("th") {
    #expect(head.attributes["scope"] == (head.path.contains("thead") ? "col" : "row"), "\(what): \(head.text)")
  }
  for table in page.all("div") where table.attributes["role"] == "region" {
    #expect(table.attributes["aria-label"]?.isEmpty == false && table.attributes["tabindex"] == "0", "\(what)")
  }
  for drawing in page.all("svg") {
    #expect(drawing.attributes["role"] == "img" && (drawing.attributes["aria-label"]?.count ?? 0) > 10, "\(what)")
    #expect(drawing.attributes["width"] == nil && drawing.attributes["viewBox"] != nil, "\(what)")
  }
  return page
}
