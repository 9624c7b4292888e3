import BackendCatalog
import Compute
import DeviceTiming
import ExperimentSessions
import Experiments
import Foundation
import Sweeps
import TestSupport
import Testing

@Suite struct SweepPlanTests {
  private static let tiny =
    "experiment: multilinearity\nsettings: {networks: 2+2, widths: 4, members: 1, steps: 2, points: 4}\n"

  private let folder: TemporaryFolder
  private let engine: Engine

  init() throws {
    folder = try TemporaryFolder()
    engine = try Engine(BackendCatalog.cpu(threads: 1))
  }

  private func sweep(_ text: String, shard: Shard = .whole, memory: Int = .max) throws -> Sweep {
    let url = folder.url.appending(path: "sweep.yaml")
    try Data("\(text)\nresults: \(folder.url.path)/results\n".utf8).write(to: url)
    return try Sweep(
      SweepFile(url.path), shard: shard, on: engine, speeds: DeviceSpeeds(), memory: memory, precision: { _ in .float64 })
  }

  @Test func aRunIsTheOneThatTheSessionOfItsSettingsMakes() throws {
    let sweep = try sweep(Self.tiny + "seeds: 3")
    #expect(sweep.runs.map(\.place) == [1, 2, 3] && Set(sweep.runs.map(\.id)).count == 3)
    let settings = ["networks": "2+2", "widths": "4", "members": "1", "steps": "2", "points": "4", "seed": "2"]
    let session = try ExperimentSession<Multilinearity>(settings, on: engine, results: folder.url.appending(path: "results"))
    #expect(sweep.runs[1].id == session.description.runID && sweep.runs[1].memory == session.plan.memory)
    #expect(sweep.runs.map(\.state) == [.missing, .missing, .missing])
    try session.run()
    #expect(sweep.runs.map(\.state) == [.missing, .finished, .missing])
    // One that is to have more is begun, one with more than is asked for is finished.
    #expect(try self.sweep(Self.tiny.replacing("members: 1", with: "members: 2") + "seeds: [2]").runs[0].state == .begun)
    _ = try ExperimentSession<Multilinearity>(
      settings.merging(["members": "2"]) { _, new in new }, on: engine, results: folder.url.appending(path: "results")
    ).run()
    #expect(sweep.runs[1].state == .finished)
  }

  @Test func shardsShareOutTheRuns() throws {
    let text = Self.tiny + "seeds: 5"
    let parts = try (1...2).map { try sweep(text, shard: Shard("\($0)/2")) }
    #expect(parts.map { $0.runs.map(\.place) } == [[1, 3, 5], [2, 4]] && parts.allSatisfy { $0.count == 5 })
  }

  @Test func everyRunThatCannotBeMadeIsTold() {
    let text = Self.tiny.replacing(", steps: 2", with: "") + "grid: {steps: [1, -1, 2, x]}"
    let error = #expect(throws: SweepError.self) { try sweep(text) }
    guard case .faultyRuns(let faults, of: 4)? = error else {
      Issue.record("\(error.map { "\($0)" } ?? "none")")
      return
    }
    #expect(faults.count == 2 && faults[0].hasPrefix("run 2 (steps=-1): ") && faults[1].hasPrefix("run 4 (steps=x): "), "\(faults)")
    let small = #expect(throws: SweepError.self) { try sweep(Self.tiny, memory: 1000) }
    #expect(small.map { "\($0)" }?.contains("1 of 1 runs cannot be made") == true)
  }

  /// Also those that are written otherwise, and those that differ only in what extends a run.
  @Test(arguments: ["seed: [1, 01]", "members: [1, 2]"]) func runsWithOneFolderAreRefused(_ axis: String) {
    let error = #expect(throws: SweepError.self) { try sweep(Self.tiny.replacing("members: 1, ", with: "") + "grid: {\(axis)}") }
    guard case .sameRun(_, _, let differing)? = error else {
      Issue.record("\(error.map { "\($0)" } ?? "none")")
      return
    }
    #expect(differing == [String(axis.prefix { $0 != ":" })])
  }
}
