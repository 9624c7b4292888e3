import CYaml
import Foundation

/// Reads YAML strictly: one document without tags, names that are plain text and occur once, and no more of anything than a person writes.
/// Aliases stand for what they name and count as much.
package final class YAMLReader {
  private static let largestFile = 1 << 20
  private static let mostValues = 20_000
  private static let deepest = 32

  private let path: String
  /// libyaml keeps the address.
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private var anchors: [String: (value: YAMLValue, count: Int)] = [:]
  private var count = 0

  /// The document of a file; nil for a file without one.
  ///
  /// - Throws: `.unreadable`; `.invalid` with the line.
  package static func read(_ path: String) throws(YAMLFileError) -> YAMLValue? { try read(contents(path), name: path) }

  /// The document of a text; nil for a text without one.
  ///
  /// - Parameter name: of the text, for errors.
  package static func read(text: String, name: String) throws(YAMLFileError) -> YAMLValue? {
    guard text.utf8.count <= largestFile else {
      throw .unreadable(path: name, reason: "it is longer than the \(largestFile) bytes that settings or a network may take.")
    }
    return try read(Array(text.utf8), name: name)
  }

  private static func read(_ bytes: [UInt8], name: String) throws(YAMLFileError) -> YAMLValue? {
    let reader = YAMLReader(path: name)
    let result = bytes.withUnsafeBufferPointer { bytes -> Result<YAMLValue?, YAMLFileError> in
      yaml_parser_set_encoding(reader.parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(reader.parser, bytes.baseAddress, bytes.count)
      return Result { () throws(YAMLFileError) in try reader.document() }
    }
    return try result.get()
  }

  private init(path: String) {
    self.path = path
    yaml_parser_initialize(parser)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  private static func contents(_ path: String) throws(YAMLFileError) -> [UInt8] {
    let bytes = try SmallFile.contents(path, atMost: largestFile, kind: "settings or a network")
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .unreadable(path: path, reason: "it is not text in UTF-8.") }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    return bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
  }

  private func document() throws(YAMLFileError) -> YAMLValue? {
    // The start of the stream, then of a document.
    _ = try next()
    guard try next().type != YAML_STREAM_END_EVENT else { return nil }
    let value = try value(next(), depth: 1)
    _ = try next()
    let end = try next()
    guard end.type == YAML_STREAM_END_EVENT else { throw fault(end.line, "expected one document, found another one.") }
    return value
  }

  private func value(_ event: Event, depth: Int) throws(YAMLFileError) -> YAMLValue {
    guard depth <= Self.deepest else { throw fault(event.line, "lists and names lie deeper in each other than \(Self.deepest).") }
    guard event.tag == nil else { throw fault(event.line, "'\(event.tag ?? "")' is a tag, which is not read here; leave it out.") }
    let before = count
    try add(1, event)
    let content: YAMLValue.Content
    switch event.type {
    case YAML_ALIAS_EVENT:
      guard let known = anchors[event.anchor ?? ""] else {
        throw fault(event.line, "'*\(event.anchor ?? "")' stands for nothing before it.")
      }
      try add(known.count, event)
      return known.value
    case YAML_SCALAR_EVENT: content = .text(event.text, isPlain: event.isPlain)
    case YAML_SEQUENCE_START_EVENT: content = .list(try elements(depth))
    default: content = .mapping(try members(depth))
    }
    let value = YAMLValue(line: event.line, content: content)
    if let anchor = event.anchor { anchors[anchor] = (value, count - before) }
    return value
  }

  private func elements(_ depth: Int) throws(YAMLFileError) -> [YAMLValue] {
    var elements: [YAMLValue] = []
    while true {
      let event = try next()
      if event.type == YAML_SEQUENCE_END_EVENT { return elements }
      elements.append(try value(event, depth: depth + 1))
    }
  }

  private func members(_ depth: Int) throws(YAMLFileError) -> [(key: String, value: YAMLValue)] {
    var members: [(key: String, value: YAMLValue)] = []
    var names: Set<String> = []
    while true {
      let event = try next()
      if event.type == YAML_MAPPING_END_EVENT { return members }
      guard event.type == YAML_SCALAR_EVENT, event.tag == nil, event.anchor == nil else {
        throw fault(event.line, "expected a name before the colon, found a list, names with values, an alias or a tag.")
      }
      guard names.insert(event.text).inserted else { throw fault(event.line, "'\(event.text.prefix(60))' is given twice.") }
      members.append((event.text, try value(next(), depth: depth + 1)))
    }
  }

  private func add(_ values: Int, _ event: Event) throws(YAMLFileError) {
    count += values
    guard count <= Self.mostValues else {
      throw fault(event.line, "there are more than \(Self.mostValues) values, with what aliases stand for.")
    }
  }

  private func fault(_ line: Int, _ reason: String) -> YAMLFileError { .invalid(path: "\(path):\(line)", reason: reason) }

  /// What of libyaml's events counts here.
  private struct Event {
    var type: yaml_event_type_t
    var line: Int
    var text = ""
    var isPlain = false
    var anchor: String?
    var tag: String?
  }

  private func next() throws(YAMLFileError) -> Event {
    var raw = yaml_event_t()
    guard yaml_parser_parse(parser, &raw) == 1 else {
      let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be parsed"
      throw fault(Int(parser.pointee.problem_mark.line) + 1, "this is no YAML: \(problem).")
    }
    defer { yaml_event_delete(&raw) }
    func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? { bytes.map { String(cString: $0) } }
    var event = Event(type: raw.type, line: Int(raw.start_mark.line) + 1)
    switch raw.type {
    case YAML_ALIAS_EVENT: event.anchor = text(raw.data.alias.anchor)
    case YAML_SCALAR_EVENT:
      let scalar = raw.data.scalar
      // With zeros, which no C string has.
      event.text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      event.isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
      (event.anchor, event.tag) = (text(scalar.anchor), text(scalar.tag))
    case YAML_SEQUENCE_START_EVENT: (event.anchor, event.tag) = (text(raw.data.sequence_start.anchor), text(raw.data.sequence_start.tag))
    case YAML_MAPPING_START_EVENT: (event.anchor, event.tag) = (text(raw.data.mapping_start.anchor), text(raw.data.mapping_start.tag))
    default: break
    }
    return event
  }
}
