import PrintableText
import Results
import Testing

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
    table.append(["say \"x\"", "one, two"])
    table.append(["plain", ""])
    // A quote and a combining character are one character.
    table.append(["\"\u{301}, 1", "x"])
    #expect(
      Array(table.csv.utf8) == Array("a,\"b, c\"\r\n\"say \"\"x\"\"\",\"one, two\"\r\nplain,\r\n\"\"\"\u{301}, 1\",x\r\n".utf8))
  }

  @Test func noCellMakesARowOrSteersATerminal() {
    var table = TextTable(columns: [.init("run"), .init("state\u{1B}")])
    table.append(["x\nbottleneck/fake  finished", "\u{1B}[2J\r\u{9B}\u{202E}\n\u{301}"])
    for text in [table.text, table.csv.split(separator: "\r\n").joined(separator: "\n") + "\n"] {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.isPrintable })
      #expect(text.contains("\\u{1B}[2J\\r\\u{9B}\\u{202E}") && text.contains("x\\nbottleneck"))
    }
    #expect(table.text.split(separator: "\n").count == 3)
    #expect(table.csv.unicodeScalars.count { $0 == "\n" } == 2)
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("@sum", "'@sum"), ("+x", "'+x"), ("-x", "'-x"), ("-0.5", "-0.5"), ("+2", "+2"), ("–", "–"), ("-inf", "-inf"),
  ])
  func noCellIsAFormula(_ cell: String, _ expected: String) {
    var table = TextTable(columns: [.init("a")])
    table.append([cell])
    #expect(table.csv == "a\r\n\(expected)\r\n")
  }
}
