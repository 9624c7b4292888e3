import Figures
import Foundation
import Reports
import Results
import Testing

@Suite struct LazyFeatureTests {
  /// Networks whose kernel change is (√h·α)^-1.5 and whose fluctuations are 1/h.
  private static let records: [Record] = {
    var records: [Record] = []
    for width in [30.0, 120] {
      for alpha in [0.001, 0.1, 10, 1000, 100_000] {
        for draw in 0..<3 { records += network(width, alpha, draw) }
        records.append([
          "kind": "ensemble", "width": .number(width), "alpha": .number(alpha), "variance": .number(7 / width), "testError": 0.09,
          "draws": 3,
        ])
      }
      records.append(["kind": "kernel", "kernel": "initial", "width": .number(width), "draw": 0, "testError": 0.2])
    }
    return records
  }()

  private static func network(_ width: Double, _ alpha: Double, _ draw: Int) -> [Record] {
    func line(_ kind: String, _ fields: [String: Double]) -> Record {
      var record: Record = [
        "kind": .string(kind), "width": .number(width), "alpha": .number(alpha), "draw": .number(Double(draw)),
      ]
      for (key, value) in fields { record[key] = .number(value) }
      return record
    }
    let steps = [1.0, 10, 100].map { line("step", ["step": $0, "time": $0, "trainLoss": 1 / $0, "movement": $0, "size": 2]) }
    var end = line(
      "end",
      [
        "testError": 0.1 + 0.01 * Double(draw), "halfTime": width * 2, "kernelChange": pow(alpha, -1.5), "weightChange": 0.1,
        "steps": 1000 + Double(draw),
      ])
    end["status"] = draw == 2 ? "stopped" : "converged"
    return steps + [end]
  }

  @Test func tableSummarisesDraws() throws {
    let table = try StoredRun(of: .lazyFeature, Self.records).table
    let rows = try #require(JSONValue(parsing: table.json.prettyText.utf8).array)
    let row = try #require(rows.first { $0["width"]?.double == 120 && $0["alpha"]?.double == 0.1 })
    #expect(row["networks"]?.double == 3 && row["converged"]?.double == 2)
    #expect(abs(try #require(row["testError"]?.double) - 0.11) < 1e-12)
    #expect(row["ensembleTestError"]?.double == 0.09)
    #expect(abs(try #require(row["scaledVariance"]?.double) - 7) < 1e-12)
    #expect(row["scaledHalfTime"]?.double == 2)
    #expect(row["steps"]?.double == 1001)
    #expect(table.numbers.rows.count == 10)
    #expect(table.text.text.contains("kernel"))
    #expect(rows.count == 10)
  }

  @Test func figuresShowCollapseAndSlopes() throws {
    let figures = try StoredRun(of: .lazyFeature, Self.records).figures
    #expect(figures.map(\.name) == ["test-error", "width", "kernel-change", "half-time", "weights", "dynamics", "loss"])
    func figure(_ name: String) throws -> Figure { try #require(figures.first { $0.name == name }).figure }
    let kernel = try figure("kernel-change").panels[0]
    #expect(
      kernel.series.filter { !$0.label.isEmpty }.allSatisfy {
        "\($0.label)".contains("−1.50 (√h·α ≤ 0.1)") && "\($0.label)".contains("−1.50 (≥ 100)")
      })
    let fluctuations = try figure("width").panels[1]
    #expect(fluctuations.series.filter { !$0.label.isEmpty }.allSatisfy { "\($0.label)".contains("h^−1.00") })
    // Movement over its start's size against time over the half time.
    #expect(try figure("dynamics").panels[0].series[0].points[1] == Series.Point(10 / 60, 5))
  }

  @Test(.needsGnuplot) func allFiguresAreDrawn() throws {
    try StoredRun(of: .lazyFeature, Self.records).expectReadableFigures(7)
  }
}
