import Foundation
import Reports
import Results
import StudyRecords
import Testing

private func end(
  _ comparison: String, _ bottlenecks: String, draw: Int, kappa: Double, steps1: Double?, steps01: Double? = nil,
  status: String = "finished"
) -> Record {
  [
    "kind": "end", "comparison": .string(comparison), "bottlenecks": .string(bottlenecks), "draw": .number(Double(draw)),
    "kappa": .number(kappa), "status": .string(status), "steps50": 1, "steps10": 10, "steps1": RecordValue(nullIfNotFinite: steps1),
    "steps0.1": RecordValue(nullIfNotFinite: steps01), "finalTestError": .number(0.1 * Double(draw + 1)), "bestTestError": .null,
  ]
}

@Suite struct BottleneckTableTests {
  @Test func theBestRateIsTheQuickestToOnePerCent() throws {
    let two = try #require(BottleneckLabel("2")), wide = try #require(BottleneckLabel("inf"))
    var records = [
      end("same", "2", draw: 0, kappa: 0.1, steps1: 1),
      end("same", "inf", draw: 0, kappa: 0.1, steps1: 300),
      end("own", "2", draw: 0, kappa: 0.25, steps1: 60), end("own", "2", draw: 1, kappa: 0.25, steps1: 80),
      end("own", "2", draw: 0, kappa: 0.5, steps1: 20), end("own", "2", draw: 1, kappa: 0.5, steps1: nil, status: "diverged"),
    ]
    #expect(try BottleneckRuns(records).bestRate(of: two) == .fraction(0.25), "a median that is not reached loses")
    #expect(try BottleneckRuns(records).bestRate(of: wide) == .fraction(0.1), "the wide network's rate of `same` is its own")
    records += [
      end("own", "2", draw: 0, kappa: 0.75, steps1: 70, steps01: 100), end("own", "2", draw: 1, kappa: 0.75, steps1: 70, steps01: 100),
    ]
    #expect(try BottleneckRuns(records).bestRate(of: two) == .fraction(0.75), "0.1 % decides a tie")
    records.append(end("own", "2", draw: 0, kappa: 0.9, steps1: 71, steps01: 72))
    #expect(try BottleneckRuns(records).bestRate(of: two) == .fraction(0.75), "being quicker to 0.1 % does not make up for 1 %")
    #expect(try BottleneckRuns([]).bestRate(of: two) == nil)
  }

  /// Regression has no wrong answers: its loss stands where the errors of others do, in the table, for programs and as a figure.
  @Test func regressionShowsItsTestLoss() throws {
    func step(_ step: Int, _ loss: Double) -> Record {
      [
        "kind": "step", "comparison": "same", "bottlenecks": "2", "kappa": 0.1, "draw": 0, "step": .number(Double(step)), "trainLoss": 1,
        "initialLoss": 2, "testLoss": .number(loss), "testError": .null,
      ]
    }
    var last = end("same", "2", draw: 0, kappa: 0.1, steps1: 1)
    last["finalTestError"] = .null
    last["steps"] = 10
    // As older runs recorded it; what is read beyond the last step is no end.
    let run = try StoredRun(of: .bottleneck, [step(0, 0.5), step(5, 0.125), step(10, 0.25), step(20, 0.2), last])
    #expect(try run.table.numbers("finalTestLoss") == [0.25] && run.table.numbers("bestTestLoss") == [0.125])
    #expect(try run.table.text.text.contains("test loss") && !run.table.text.text.contains("error %"))
    #expect(try run.figures.map(\.name).contains("test-loss"))
    last["finalTestLoss"] = 0.75
    #expect(try StoredRun(of: .bottleneck, [step(0, 0.5), last]).table.numbers("finalTestLoss") == [0.75])
  }

  /// Runs at a rate as such are of one group whatever fraction it is of a limit; the table has a column for it, and no others have.
  @Test func ratesAsSuchHaveAColumn() throws {
    func absolute(_ bottlenecks: String, steps1: Double) -> Record {
      var record = end("same", bottlenecks, draw: 0, kappa: 0, steps1: steps1)
      record["kappa"] = nil
      record["rate"] = 0.3
      return record
    }
    let records = [absolute("2", steps1: 10), absolute("inf", steps1: 30), end("own", "2", draw: 0, kappa: 0.25, steps1: 5)]
    #expect(try BottleneckRuns(records).bestRate(of: #require(BottleneckLabel("inf"))) == .absolute(0.3))
    let table = try StoredRun(of: .bottleneck, records).table
    #expect(try table.numbers("rate") == [0.3, 0.3, nil, 0.3] && table.numbers("kappa") == [nil, nil, 0.25, nil])
    #expect(try table.numbers("speedUp1") == [3, 1, 6, 1] && table.text.text.contains("η 0.3"))
  }

  @Test func rowsCompareWithTheirOwnBaseline() throws {
    var records: [Record] = []
    for draw in 0..<3 {
      records += [
        end("same", "2", draw: draw, kappa: 0.1, steps1: 40 + 10 * Double(draw), status: draw == 2 ? "diverged" : "finished"),
        end("same", "2x2", draw: draw, kappa: 0.1, steps1: nil), end("same", "inf", draw: draw, kappa: 0.1, steps1: 200),
        end("same", "inf/2", draw: draw, kappa: 0.1, steps1: 400), end("same", "4x4", draw: draw, kappa: 0.1, steps1: 100),
        [
          "kind": "step", "comparison": "same", "bottlenecks": "2", "kappa": 0.1, "draw": .number(Double(draw)), "step": 5,
          "amplification": .number([3, 200, 5][draw]),
        ],
        ["kind": "note", "text": "passed over"],
      ]
    }
    let table = try StoredRun(of: .bottleneck, records).table
    #expect(try table.texts("bottlenecks") == ["2", "inf", "2x2", "4x4", "inf/2"])
    #expect(try ["steps1Lower", "steps1", "steps1Upper"].map { try table.numbers($0)[0] } == [45, 50, 55])
    #expect(try ["diverged", "sensitive", "amplification", "draws"].map { try table.numbers($0)[0] } == [1, 1, 5, 3])
    #expect(try table.numbers("finalTestError")[0].map { abs($0 - 0.2) < 1e-12 } == true)
    #expect(try table.numbers("bestTestError")[0] == nil)
    #expect(try table.numbers("speedUp1") == [4, 1, nil, 4, 1] && table.texts("baseline")[3] == "inf/2")
    #expect(try table.numbers("sensitive")[1] == nil)
    #expect(table.text.text.contains("50 [45, 55]"))
    #expect(table.numbers.rows.count == 5)
    #expect(table.numbers.csv.hasPrefix("comparison,bottlenecks,baseline,kappa,draws,diverged,steps50,steps50Lower,"))
    #expect(try StoredRun(of: .bottleneck, []).table.numbers.csv == "\r\n")
  }

  /// A network that was trained has ranks, if only of no block.
  @Test func aNetworkThatWasSolvedIsMarked() throws {
    func step(_ bottlenecks: String, _ draw: Double, ranks: [Double]?) -> Record {
      var record: Record = [
        "kind": "step", "comparison": "same", "bottlenecks": .string(bottlenecks), "draw": .number(draw), "kappa": 0.1, "step": 0,
        "trainLoss": 1, "initialLoss": 1,
      ]
      if let ranks { record["rank"] = .numbers(ranks) }
      return record
    }
    func names(_ records: [Record]) throws -> [String] { try StoredRun(of: .bottleneck, records).table.text.rows.map { $0[1] } }
    #expect(try names([step("inf", 0, ranks: nil), step("inf", 1, ranks: nil), step("2", 0, ranks: [3])]) == ["2", "∞ solved"])
    #expect(try names([step("inf", 0, ranks: []), step("2", 0, ranks: nil)]) == ["2", "∞"])
    #expect(try names([step("inf", 0, ranks: nil), step("inf", 1, ranks: [])]) == ["∞"], "not all of its draws")
    #expect(try names([end("same", "inf", draw: 0, kappa: 0.1, steps1: 9)]) == ["∞"], "nothing says so")
  }

  /// The wide network is named by its depth also where only the baseline tells it.
  @Test func aDeepWideNetworkIsNoShallowOne() throws {
    let shallow: Record = ["kind": "end", "comparison": "same", "bottlenecks": "inf", "baseline": "inf", "draw": 0, "kappa": 0.1]
    let deep: Record = ["kind": "end", "comparison": "same", "bottlenecks": "inf", "baseline": "inf/2", "draw": 0, "kappa": 0.1]
    #expect(try StoredRun(of: .bottleneck, [shallow, deep]).table.texts("bottlenecks") == ["inf", "inf/2"])
  }

  @Test func stepsOfAnUnfinishedRunComeFromItsSteps() throws {
    let records = [0.0, 4, 9].map { step -> Record in
      [
        "kind": "step", "comparison": "same", "bottlenecks": "2", "draw": 0, "kappa": 0.1, "step": .number(step),
        "trainLoss": .number(8 / (1 + step)),
      ]
    }
    let table = try StoredRun(of: .bottleneck, records).table
    #expect(try ["steps50", "steps10", "steps1", "steps0.1"].map { try table.numbers($0)[0] } == [4, 9, nil, nil])
  }
}
