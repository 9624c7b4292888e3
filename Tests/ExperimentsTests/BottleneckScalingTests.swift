import Experiments
import Foundation
import Results
import Testing

/// The experiment at several numbers of points and target scales: each combination is a run of `bottleneck` of its own.
@Suite struct BottleneckScalingTests {
  private static let extra = ["--bottlenecks", "1,2", "--compare", "same", "--rate-fraction", "0.05", "--twin", "none"]

  private func settings(_ extra: [String]) throws -> BottleneckScalingSettings {
    try BottleneckScalingSettings.parse(Recorded.small.dropFirst(2) + Self.extra + extra)
  }

  /// Without the times, which differ between equal runs.
  private func timeless(_ records: [Record]) -> [Record] { records.filter { $0.string("kind") != "cost" } }

  private func combination(_ records: [Record], points: Double, scale: Double) -> [Record] {
    records.filter { $0.number("points") == points && $0.number("scale") == scale }
  }

  @Test func aCombinationIsTheBottleneckRunOfItsSettings() throws {
    let engine = try Recorded.engine()
    let records = try Recorded.run(BottleneckScaling.self, settings(["--points", "40,60", "--scales", "3,10"]), on: engine)
    #expect(records.allSatisfy { $0.number("points") != nil && $0.number("scale") != nil })
    for (points, scale) in [(40.0, 3.0), (60, 10)] {
      let single = ["--train", "\(Int(points))", "--target-scale", "\(scale)"]
      let expected = try Recorded.losses(Recorded.run(Recorded.settings(Self.extra + single), on: engine))
      let got = Recorded.losses(combination(records, points: points, scale: scale))
      #expect(got.keys == expected.keys && !got.isEmpty)
      // Another number of columns may order sums otherwise: roundings, amplified by at most 100 at this rate.
      for (key, loss) in expected { #expect(abs((got[key] ?? .nan) - loss) <= 1e-9 * loss, "\(points) points, scale \(scale), \(key)") }
    }
    let costs = records.filter { $0.string("kind") == "cost" }
    #expect(costs.compactMap { $0.string("bottlenecks") } == Array(repeating: ["1", "2"], count: 4).flatMap { $0 })
    #expect(costs.allSatisfy { $0.number("seconds") ?? 0 > 0 && $0.number("runSteps") ?? 0 > 0 })
  }

  /// Killed within the third of four combinations, the run goes on there; what came before is not computed again.
  @Test func aKilledRunGoesOnWithItsCombination() throws {
    let engine = try Recorded.engine()
    let folder = Recorded.temporaryFolder()
    let killed = URL(fileURLWithPath: folder.path + "-killed")
    defer { for url in [folder, killed] { try? FileManager.default.removeItem(at: url) } }
    let settings = try settings(["--points", "40,60", "--scales", "3,10", "--checkpoint-seconds", "0.001", "--stop-at", "0"])
    // Two chains of 30 steps in each combination.
    let killer = Recorded.Killer(after: 4 * 30 + 45, folder: folder)
    let whole = try Recorded.run(BottleneckScaling.self, settings, on: engine, in: folder, progress: killer)
    let left = try RunRecords.read(Recorded.store(BottleneckScaling.self, settings, in: killed).directory)
    #expect(Recorded.ends(combination(left, points: 40, scale: 10)).count == 3 && combination(left, points: 60, scale: 10).isEmpty)
    #expect(Recorded.ends(combination(left, points: 60, scale: 3)).count < 3 && !combination(left, points: 60, scale: 3).isEmpty)
    let resumed = try Recorded.run(BottleneckScaling.self, settings, on: engine, in: killed)
    // Comparisons beforehand: a difference would print every record.
    let (isEqual, keeps) = (timeless(resumed) == timeless(whole), Array(resumed.prefix(left.count)) == left)
    #expect(isEqual && keeps)
    let again = try Recorded.run(BottleneckScaling.self, settings, on: engine, in: killed)
    #expect(again.count == resumed.count, "a complete run was computed again")
  }

  @Test func morePointsAndScalesExtendARun() throws {
    let engine = try Recorded.engine()
    let folder = Recorded.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try Recorded.run(BottleneckScaling.self, settings(["--points", "40", "--scales", "3"]), on: engine, in: folder)
    let more = try Recorded.run(BottleneckScaling.self, settings(["--points", "30,40", "--scales", "3,5"]), on: engine, in: folder)
    let keeps = Array(more.prefix(first.count)) == first
    #expect(keeps && combination(more, points: 40, scale: 3).count == first.count)
    for (points, scale) in [(30.0, 3.0), (30, 5), (40, 5)] {
      #expect(Recorded.ends(combination(more, points: points, scale: scale)).count == 3)
    }
  }

  @Test(arguments: [
    (["--points", "1"], "points"), (["--points", "2.5"], "points"), (["--points", ""], "points"), (["--scales", "0"], "scales"),
    (["--scales", "3,x"], "scales"), (["--loss", "softmax", "--target", "onehot"], "scales"),
    (["--points", "20,40", "--batch", "30"], "batch"), (["--points", "20", "--bottlenecks", "0"], "bottlenecks"),
  ])
  func badSettingsNameThemselves(_ extra: [String], _ name: String) throws {
    let text = try Recorded.refusal(BottleneckScaling.self) { try settings(extra) }
    #expect(text.contains("--\(name)"), "\(extra): \(text)")
  }

  /// A batch that is larger than the default number of training points, which does not count here.
  @Test func batchesAreMeasuredByThePoints() throws {
    let engine = try Recorded.engine()
    let plan = try BottleneckScaling.plan(
      settings(["--points", "1200", "--scales", "3", "--batch", "1100"]), on: engine, passEngine: engine)
    #expect(plan.summary.joined().contains("1200 training"))
  }
}
