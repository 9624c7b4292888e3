import Foundation
import Testing

/// A page of the repository, as far as tests ask about it.
struct MarkdownPage: Sendable, CustomTestStringConvertible {
  /// Path below the root of the repository.
  let path: String
  let text: String
  var testDescription: String { path }

  init(_ path: String) throws {
    (self.path, text) = (path, try String(contentsOf: CommentTests.root.appending(path: path), encoding: .utf8))
  }

  /// Every page that people read; sources of others, in `.build`, are none.
  static func all() throws -> [MarkdownPage] {
    let below = ["Documentation", "Benchmarks", "Sources"].flatMap { folder -> [String] in
      let files = FileManager.default.enumerator(atPath: CommentTests.root.appending(path: folder).path)
      return (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") && !$0.contains(".build/") }.map { "\(folder)/\($0)" }
    }
    return try (["README.md", "CONTRIBUTING.md"] + below).sorted().map { try MarkdownPage($0) }
  }

  /// The text without what stands in fences.
  var prose: String {
    var isFenced = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      let isFence = line.hasPrefix("```")
      if isFence { isFenced.toggle() }
      return !isFence && !isFenced
    }.joined(separator: "\n")
  }

  /// Targets of links and pictures in the repository: path and anchor, either of which may be empty.
  var links: [(path: String, anchor: String)] {
    prose.matches(of: /\]\(([^)\s]+)\)/).map { String($0.output.1) }.filter { !$0.hasPrefix("http") }.map { target in
      let parts = target.split(separator: "#", omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
  }

  /// Names of pages in the text, in backticks, that are no links.
  var mentions: [String] { prose.matches(of: /`([\w.\/-]+\.md)`/).map { String($0.output.1) } }

  /// Anchors of the headings, as GitHub makes them: letters, digits, hyphens and underscores, in lower case.
  var anchors: Set<String> {
    let headings = prose.split(separator: "\n").filter { $0.hasPrefix("#") }.map { $0.drop { $0 == "#" }.drop { $0 == " " } }
    return Set(headings.map { $0.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.replacing(" ", with: "-") })
  }

  /// Path of a file that is named relative to this page, below the root.
  func resolved(_ target: String) -> String {
    guard !target.isEmpty else { return path }
    let url = CommentTests.root.appending(path: path).deletingLastPathComponent().appending(path: target).standardizedFileURL
    return String(url.path.dropFirst(CommentTests.root.path.count + 1))
  }
}
