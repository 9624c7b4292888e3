import Figures
import Foundation
import Reports
import Results
import Testing

@Suite struct MultilinearityTests {
  /// Exact powers of the width: |D²| = 1.2 with the limit 1.25, |D³| and distances ∝ width^−½, two members 10 % apart each.
  private static let records = [16.0, 64, 256].flatMap { width in
    [0.0, 1].flatMap { member -> [Record] in
      func line(_ kind: String, _ fields: Record) -> Record {
        var record: Record = ["kind": .string(kind), "network": "2+2", "width": .number(width), "member": .number(member)]
        for field in fields.fields { record[field.key] = field.value }
        return record
      }
      let share = 0.95 + 0.1 * member, root = width.squareRoot()
      return [
        line("norm", ["order": 2, "value": .number(1.2 * share), "limit": 1.25]),
        line("norm", ["order": 3, "value": .number(6 * share / root)]),
        line("block", ["block": "across", "value": .number(1.2 * share)]),
        line("block", ["block": "within 2", "value": .number(2 * share / root)]),
        line("distance", ["direction": "worst", "value": .number(share / root)]),
        line("distance", ["direction": "sampled", "value": .number(width > 100 ? 0 : share / width)]),
        line("training", ["step": 0, "loss": 1, "limitLoss": 1, "distance": 0]),
        line("training", ["step": 5, "loss": 0.5, "limitLoss": 0.4, "distance": .number(3 * share / root)]),
        line("training", ["step": 9, "loss": 0.1, "limitLoss": 0.1, "distance": .number(share / root)]),
        line("end", ["part": "norms"]),
      ]
    }
  }

  @Test func rowsHaveExponentsAndLimits() throws {
    let table = try StoredRun(of: .multilinearity, Self.records + [["kind": "norm", "network": "2+2", "member": 0]]).table
    #expect(
      try table.texts("quantity") == [
        "|D²|", "|D³|", "Hessian within segment 2", "Hessian across segments", "largest distance to the model",
        "distance, sampled directions", "distance in training",
      ])
    let expected = try table.numbers("expectedSlope"), slopes = try table.numbers("slope"), values = try table.numbers("value")
    #expect(expected == [0, -0.5, -0.5, 0, -0.5, nil, -0.5])
    for (index, own) in expected.enumerated() {
      guard let own else { continue }
      #expect(slopes[index].map { abs($0 - own) < 1e-12 } == true, "\(index)")
    }
    #expect(slopes[5] == nil && values[5] == 0, "no logarithm of 0")
    #expect(try table.texts("network")[0] == "2+2" && table.numbers("width")[0] == 256)
    #expect(values[0].map { abs($0 - 1.2) < 1e-12 } == true)
    let ratios = try table.numbers("ratio")
    #expect(ratios[0].map { abs($0 - 0.96) < 1e-12 } == true && ratios[1] == nil)
    #expect(try table.numbers("standardError")[0].map { abs($0 - 0.06) < 1e-12 } == true, "half the difference of two members")
    #expect(values[6].map { abs($0 - 3.0 / 16) < 1e-12 } == true, "the largest over steps, mean over members")
    #expect(table.text.text.contains("|D²|") && table.numbers.csv.hasPrefix("network,quantity,expectedSlope,slope,"))
    #expect(try table.numbers("limit")[0] == 1.25)
    #expect(try StoredRun(of: .multilinearity, []).table.numbers.rows.isEmpty)
  }

  @Test func allFiguresAreMadeFromFilesAlone() throws {
    let figures = try StoredRun(of: .multilinearity, Self.records).figures
    #expect(figures.map(\.name) == ["norms", "blocks", "distance", "training"])
    #expect(figures.map(\.figure.panels.count) == [1, 1, 1, 2])
    let norms = figures[0].figure.panels[0]
    #expect(norms.title == "2 + 2 layers, 1 bottleneck")
    #expect(norms.series.count == 4 && "\(norms.series[1].label)".hasPrefix("|D²|: ") && norms.series[3].label == "|D³|: −0.50")
    let limit = norms.series[0]
    #expect(limit.style == .dashedLine && Set(limit.points.map(\.y)) == [1.25], "the limit where it is known")
    let end = try #require(norms.series[2].points.last)
    #expect(abs(end.y - 6.0 / 16) < 1e-12, "else a line through the points")
    #expect(figures[2].figure.panels[0].series.last?.points.count == 2, "a distance of 0 has no place")
    #expect(figures[1].figure.panels[0].series.first { $0.isListed }?.label == "within 2: −0.50")
    #expect(figures[3].figure.panels[0].series.filter(\.isListed).map(\.label) == ["width 16", "width 64", "width 256"])
  }

  @Test(.needsGnuplot) func allFiguresAreDrawn() throws {
    let run = try StoredRun(of: .multilinearity, Self.records)
    try run.expectReadableFigures(4)
  }
}
