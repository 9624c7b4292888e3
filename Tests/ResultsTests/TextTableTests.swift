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

  /// Columns that have no room come below, beside those that tell the rows apart.
  @Test func aNarrowTerminalGetsSeveralTables() {
    var table = TextTable(columns: [
      .init("d", .left), .init("to 10 %"), .init("speed-up", isBeside: true), .init("to 1 %"), .init("speed-up", isBeside: true),
      .init("error"),
    ])
    table.append(["2", "50 [45, 55]", "×2.0", "500", "×1.0", "3.1"])
    table.append(["inf", "100", "×1.0", "500", "×1.0", "–"])
    #expect(
      table.text(width: 40, keys: 1) == """
        d        to 10 %  speed-up
        ───  ───────────  ────────
        2    50 [45, 55]      ×2.0
        inf          100      ×1.0

        d    to 1 %  speed-up  error
        ───  ──────  ────────  ─────
        2       500      ×1.0    3.1
        inf     500      ×1.0      –

        """)
    #expect(table.text(width: 200, keys: 1) == table.text)
    // Not even two columns side by side: nothing is lost.
    let narrow = table.text(width: 20, keys: 1)
    #expect(narrow.split(separator: "\n").allSatisfy { $0.count <= 20 } && narrow.components(separatedBy: "speed-up").count == 3)
  }

  @Test func cellsAreCutWhereTheyCannotFit() {
    var table = TextTable(columns: [.init("network", .left), .init("errors")])
    table.append([String(repeating: "2x", count: 100), String(repeating: "0.5 ", count: 100)])
    let lines = table.text(width: 100, keys: 1).split(separator: "\n")
    #expect(lines.count == 3 && lines.allSatisfy { $0.count <= 100 } && lines[2].contains("…") && lines[2].count == 100)
  }

  @Test func theLegendSaysOnceWhatHeadingsStandFor() {
    let table = TextTable(columns: [
      .init("d", meaning: "width"), .init("to 10 %", meaning: "steps to 10 % of the initial loss"), .init("speed-up", meaning: "of it"),
      .init("to 1 %", meaning: "steps to 1 %"), .init("speed-up", meaning: "of it"), .init("plain"),
      .init("d = 1", meaning: "a"), .init("d = 2", meaning: "a"),
    ])
    #expect(
      table.legend(width: 30) == """
        d             width
        to 10 %       steps to 10 % of
                      the initial loss
        speed-up      of it
        to 1 %        steps to 1 %
        d = 1, d = 2  a

        """)
    #expect(TextTable(columns: [.init("plain")]).legend(width: 100).isEmpty)
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
