import Foundation
import Sweeps
import TestSupport
import Testing

@Suite struct SweepFileTests {
  private func file(_ text: String) throws -> SweepFile {
    let folder = try TemporaryFolder(), url = folder.url.appending(path: "sweep.yaml")
    try Data(text.utf8).write(to: url)
    return try SweepFile(url.path)
  }

  private func points(_ axes: String) throws -> [String] { try file("experiment: finite-width\n\(axes)\n").points().map(SweepFile.text) }

  @Test func theProductIsInTheOrderOfTheFileLastAxisFastest() throws {
    #expect(
      try points("grid: {widths: [64, 128], rate-fraction: [0.1]}\nseeds: 2") == [
        "widths=64 rate-fraction=0.1 seed=1", "widths=64 rate-fraction=0.1 seed=2", "widths=128 rate-fraction=0.1 seed=1",
        "widths=128 rate-fraction=0.1 seed=2",
      ])
    #expect(try points("seeds: [7, 3]\ngrid: {steps: [5, 6]}").map { $0.prefix(6) } == ["seed=7", "seed=7", "seed=3", "seed=3"])
    #expect(try points("settings: {steps: 3}") == [""])
  }

  @Test func listsAreElementsOfAnAxis() throws {
    #expect(try points(#"grid: {bottlenecks: [2, "1,2", [1, 2, inf]]}"#) == ["bottlenecks=2", "bottlenecks=1,2", "bottlenecks=1,2,inf"])
  }

  @Test(arguments: [
    ("{from: 0.1, to: 0.5, step: 0.1}", ["0.1", "0.2", "0.3", "0.4", "0.5"]),
    ("{from: 10, to: 1, step: -4}", ["10", "6", "2"]),
    ("{from: 64, to: 8192, count: 8, spacing: log}", ["64", "128", "256", "512", "1024", "2048", "4096", "8192"]),
    ("{from: 1e-3, to: 0.1, count: 3, spacing: log}", ["0.001", "0.01", "0.1"]),
    ("{from: 0, to: 0.3, count: 4}", ["0", "0.1", "0.2", "0.3"]),
  ])
  func rangesAreAsShortAsTheyAre(_ range: String, _ values: [String]) throws {
    #expect(try points("grid: {rate-fraction: \(range)}") == values.map { "rate-fraction=\($0)" })
  }

  @Test func groupsAdvanceTogether() throws {
    #expect(
      try points("zip:\n  - {train: [4, 8], steps: [10, 5]}\n  - {seed: [1, 2]}") == [
        "train=4 steps=10 seed=1", "train=4 steps=10 seed=2", "train=8 steps=5 seed=1", "train=8 steps=5 seed=2",
      ])
  }

  @Test(arguments: [
    ("grid: {widhts: [1]}", "did you mean widths?"), ("grdi: {widths: [1]}", ":2: the key 'grdi' is not known; did you mean grid?"),
    ("grid: {widths: []}", "'widths': the axis is empty"), ("grid: {widths: 3}", "stands under `settings`"),
    ("grid: {widths: [1]}\nsettings: {widths: 2}", "'widths' is given twice"), ("settings: {device: cpu}", "--device on the command line"),
    ("zip: [{train: [1, 2], steps: [1]}]", "'train' has 2 values and 'steps' has 1"), ("zip: {train: [1]}", "expected a list of groups"),
    ("seeds: 0", "from 1 to 100000"), ("grid: {steps: {from: 1, to: 5}}", "expected either 'step' or 'count'"),
    ("grid: {steps: {from: 1, to: 5, step: -1}}", "leads from 1 to 5, got -1"),
    ("grid: {steps: {from: 1, to: 5, stpe: 1}}", "did you mean step?"),
    ("grid: {steps: {from: 0, to: 5, count: 3, spacing: log}}", "above 0"), ("grid: {steps: {from: a, to: 5, step: 1}}", "got 'a'"),
    ("seeds: 1000\ngrid: {steps: {from: 1, to: 1000, step: 1}}", "make 1000000 runs, and a sweep may have 100000"),
    ("grid: {steps: {from: 1, to: 1e9, step: 1}}", "more than 100000 values"), ("seeds: 100000\ngrid: {train: [1,2,3]}", "300000"),
  ])
  func mistakesAreToldWithWhatWasExpected(_ text: String, _ reason: String) {
    let error = #expect(throws: (any Error).self) { try points(text) }
    #expect(error.map { "\($0)" }?.contains(reason) == true, "\(text): \(error.map { "\($0)" } ?? "none")")
  }

  @Test func equalRunsAreRefused() {
    #expect(throws: SweepError.sameRun(first: "steps=5", second: "steps=5", differing: [])) { try points("grid: {steps: [5, 6, 5]}") }
  }

  @Test func anotherExperimentIsNamed() {
    #expect { try file("experiment: finite-wdth\n") } throws: { "\($0)".contains("did you mean finite-width?") }
    #expect { try file("seeds: 3\n") } throws: { "\($0)".contains("'experiment' is missing") }
  }

  @Test(arguments: [1, 3, 7, 20]) func everyRunIsInExactlyOneShard(_ count: Int) throws {
    let shards = try (1...count).map { try Shard("\($0)/\(count)") }
    for place in 1...17 { #expect(shards.count { $0.contains(place) } == 1, "run \(place) of shards of \(count)") }
  }

  @Test(arguments: ["0/3", "4/3", "1", "1/0", "a/b", "1/2/3", "-1/2"]) func otherTextIsNoShard(_ text: String) {
    #expect(throws: SweepError.invalidShard(text)) { try Shard(text) }
  }
}
