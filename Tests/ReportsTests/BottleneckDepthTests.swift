import Figures
import Foundation
import Reports
import Results
import StudyRecords
import Testing

@Suite struct BottleneckDepthTests {
  /// Steps to 10, 1 and 0.1 %; nil is not reached.
  private static let steps: [(comparison: String, network: String, kappa: Double, steps: [Double?])] = [
    ("same", "2", 0.1, [12, 40, 120]), ("same", "2x2", 0.1, [10, 50, 60]), ("same", "2x2x2", 0.1, [30, nil, nil]),
    ("same", "2x1", 0.1, [10, 20, 30]), ("same", "4x4", 0.1, [5, 6, 7]), ("same", "inf", 0.1, [60, 400, 840]),
    ("same", "inf/2", 0.1, [50, 300, 600]), ("same", "inf/3", 0.1, [60, 300, 500]), ("same", "2", 0.3, [6, 20, 60]),
    ("same", "2x2", 0.3, [3, 20, 60]),
    ("own", "2", 0.25, [4, 10, 30]), ("own", "2", 0.5, [4, 20, 30]), ("own", "2x2", 0.5, [2, 5, 60]),
  ]

  private static let records = steps.flatMap { comparison, network, kappa, steps -> [Record] in
    var head: Record = [
      "kind": "step", "comparison": .string(comparison), "bottlenecks": .string(network),
      "baseline": .string(BottleneckLabel(network)?.baseline.text ?? ""), "kappa": .number(kappa), "draw": 0,
    ]
    var lines: [Record] = []
    for step in [1.0, 10, 100] {
      head["step"] = .number(step)
      (head["trainLoss"], head["initialLoss"]) = (.number(1 / step), 1)
      lines.append(head)
    }
    head["kind"] = "end"
    head["status"] = "finished"
    head["steps50"] = 1
    for (key, value) in zip(["steps10", "steps1", "steps0.1"], steps) { head[key] = RecordValue(nullIfNotFinite: value) }
    head["finalTestError"] = 0.05
    return lines + [head]
  }

  @Test func chainsAreComparedWithOneBottleneckOfTheirWidth() throws {
    let table = try StoredRun(of: .bottleneckDepth, Self.records).table
    let rows = try #require(JSONValue(parsing: table.json.prettyText.utf8).array)
    func speedUps(_ comparison: JSONValue, _ network: JSONValue, kappa: Double, _ key: String = "speedUpOverOne") throws -> [Double?] {
      let row = try #require(
        rows.first { $0["comparison"] == comparison && $0["bottlenecks"] == network && $0["kappa"]?.double == kappa },
        "\(comparison.text) \(network.text)")
      return ["50", "10", "1", "0.1"].map { row[key + $0]?.double }
    }
    #expect(try speedUps("same", "2x2", kappa: 0.1) == [1, 1.2, 0.8, 2], "against one of width 2 at the same rate")
    #expect(try speedUps("same", "2x2", kappa: 0.1, "speedUp") == [1, 5, 6, 10], "against its own network without bottlenecks")
    #expect(try speedUps("same", "2x2x2", kappa: 0.1) == [1, 0.4, nil, nil])
    #expect(try speedUps("same", "2x2", kappa: 0.3) == [1, 2, 1, 1], "another rate, another chain of one")
    #expect(try speedUps("own", "2x2", kappa: 0.5) == [1, 2, 2, 0.5], "against the best rate of one")
    for network: JSONValue in ["2", "2x1", "4x4", "inf", "inf/2"] {
      #expect(try speedUps("same", network, kappa: 0.1) == [nil, nil, nil, nil], "\(network.text)")
    }
    #expect(table.text.text.contains("over one") && table.text.rows.count == rows.count)
    #expect(table.numbers.csv.contains("speedUpOverOne0.1"))
    #expect(rows.first?["speedUpOverOne10"] == .null)
  }

  @Test func stepsAreDrawnAgainstTheNumberOfBottlenecks() throws {
    let figure = try #require(try StoredRun(of: .bottleneckDepth, Self.records).figures.first).figure
    #expect(figure.columns == 3 && figure.panels.count == 9, "two rates for all, and each network's own")
    let tenPerCent = figure.panels[0]
    #expect(tenPerCent.xAxis.categories == ["1", "2", "3"])
    let named = tenPerCent.series.filter { !$0.label.isEmpty }
    #expect(named.map(\.label) == ["d = 2", "d = 4", "d = ∞"], "2x1 has no one width")
    #expect(named[0].points.map(\.y) == [12, 10, 30] && named[2].points.map(\.y) == [60, 50, 60])
    // Offsets keep apart what stands at one number of bottlenecks.
    #expect(named[0].points.map { $0.x.rounded() } == [0, 1, 2] && named[1].points.map { $0.x.rounded() } == [1])
    #expect(figure.panels[2].series.first { $0.label == "d = 2" }?.points.count == 2, "what is not reached has no point")
  }

  @Test func allFiguresAreMadeFromFilesAlone() throws {
    let run = try StoredRun(of: .bottleneckDepth, Self.records), figures = try run.figures
    #expect(figures.map(\.name) == ["steps", "loss", "test-error"])
    #expect(figures[1].figure.panels.first?.series.map(\.label) == ["d = 2", "d = ∞", "d = 2×2", "d = ∞×∞", "d = 2×2×2", "d = ∞×∞×∞"])
    #expect(throws: ResultsError.self) { try RunReport.bottleneck.figures(of: run.directory) }
  }

  @Test(.needsGnuplot) func allFiguresAreDrawn() throws {
    let run = try StoredRun(of: .bottleneckDepth, Self.records)
    try run.expectReadableFigures(3)
  }
}
