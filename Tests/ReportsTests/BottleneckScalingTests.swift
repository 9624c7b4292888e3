import Figures
import Foundation
import Reports
import Results
import Testing

@Suite struct BottleneckScalingTests {
  /// Rank 20·points^0.5 and 2 ms per step at 100 points growing with the points; d = ∞ takes points steps to 1 %.
  static let records = [100.0, 400].flatMap { points in
    [1.0, 10].flatMap { scale -> [Record] in
      func line(_ kind: String, _ network: String, draw: Double, _ fields: Record) -> Record {
        var record: Record = [
          "kind": .string(kind), "comparison": "same", "bottlenecks": .string(network), "baseline": "inf", "kappa": 0.1,
          "draw": .number(draw), "points": .number(points), "scale": .number(scale),
        ]
        for field in fields.fields { record[field.key] = field.value }
        return record
      }
      let chains = [0.0, 1, 2].flatMap { draw in
        [
          line("step", "2", draw: draw, ["step": 1, "rank": .numbers([3, 20 * points.squareRoot() + draw - 1])]),
          line("step", "2", draw: draw, ["step": 2, "rank": [4, 5]]),
          line("end", "2", draw: draw, ["steps10": 10, "steps1": .number(points / 4), "finalTestError": .number(0.02 * (draw + 1))]),
        ]
      }
      let wide = line(
        "end", "inf", draw: 0,
        ["steps10": .number(40 * scale), "steps1": .number(points), "finalTestError": 0.3, "convergedTestError": 0.01])
      let costs = [1.0, 3].map { share -> Record in
        [
          "kind": "cost", "points": .number(points), "scale": .number(scale), "bottlenecks": "2", "runSteps": .number(10 * share),
          "seconds": .number(10 * share * 2e-5 * points),
        ]
      }
      return chains + [wide] + costs
    }
  }

  @Test func rowsAreCombinations() throws {
    let table = try StoredRun(of: .bottleneckScaling, Self.records + [["kind": "end", "bottlenecks": "2"]]).table
    #expect(try table.numbers("points") == [100, 100, 100, 100, 400, 400, 400, 400])
    #expect(try table.numbers("scale") == [1, 1, 10, 10, 1, 1, 10, 10])
    let (two, wide) = (2, 3)
    #expect(try table.texts("bottlenecks")[two] == "2" && table.numbers("speedUp10")[two] == 40 && table.numbers("speedUp1")[two] == 4)
    let (ranks, seconds, errors) = (
      try table.numbers("rank"), try table.numbers("secondsPerStep"), try table.numbers("trainedTestError")
    )
    #expect(ranks[two] == 200, "the largest of all blocks and steps, median over draws")
    #expect(seconds[two].map { abs($0 - 2e-3) < 1e-12 } == true, "\(seconds)")
    #expect(errors[two] == 0.04 && errors[wide] == 0.01, "d = ∞ is compared as trained to its end")
    #expect(ranks[wide] == nil && seconds[wide] == nil)
    #expect(table.text.text.contains("ms/step") && table.numbers.csv.hasPrefix("points,scale,comparison,bottlenecks,"))
  }

  @Test func allFiguresAreMadeFromFilesAlone() throws {
    let figures = try StoredRun(of: .bottleneckScaling, Self.records).figures
    #expect(figures.map(\.name) == ["speed-up", "test-error", "rank", "cost"])
    #expect(figures.map(\.figure.columns) == [2, 2, 2, 2] && figures.map(\.figure.panels.count) == [4, 2, 2, 2])
    func named(_ index: Int) -> [String] { figures[index].figure.panels[0].series.filter(\.isListed).map(\.label.description) }
    #expect(named(0) == ["d = 2"] && named(1) == ["d = 2", "d = ∞"])
    #expect(named(2) == ["d = 2: ∝ points^0.50"] && named(3) == ["d = 2: ∝ points^1.00"])
    #expect(figures[0].figure.panels[1].series[0].points == [.init(100, 40), .init(400, 40)], "10 % at scale 10")
  }

  @Test(.needsGnuplot) func allFiguresAreDrawn() throws {
    let run = try StoredRun(of: .bottleneckScaling, Self.records)
    try run.expectReadableFigures(4)
  }
}
