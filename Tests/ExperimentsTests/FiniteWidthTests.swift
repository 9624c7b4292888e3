import Experiments
import Foundation
import Results
import Testing

/// Finite networks against the limit: what is recorded, and how a run goes on.
@Suite struct FiniteWidthTests {
  private static let small = [
    "--bottlenecks", "2,2x3", "--widths", "24,48", "--draws", "2", "--steps", "12", "--readings", "4", "--train", "7", "--test", "4",
    "--times", "0,5,12",
  ]

  private func settings(_ extra: [String] = []) throws -> FiniteWidthSettings { try FiniteWidthSettings.parse(Self.small + extra) }

  @Test(arguments: [[], ["--loss", "softmax", "--target", "onehot", "--batch", "3"], ["--data", "digits", "--target", "parity"]])
  func everyDrawIsRecorded(_ extra: [String]) throws {
    let records = try Recorded.run(FiniteWidth.self, settings(extra), on: Recorded.engine())
    let ends = Recorded.ends(records)
    #expect(Set(ends.map { "\($0.string("bottlenecks") ?? "") \($0.number("width") ?? 0) \($0.number("draw") ?? -1)" }).count == 8)
    #expect(Set(ends.compactMap { $0.number("test") }).count == 8, "draws are alike")
    for end in ends {
      func unit(_ record: Record) -> [String?] { ["bottlenecks", "width", "draw"].map { record[$0]?.text } }
      let readings = records.filter { $0.string("kind") == "reading" && unit($0) == unit(end) }
      #expect(readings.compactMap { $0.number("step") } == [0, 1, 2, 5, 12])
      let compared = readings.filter { [0, 5, 12].contains($0.number("step")) }
      for key in ["train", "test", "frozenTest", "kernel"] {
        let largest = try #require(compared.compactMap { $0.number(key) }.max())
        #expect(end.number(key) == largest && largest > 0, "\(key) of \(unit(end))")
      }
      #expect(["errors", "movement"].allSatisfy { end.numbers($0)?.count == end.string("bottlenecks")?.split(separator: "x").count })
      #expect(end.numbers("movement")?.allSatisfy { $0 > 0 } == true)
      #expect(end.string("status") == "finished" && end.number("amplification") ?? .nan < 100)
      #expect(readings.filter { $0.number("kernel") != nil }.compactMap { $0.number("step") } == [0, 5, 12])
    }
    let rates = Set(ends.compactMap { $0.number("rate") })
    #expect(rates.count == 2, "a rate for each network")
  }

  @Test func theRateIsTheFractionOfTheNetworkWithoutBottlenecks() throws {
    let engine = try Recorded.engine()
    func rates(_ extra: [String]) throws -> Set<Double> {
      Set(
        try Recorded.ends(Recorded.run(FiniteWidth.self, settings(["--bottlenecks", "2", "--widths", "8"] + extra), on: engine)).compactMap
        {
          $0.number("rate")
        })
    }
    let (tenth, fifth) = (try rates(["--rate-fraction", "0.1"]), try rates(["--rate-fraction", "0.2"]))
    #expect(tenth.count == 1 && fifth.count == 1 && abs((fifth.first ?? 0) - 2 * (tenth.first ?? 1)) < 1e-12)
    #expect(try rates(["--rate", "0.05"]) == [0.05])
  }

  /// Killed within the third of four waves, the run goes on there; what came before is not computed again.
  @Test func aKilledRunGoesOnWithItsWave() throws {
    let engine = try Recorded.engine()
    let folder = Recorded.temporaryFolder()
    let killed = URL(fileURLWithPath: folder.path + "-killed")
    defer { for url in [folder, killed] { try? FileManager.default.removeItem(at: url) } }
    // A report at the start of each wave and one for each of its 12 steps.
    let killer = Recorded.Killer(after: 2 * 13 + 5, of: "width", folder: folder)
    let whole = try Recorded.run(FiniteWidth.self, settings(), on: engine, in: folder, progress: killer)
    let left = try RunRecords.read(Recorded.store(FiniteWidth.self, settings(), in: killed).directory)
    #expect(Recorded.ends(left).count == 4)
    let resumed = try Recorded.run(FiniteWidth.self, settings(), on: engine, in: killed)
    let (isEqual, keeps) = (resumed == whole, Array(resumed.prefix(left.count)) == left)
    #expect(isEqual && keeps)
    #expect(
      try Recorded.run(FiniteWidth.self, settings(), on: engine, in: killed).count == whole.count, "a complete run was computed again")
  }

  /// A draw of which only some lines were written is computed again, and its lines stand once.
  @Test func linesOfAnInterruptedDrawStandOnce() throws {
    let engine = try Recorded.engine()
    let folder = Recorded.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let whole = try Recorded.run(FiniteWidth.self, settings(), on: engine)
    let store = try Recorded.store(FiniteWidth.self, settings(), in: folder)
    for record in whole.prefix(9) { try store.append(record) }
    try store.fail("killed")
    let resumed = try Recorded.run(FiniteWidth.self, settings(), on: engine, in: folder)
    #expect(Recorded.ends(Array(whole.prefix(9))).count == 1 && resumed.count == whole.count)
    let keeps = Array(resumed.prefix(9)) == Array(whole.prefix(9))
    #expect(keeps)
  }

  @Test func moreWidthsAndDrawsExtendARun() throws {
    let engine = try Recorded.engine()
    let folder = Recorded.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try Recorded.run(FiniteWidth.self, settings(["--bottlenecks", "2"]), on: engine, in: folder)
    let more = try Recorded.run(
      FiniteWidth.self, settings(["--bottlenecks", "2,inf", "--widths", "24,96", "--draws", "3"]), on: engine, in: folder)
    let keeps = Array(more.prefix(first.count)) == first
    // Before: 2 widths with 2 draws. New: a third draw at 24, three at 96, and the network without bottleneck.
    #expect(keeps && Recorded.ends(first).count == 4 && Recorded.ends(more).count == 4 + 1 + 3 + 6)
  }

  @Test func limitsThatDivergeAreRecordedAsSuch() throws {
    let ends = Recorded.ends(try Recorded.run(FiniteWidth.self, settings(["--rate", "80"]), on: Recorded.engine()))
    #expect(ends.count == 8 && ends.contains { $0.string("status") == "diverged" && $0.number("test") == nil })
  }

  @Test(arguments: [
    (["--widths", "0"], "widths"), (["--widths", "32,x"], "widths"), (["--times", "0,13"], "times"),
    (["--bottlenecks", "2x0"], "bottlenecks"),
    (["--batch", "8"], "batch"), (["--rate", "0"], "rate"), (["--rate-fraction", "1"], "rate-fraction"), (["--draws", "0"], "draws"),
    (["--first-depth", "0"], "first-depth"), (["--loss", "softmax", "--target", "regression"], "loss"),
    (["--activation", "erf,erf,erf"], "activation"),
  ])
  func badSettingsNameThemselves(_ extra: [String], _ name: String) throws {
    let text = try Recorded.refusal(FiniteWidth.self) { try settings(extra) }
    #expect(text.contains("--\(name)"), "\(extra): \(text)")
  }
}
