import Foundation
import Testing

/// Links of the pages lead somewhere, and every page is found from the index.
@Suite(.enabled(if: CommentTests.hasSources, "the pages are not beside the tests")) struct LinkTests {
  private static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: CommentTests.root.appending(path: path).path)
  }

  @Test func everyLinkLeadsToAFileAndAHeading() throws {
    let pages = try MarkdownPage.all()
    let anchors = Dictionary(uniqueKeysWithValues: pages.map { ($0.path, $0.anchors) })
    #expect(pages.flatMap(\.links).count > 100, "too few links were found for this test to mean anything")
    for page in pages {
      for (target, anchor) in page.links {
        let path = page.resolved(target)
        #expect(Self.exists(path), "\(page.path): \(target) is not there")
        guard !anchor.isEmpty, let headings = anchors[path] else { continue }
        #expect(headings.contains(anchor), "\(page.path): \(path) has no heading #\(anchor)")
      }
    }
  }

  @Test func everyPageThatIsNamedIsThere() throws {
    for page in try MarkdownPage.all() {
      for name in page.mentions {
        let places = [page.resolved(name), name, "Documentation/\(name)"]
        #expect(places.contains { Self.exists($0) }, "\(page.path): \(name) is not there")
      }
    }
    let sources = ["Sources", "Tests", "Scripts", "Benchmarks"].flatMap { folder -> [String] in
      let files = FileManager.default.enumerator(atPath: CommentTests.root.appending(path: folder).path)?.compactMap { $0 as? String }
      return (files ?? []).filter { !$0.contains(".build/") }.map { "\(folder)/\($0)" }
    }
    var named = 0
    for path in sources {
      guard let text = try? String(contentsOf: CommentTests.root.appending(path: path), encoding: .utf8) else { continue }
      for match in text.matches(of: /Documentation\/[\w\/-]+\.md/) {
        named += 1
        #expect(Self.exists(String(match.output)), "\(path): \(match.output) is not there")
      }
    }
    #expect(named > 20, "too few pages were named for this test to mean anything")
  }

  @Test func everyPageIsInTheIndex() throws {
    let index = try MarkdownPage("Documentation/README.md")
    let listed = Set(index.links.map { index.resolved($0.path) })
    for page in try MarkdownPage.all() where page.path.hasPrefix("Documentation/") && page.path != index.path {
      #expect(listed.contains(page.path), "\(page.path) is not in Documentation/README.md")
    }
    let front = try MarkdownPage("README.md")
    #expect(front.links.contains { front.resolved($0.path) == index.path }, "README.md does not lead to the index")
  }
}
