import Testing

@testable import Results

@Suite struct TextTableTests {
  @Test func columnsAreAlignedByCharacters() {
    var table = TextTable(columns: [.init("bottleneck", .left), .init("steps"), .init("note", .left)])
    table.append(["∞", "1200", "e\u{301}t\u{e9}"])
    table.append(["2×2", "7", ""])
    #expect(
      table.text == """
        bottleneck  steps  note
        ──────────  ─────  ────
        ∞            1200  e\u{301}té
        2×2             7

        """)
  }

  @Test func aTableWithoutRowsIsItsHeading() {
    #expect(TextTable(columns: [.init("a"), .init("b")]).text == "a  b\n─  ─\n")
  }

  @Test func cellsAreQuotedWhereNeeded() {
    var table = TextTable(columns: [.init("a"), .init("b, c")])
    table.append(["say \"x\"", "two\r\nlines"])
    table.append(["plain", ""])
    #expect(table.csv == "a,\"b, c\"\r\n\"say \"\"x\"\"\",\"two\r\nlines\"\r\nplain,\r\n")
    #expect(table.text.split(separator: "\n").count == 4)
  }
}
