import Foundation
import StudyRecords
import Testing

/// The tables of `Documentation/results-format.md` are those of the declarations.
@Suite struct RecordPageTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func fieldsAreDocumentedAsTheyAreDeclared() throws {
    let page = try String(contentsOf: Self.root.appendingPathComponent("Documentation/results-format.md"), encoding: .utf8)
    var expected = page
    for format in RecordFormat.all {
      let begin = "<!-- fields of \(format.experiments[0]) -->\n"
      let start = try #require(expected.range(of: begin), "\(begin)").upperBound
      let end = try #require(expected.range(of: "<!-- end -->", range: start..<expected.endIndex)).lowerBound
      expected.replaceSubrange(start..<end, with: format.markdown)
    }
    let file = Self.root.appendingPathComponent(".build/results-format.md")
    if page != expected { try expected.write(to: file, atomically: true, encoding: .utf8) }
    let differing = expected.split(separator: "\n").first { !page.contains($0) }, isEqual = page == expected
    #expect(isEqual, "'\(differing ?? "")' is declared; the page as it should be is \(file.path)")
  }

  @Test func everyFieldSaysWhatItIs() {
    for format in RecordFormat.all {
      for line in format.markdown.split(separator: "\n").dropFirst(2) where line.hasPrefix("| `") {
        #expect(!line.hasSuffix("|  |"), "\(line)")
      }
    }
  }
}
