import Foundation
import Results
import TestSupport
import Testing

/// Records of runs as one table that other programs read.
@Suite struct RecordTableTests {
  private let folder: TemporaryFolder
  private let runs: [URL]

  init() throws {
    let folder = try TemporaryFolder()
    func run(_ settings: JSONValue, _ records: [Record]) throws -> URL {
      let store = try ResultsStore.open(try RunDescription(experiment: "demo", identity: settings, parameters: settings), in: folder.url)
      for record in records { try store.append(record) }
      try store.finish()
      return store.directory
    }
    self.folder = folder
    runs = [
      try run(
        ["seed": 1, "weight-variance": 2, "data": "a, \"b\"\nc", "big": .integer(Int128(UInt64.max))],
        [
          ["step": 0, "loss": 1, "label": "2", "ranks": [1, 2], "mixed": 1],
          ["step": 1, "loss": 0.5, "label": "inf", "ranks": [3.5], "mixed": "one", "steps0.1": nil],
        ]),
      try run(["seed": 2, "weight-variance": 2.5, "data": "", "twin": true], [["step": 2, "loss": nil, "label": "", "late": -0.0]]),
    ]
  }

  private func text(_ format: RecordTable.Format, settings: [String]? = nil, arrays: RecordTable.Arrays = .whole) throws -> String {
    var text = ""
    try RecordTable(runs, settings: settings, arrays: arrays).write(format) { text += $0 }
    return text
  }

  /// Rows of a text as RFC 4180 has it.
  private static func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = [[]], cell = "", isQuoted = false, scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"" where isQuoted && scalars.first == "\"": cell.unicodeScalars.append(scalars.removeFirst())
      case "\"": isQuoted.toggle()
      case "," where !isQuoted, "\r" where !isQuoted:
        rows[rows.count - 1].append(cell)
        cell = ""
        if scalar == "\r", scalars.popFirst() == "\n" { rows.append([]) }
      default: cell.unicodeScalars.append(scalar)
      }
    }
    #expect(rows.last == [] && cell.isEmpty, "the last line ends as the others do")
    return rows.dropLast()
  }

  @Test func aColumnHasValuesOfOneKind() throws {
    let rows = Self.rows(try text(.csv)), names = rows[0]
    #expect(
      names == [
        "experiment", "run", "step", "loss", "label", "ranks", "mixed", "steps0.1", "late", "setting_big", "setting_data", "setting_seed",
        "setting_twin", "setting_weight_variance",
      ])
    func column(_ name: String) throws -> [String] {
      let index = try #require(names.firstIndex(of: name))
      return rows.dropFirst().map { $0[index] }
    }
    #expect(rows.allSatisfy { $0.count == names.count })
    #expect(try column("run") == [0, 0, 1].map { "demo/\(runs[$0].lastPathComponent)" })
    #expect(try column("step") == ["0", "1", "2"] && column("loss") == ["1.0", "0.5", ""])
    #expect(try column("label") == ["2", "inf", ""] && column("mixed") == ["1", "one", ""] && column("late") == ["", "", "-0.0"])
    #expect(try column("ranks") == ["[1.0,2.0]", "[3.5]", ""] && column("steps0.1") == ["", "", ""])
    #expect(try column("setting_weight_variance") == ["2.0", "2.0", "2.5"] && column("setting_seed") == ["1", "1", "2"])
    #expect(try column("setting_data") == ["a, \"b\"\\nc", "a, \"b\"\\nc", ""] && column("setting_twin") == ["", "", "true"])
    #expect(try column("setting_big") == ["18446744073709551615", "18446744073709551615", ""])
    #expect(try text(.csv).contains(",\"\","), "an empty text is no null")
  }

  @Test func jsonLinesHaveEveryColumnAndExactValues() throws {
    let lines = try text(.jsonl).split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    #expect(lines.count == 3 && Set(lines.map { $0.members?.map(\.key) }).count == 1)
    #expect(lines[0]["ranks"] == [1.0, 2.0] && lines[0]["mixed"] == "1" && lines[0]["label"] == "2" && lines[2]["label"] == "")
    #expect(lines[0]["loss"] == .number(1) && lines[2]["loss"] == .null && lines[0]["setting_data"] == "a, \"b\"\nc")
    #expect(lines[0]["setting_big"] == "18446744073709551615", "beyond what a float64 holds")
  }

  @Test func arraysCanHaveAColumnForEachEntry() throws {
    let rows = Self.rows(try text(.csv, settings: [], arrays: .columns))
    #expect(rows[0] == ["experiment", "run", "step", "loss", "label", "ranks_1", "ranks_2", "mixed", "steps0.1", "late"])
    #expect(rows.dropFirst().map { Array($0[5...6]) } == [["1.0", "2.0"], ["3.5", ""], ["", ""]])
  }

  @Test func settingsAreChosenByName() throws {
    #expect(try RecordTable(runs, settings: ["seed"]).columns.filter { $0.hasPrefix("setting_") } == ["setting_seed"])
    let error = #expect(throws: ResultsError.self) { try RecordTable(runs, settings: ["sede"]) }
    #expect(error == .unknownSetting("sede", known: ["big", "data", "seed", "twin", "weight-variance"]))
  }

  @Test func aKeyThatIsTakenGetsANameOfItsOwn() throws {
    let settings: JSONValue = ["seed": 1]
    let store = try ResultsStore.open(try RunDescription(experiment: "taken", identity: settings, parameters: settings), in: folder.url)
    try store.append(["run": 3, "setting_seed": 4])
    try store.finish()
    #expect(try RecordTable([store.directory]).columns == ["experiment", "run", "run_", "setting_seed", "setting_seed_"])
  }

  @Test func linesThatComeMeanwhileAreLeftOut() throws {
    let settings: JSONValue = ["seed": 1]
    let store = try ResultsStore.open(try RunDescription(experiment: "live", identity: settings, parameters: settings), in: folder.url)
    try store.append(["a": 1])
    let table = try RecordTable([store.directory])
    try store.append(["a": 2, "b": 3])
    var text = ""
    try table.write(.csv) { text += $0 }
    #expect(Self.rows(text) == [["experiment", "run", "a", "setting_seed"], ["live", "live/\(store.manifest.run)", "1", "1"]])
    #expect(table.count == 1)
  }

  @Test func whatTheSinkThrowsEndsTheTable() throws {
    struct Full: Error {}
    #expect(throws: Full.self) { try RecordTable(runs).write(.csv) { _ in throw Full() } }
  }

  @Test func damagedRecordsAreNoTable() throws {
    let file = runs[0].appending(path: "records.jsonl")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing("0.5", with: "0.6").utf8).write(to: file)
    #expect(throws: ResultsError.damagedRecords(path: file.path, line: 2)) { try RecordTable(runs) }
  }
}
