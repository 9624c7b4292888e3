import Figures
import Foundation
import Reports
import Results
import Testing

@Suite struct FiniteWidthTests {
  /// Errors 2·(1 + draw/10)·width^−1/2 (train) and twice that (test); the last draw of width 400 is sensitive, that of 1600 diverged.
  private static let records = ["2", "2x2"].flatMap { network in
    [100.0, 400, 1600].flatMap { width in
      (0..<5).flatMap { draw -> [Record] in
        let scale = 2 * (1 + Double(draw) / 10) / width.squareRoot()
        let (isSensitive, isDiverged) = (width == 400 && draw == 4, width == 1600 && draw == 4)
        let positions = [Double](repeating: scale / 2, count: network == "2" ? 1 : 2)
        func line(_ kind: String, _ share: Double) -> Record {
          [
            "kind": .string(kind), "bottlenecks": .string(network), "width": .number(width), "draw": .number(Double(draw)),
            "train": .number(share * scale), "test": .number(2 * share * scale * (isSensitive ? 1000 : 1)),
            "errors": .numbers(positions.map { $0 * share }), "frozenTest": .number(share),
            "movement": .numbers(positions.map { _ in share }),
            "kernel": .number(share * scale), "kernelChange": .number(share * 0.8),
            "amplification": isSensitive ? .null : .number(5 + Double(draw)), "limitLoss": 0.1, "finiteLoss": 0.1,
          ]
        }
        let readings = [0.0, 1, 10].map { step -> Record in
          var record = line("reading", step / 10)
          record["step"] = .number(step)
          return record
        }
        if isDiverged {
          return readings.prefix(2) + [
            ["kind": "end", "status": "diverged", "bottlenecks": .string(network), "width": .number(width), "draw": .number(Double(draw))]
          ]
        }
        var end = line("end", 1)
        end["status"] = "finished"
        return readings + [end]
      }
    }
  }

  @Test func rowsAreMediansOverCalmDraws() throws {
    let table = try StoredRun(of: .finiteWidth, Self.records + [["kind": "setup"]]).table
    #expect(try table.texts("bottlenecks") == ["2", "2", "2", "2x2", "2x2", "2x2"])
    #expect(try table.numbers("width").prefix(3) == [100, 400, 1600])
    #expect(try table.numbers("draws") == [5, 4, 4, 5, 4, 4])
    #expect(try table.numbers("sensitive") == [0, 1, 0, 0, 1, 0] && table.numbers("diverged") == [0, 0, 1, 0, 0, 1])
    #expect(try table.numbers("train")[0] == 0.24 && table.numbers("test")[1].map { abs($0 - 0.23) < 1e-12 } == true)
    #expect(try table.numbers("bottleneck2")[3] == 0.12)
    let text = table.text.text
    #expect(text.contains("slope") && text.contains("2×2") && text.split(separator: "\n").count == 2 + 8)
    #expect(table.numbers.csv.hasPrefix("bottlenecks,width,draws,sensitive,diverged,train,trainLower,"))
    let json = try #require(JSONValue(parsing: table.json.prettyText.utf8).array)
    #expect(json.count == 6 && json[5]["bottleneck2Slope"]?.double != nil && json[0]["bottleneck2"] == .null)
  }

  @Test func allFiguresAreMadeFromFilesAlone() throws {
    let figures = try StoredRun(of: .finiteWidth, Self.records).figures
    #expect(figures.map(\.name) == ["error", "error-steps", "movement", "kernel", "sensitivity"])
    #expect(figures.allSatisfy { $0.figure.panels.count == 2 && $0.figure.columns == 2 })
    let names = figures[0].figure.panels[1].series.map(\.label.description)
    #expect(
      names == [
        "train F: −0.52 ± 0.04", "test F: −0.52 ± 0.04", "bottleneck 1: −0.52 ± 0.04", "bottleneck 2: −0.52 ± 0.04", "kernel: −0.52 ± 0.04",
        "frozen kernel: test F", "∝ width^−1/2",
      ], "\(names)")
    // The guide has the slope of the theory.
    let guide = try #require(figures[0].figure.panels[0].series.last).points
    #expect(guide.count == 2 && abs(guide[0].y / guide[1].y - 4) < 1e-12)
    // Sensitive draws are drawn apart, those of infinite amplification and diverged ones not at all.
    let sensitivity = figures[4].figure.panels[0].series
    #expect(sensitivity.map(\.points.count) == [5, 4, 4, 2])
  }

  @Test(.needsGnuplot) func allFiguresAreDrawn() throws {
    let run = try StoredRun(of: .finiteWidth, Self.records)
    try run.expectReadableFigures(5)
  }
}
