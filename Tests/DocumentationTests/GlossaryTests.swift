import Foundation
import Isthmus
import TestSupport
import Testing

/// The glossary explains what stands above the columns of the programs' tables.
@Suite(.enabled(if: CommentTests.hasSources, "the pages are not beside the tests")) struct GlossaryTests {
  @Test(arguments: ReportCatalog.all.map(\.experiment)) func hasEveryHeadOfATable(_ experiment: String) throws {
    let page = try MarkdownPage("Documentation/glossary.md")
    let folder = try TemporaryFolder(), report = try #require(ReportCatalog.report(experiment))
    let description = try RunDescription(experiment: experiment, identity: ["seed": 1], parameters: ["steps": 1])
    try ResultsStore.open(description, in: folder.url).finish()
    let directory = try #require(RunListing.runs(in: folder.url).first).directory
    let heads = try report.table(of: directory).text.columns.map(\.title)
    #expect(heads.count > 4, "\(heads)")
    for head in heads { #expect(page.text.contains("`\(head)`"), "\(head), in the table of \(experiment), is not in the glossary") }
  }

  @Test func termsAreInOrderAndThere() throws {
    let page = try MarkdownPage("Documentation/glossary.md")
    let first = page.text.components(separatedBy: "\n## ")[0]
    let terms = first.matches(of: /(?m)^\| ([^|]+) \|/).map { String($0.output.1) }.filter { $0 != "term" }
    let inOrder = terms.sorted { $0.lowercased() < $1.lowercased() }
    #expect(terms == inOrder, "\(zip(terms, inOrder).first { $0 != $1 }.map { "\($0) stands where \($1) belongs" } ?? "")")
    for term in ["NTK", "NNGP", "block", "draw", "pivot", "width", "read-out", "limit", "basis", "tolerance"] {
      #expect(terms.contains { $0.components(separatedBy: ", ").contains(term) }, "\(term) is not in the glossary")
    }
    for letter in ["κ", "d", "ε"] { #expect(page.text.contains("\n| \(letter) |"), "\(letter) is not in the glossary") }
  }
}
