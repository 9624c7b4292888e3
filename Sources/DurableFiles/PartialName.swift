/// The name of a file that is being written, `.NAME.MARK_RANDOM.partial`: no other file has it, and it tells who writes.
struct PartialName {
  private static let suffix = ".partial"
  private let name: String
  /// The process that writes.
  let writer: ProcessMark
  private let random: String

  /// A name of this process for what is to become `name`.
  init(of name: String) {
    self.name = name
    writer = .own
    random = String(UInt64.random(in: .min ... .max), radix: 36)
  }

  /// The parts of a name that `text` gives; nil for other names.
  init?(parsing text: String) {
    guard text.hasPrefix("."), text.hasSuffix(PartialName.suffix) else { return nil }
    let parts = text.dropFirst().dropLast(PartialName.suffix.count).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let end = parts.last, let separator = end.lastIndex(of: "_"),
      let writer = ProcessMark(parsing: end[..<separator])
    else { return nil }
    name = parts.dropLast().joined(separator: ".")
    (self.writer, random) = (writer, String(end[end.index(after: separator)...]))
  }

  var text: String {
    // A name has at most 255 bytes.
    var start = name[...]
    while start.utf8.count > 130 { start.removeLast() }
    return ".\(start).\(writer.text)_\(random)\(PartialName.suffix)"
  }
}
