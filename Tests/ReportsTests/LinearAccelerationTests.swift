import Figures
import Foundation
import Reports
import Results
import Testing

@Suite struct LinearAccelerationTests {
  /// Speed-up norm/d for draws that scatter by a factor 2, one that is not reached; errors width^−½.
  private static let records: [Record] = {
    var records: [Record] = []
    for start in ["raw", "centred"] {
      for norm in [1.0, 10] {
        for d in [1.0, 4] {
          for draw in 0..<3 {
            let speedUp = norm / d * [0.5, 1, 2][draw]
            records.append([
              "kind": "speed-up", "spectrum": 0, "start": .string(start), "norm": .number(norm), "bottlenecks": .string("\(Int(d))"),
              "draw": .number(Double(draw)), "speedUp": norm == 1 && d == 4 && draw == 0 ? .null : .number(speedUp),
              "drift": .number(1e-9 * (Double(draw) + 1)), "rateAlong": .number(3 * norm), "rateAcross": .number(norm),
              "rateEstimate": .number(3 * norm), "readings": [0.1, 1, 2], "losses": [0.9, 0.1, 0.001], "readingsWithout": [0.1, 4],
              "lossesWithout": [0.95, 0.001],
            ])
          }
        }
      }
    }
    for depth in [1.0, 2] {
      records.append(["kind": "rule", "depth": .number(depth), "deviation": .number(1e-9 * depth)])
      for mode in [0.0, 1] {
        records.append([
          "kind": "mode", "depth": .number(depth), "mode": .number(mode), "strength": .number(2 - mode), "times": [0, 1, 2],
          "integrated": [0, 0.5, 1], "expected": [0, 0.5, 1], "deviation": .number(1e-8 * (mode + 1)),
        ])
      }
      for problem in ["gaussian", "identity"] {
        for draw in [0.0, 1, 2] {
          records.append([
            "kind": "regression", "problem": .string(problem), "power": 4, "depth": .number(depth), "draw": .number(draw),
            "steps": draw == 2 ? .null : .number(100 / depth + draw), "readings": [0, 1, 10], "losses": [1, 0.1, 1e-6],
          ])
        }
      }
    }
    for width in [100.0, 400, 1600] {
      let error = RecordValue.number(1 / width.squareRoot())
      records.append(["kind": "width", "width": .number(width), "draw": 0, "errorG": error, "errorV": error, "errorF": error])
    }
    return records
  }()

  @Test func rowsAreCases() throws {
    let table = try StoredRun(of: .linearAcceleration, Self.records + [["kind": "speed-up", "norm": 3], ["kind": "other"]]).table
    #expect(try table.texts("start") == Array(repeating: "raw", count: 4) + Array(repeating: "centred", count: 4))
    #expect(try table.numbers("norm").prefix(4) == [1, 1, 10, 10] && table.texts("bottlenecks").prefix(4) == ["1", "4", "1", "4"])
    let (medians, lower, missing) = (try table.numbers("speedUp"), try table.numbers("speedUpLower"), try table.numbers("notReached"))
    #expect(medians[2] == 10 && lower[2] == 7.5 && missing[2] == 0)
    #expect(try table.numbers("drift")[2].map { abs($0 - 3e-9) < 1e-20 } == true)
    #expect(missing[1] == 1 && medians[1] == 0.25 && lower[1] == 0.125, "not reached counts as no speed at all")
    let json = try JSONValue(parsing: table.json.prettyText.utf8)
    func values(_ name: String, _ key: String) -> [Double?] { (json[name]?.array ?? []).map { $0[key]?.double } }
    #expect(values("rules", "depth") == [1, 2] && values("rules", "deviation") == [1e-9, 2e-9])
    #expect(values("modes", "deviation") == [2e-8, 2e-8], "the largest over modes")
    #expect((json["regressions"]?.array ?? []).map { $0["problem"] } == ["identity", "identity", "gaussian", "gaussian"])
    #expect(values("regressions", "steps") == [101, 51, 101, 51], "not reached counts as more than any number")
    #expect(table.page.contains("∝ width^-0.50") && table.page.contains("N = 2: 2e-09"))
    #expect(table.text.rows.count == 4 && table.text.columns.contains { $0.title == "d = 4" })
    #expect(table.numbers.csv.hasPrefix("spectrum,start,norm,bottlenecks,draws,notReached,speedUp,"))
    #expect(json["speedUps"]?.array?.count == 8 && json["widths"]?.array?.count == 3 && json["rules"]?.array?.count == 2)
  }

  @Test func aLaterLineCounts() throws {
    var again = Self.records[0]
    again["speedUp"] = 7
    let table = try StoredRun(of: .linearAcceleration, Self.records + [again]).table
    #expect(try table.numbers("draws")[0] == 3 && table.numbers("speedUp")[0] == 2)
  }

  @Test func allFiguresAreMadeFromFilesAlone() throws {
    let figures = try StoredRun(of: .linearAcceleration, Self.records).figures
    #expect(figures.map(\.name) == ["speed-up", "loss", "late-rates", "regression", "modes", "width"])
    #expect(figures.map(\.figure.panels.count) == [2, 2, 2, 2, 2, 1])
    let median = figures[0].figure.panels[0].series.first { $0.label == "d = 1" }
    #expect(median?.points == [.init(1, 1), .init(10, 10)])
  }

  @Test(.needsGnuplot) func allFiguresAreDrawn() throws {
    let run = try StoredRun(of: .linearAcceleration, Self.records)
    try run.expectReadableFigures(6)
  }
}
