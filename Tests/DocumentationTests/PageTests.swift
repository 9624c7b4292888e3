import Foundation
import Subprocesses
import Testing

/// Swift in pages is Swift that a test compiles and runs: the blocks of a page are the marked parts of a file, character by character.
@Suite struct PageTests {
  struct Page: Sendable, CustomTestStringConvertible {
    var path: String
    var file: String
    var testDescription: String { path }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    func text() throws -> String { try String(contentsOf: CommentTests.root.appending(path: path), encoding: .utf8) }
    func code() throws -> String {
      try String(contentsOf: CommentTests.root.appending(path: "Tests/DocumentationTests/\(file)"), encoding: .utf8)
    }
  }

  static let pages = [
    Page(path: "README.md", file: "ReadmeExample.swift"), Page(path: "Documentation/library.md", file: "LibraryExamples.swift"),
    Page(path: "Documentation/from-neural-tangents.md", file: "NeuralTangentsExample.swift"),
  ]
  static let manifest = "// swift-tools-version"

  /// Lines between marks in the order of the text; those between the marks of one block joined, without `indentation` spaces.
  static func parts(of text: String, from begin: String, to end: String, indentation: Int = 0) -> [String] {
    var (parts, lines): ([String], [Substring]?) = ([], nil)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let mark = line.drop { $0 == " " }
      if lines != nil, mark == end {
        parts.append(lines?.joined(separator: "\n") ?? "")
        lines = nil
      } else if lines != nil {
        lines?.append(line.prefix(indentation).allSatisfy { $0 == " " } ? line.dropFirst(indentation) : line)
      } else if mark == begin {
        lines = []
      }
    }
    return parts
  }

  @Test(.enabled(if: CommentTests.hasSources, "the pages are not beside the tests"), arguments: pages)
  func everyBlockIsWhatATestRuns(_ page: Page) throws {
    let code = try page.code()
    let blocks = Self.parts(of: try page.text(), from: "```swift", to: "```").filter { !$0.hasPrefix(Self.manifest) }
    let parts = Self.parts(of: code, from: "// \(page.name): begin", to: "// \(page.name): end", indentation: 4)
    #expect(!blocks.isEmpty && blocks.count == parts.count, "\(blocks.count) blocks on the page, \(parts.count) marked parts")
    let preamble = "import Isthmus\n\n"
    #expect(code.contains("\nimport Isthmus\n") || code.hasPrefix("import Isthmus\n"))
    for (index, (block, part)) in zip(blocks, parts).enumerated() {
      #expect((block.hasPrefix(preamble) ? String(block.dropFirst(preamble.count)) : block) == part, "block \(index + 1) of \(page.path)")
    }
    #expect(try page.text().components(separatedBy: "```swift").count - 1 == Self.parts(of: page.text(), from: "```swift", to: "```").count)
  }

  static let hasSwift = (try? ChildProcess("swift", ["--version"]).run().succeeded) ?? false

  @Test(.enabled(if: CommentTests.hasSources && hasSwift, "needs the pages beside the tests, and swift along PATH"))
  func theManifestOfTheLibraryPageIsRead() throws {
    let manifests = Self.parts(of: try Self.pages[1].text(), from: "```swift", to: "```").filter { $0.hasPrefix(Self.manifest) }
    let manifest = try #require(manifests.first)
    #expect(manifests.count == 1)
    let folder = FileManager.default.temporaryDirectory.appending(path: "isthmus-manifest-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(manifest.utf8).write(to: folder.appending(path: "Package.swift"))
    let outcome = try ChildProcess("swift", ["package", "--package-path", folder.path, "dump-package"]).run()
    #expect(outcome.succeeded, "\(String(decoding: outcome.errors, as: UTF8.self))")
    let text = String(decoding: outcome.output, as: UTF8.self)
    #expect(text.contains("\"Isthmus\"") && text.contains("6.2"), "\(text.prefix(2000))")
  }
}
