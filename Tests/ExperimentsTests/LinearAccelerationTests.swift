import Experiments
import Foundation
import Results
import Testing

/// The experiment on deep linear networks: what is recorded, continued and refused.
@Suite struct LinearAccelerationTests {
  private static let small = [
    "--target-norms", "1,10", "--bottlenecks", "1,2x2", "--spectrum", "0", "--draws", "3", "--depths", "1,2", "--regression-points", "12",
    "--regression-inputs", "3", "--widths", "16,256", "--steps", "60",
  ]

  private func settings(_ extra: [String] = []) throws -> LinearAccelerationSettings {
    try LinearAccelerationSettings.parse(Self.small + extra)
  }

  private func lines(_ records: [Record], _ kind: String) -> [Record] { records.filter { $0.string("kind") == kind } }

  @Test func everyPartShowsWhatItMust() throws {
    let records = try Recorded.run(LinearAcceleration.self, settings(), on: Recorded.engine())
    let runs = lines(records, "speed-up")
    #expect(runs.count == 2 * 2 * 2 * 3, "starts, norms, chains, draws")
    #expect(runs.allSatisfy { $0.number("drift") ?? 1 < 1e-6 }, "a conserved matrix drifts")
    // Losses fall to the fraction, which both are compared at.
    #expect(runs.allSatisfy { $0.numbers("losses")?.last == 1e-3 && $0.numbers("lossesWithout")?.last == 1e-3 })
    #expect(runs.allSatisfy { $0.numbers("losses")?.count == $0.numbers("readings")?.count && $0.numbers("losses")?.count ?? 0 > 5 })
    func speedUps(_ norm: Double, _ chain: String) -> [Double] {
      runs.filter { $0.number("norm") == norm && $0.string("bottlenecks") == chain && $0.string("start") == "raw" }
        .compactMap { $0.number("speedUp") }
    }
    for chain in ["1", "2x2"] {
      #expect(speedUps(10, chain).count == 3 && speedUps(1, chain).count == 3)
      #expect(speedUps(10, chain).allSatisfy { $0 > 2 }, "a large target is learned faster through \(chain)")
      #expect(zip(speedUps(1, chain), speedUps(10, chain)).allSatisfy { $0 < $1 }, "the speed-up grows with the norm")
    }
    let deviations = (lines(records, "rule") + lines(records, "mode")).compactMap { $0.number("deviation") }
    #expect(deviations.count == 1 + 2 * 3 && deviations.allSatisfy { $0 < 1e-6 }, "\(deviations)")
    #expect(lines(records, "mode").allSatisfy { $0.number("leak") ?? 1 < 1e-6 && $0.numbers("integrated")?.count == 161 })
    func steps(_ power: Double, _ depth: Double) -> [Double] {
      let own = lines(records, "regression").filter { $0.number("power") == power && $0.number("depth") == depth }
      return own.filter { $0.string("problem") == "identity" }.compactMap { $0.number("steps") }
    }
    #expect([steps(2, 1), steps(2, 2), steps(4, 1), steps(4, 2)].allSatisfy { $0.count == 3 })
    #expect(zip(steps(2, 1), steps(2, 2)).allSatisfy { $0 < $1 } && zip(steps(4, 1), steps(4, 2)).allSatisfy { $0 > $1 })
    // 16 times the width: a quarter of the error, up to the scatter of three draws.
    func median(_ width: Double) -> Double {
      lines(records, "width").filter { $0.number("width") == width }.compactMap { $0.number("errorG") }.sorted()[1]
    }
    #expect(median(256) < 0.55 * median(16) && median(256) < 0.3, "\(median(16)), \(median(256))")
  }

  /// What is recorded is not computed again; more draws and norms leave the others as they are.
  @Test func moreDrawsExtendARun() throws {
    let engine = try Recorded.engine(), folder = Recorded.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try Recorded.run(LinearAcceleration.self, settings(), on: engine, in: folder)
    let again = try Recorded.run(LinearAcceleration.self, settings(), on: engine, in: folder)
    #expect(again.count == first.count)
    let more = try Recorded.run(LinearAcceleration.self, settings(["--draws", "4", "--target-norms", "1,3,10"]), on: engine, in: folder)
    let keeps = Array(more.prefix(first.count)) == first
    #expect(keeps && lines(more, "speed-up").count == 2 * 3 * 2 * 4)
    let fresh = try Recorded.run(LinearAcceleration.self, settings(["--draws", "4", "--target-norms", "1,3,10"]), on: engine)
    func sorted(_ records: [Record]) -> [String] { records.map { "\($0)" }.sorted() }
    let isEqual = sorted(fresh) == sorted(more)
    #expect(isEqual, "an extended run differs from one with all draws")
  }

  @Test(arguments: [
    (["--bottlenecks", "inf"], "bottlenecks"), (["--target-norms", "0"], "target-norms"), (["--spectrum", "-1"], "spectrum"),
    (["--start", "raw,other"], "start"), (["--fraction", "1"], "fraction"), (["--powers", "3"], "powers"), (["--depths", "0"], "depths"),
    (["--modes", "1,0.0001"], "modes"), (["--widths", ""], "widths"), (["--inputs", "0"], "inputs"), (["--tolerance", "0"], "tolerance"),
    (["--regression-points", "2"], "regression-points"),
  ])
  func badSettingsNameThemselves(_ extra: [String], _ name: String) throws {
    let text = try Recorded.refusal(LinearAcceleration.self) { try settings(extra) }
    #expect(text.contains("--\(name)"), "\(extra): \(text)")
  }
}
