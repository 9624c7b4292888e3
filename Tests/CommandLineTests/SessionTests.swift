import BackendCatalog
import Compute
import ExperimentSessions
import Experiments
import Foundation
import Results
import TestSupport
import Testing

/// A run of a program is the run of the command line.
@Suite struct SessionTests {
  private static let tiny = ["train": "20", "test": "20", "draws": "1", "bottlenecks": "1,inf", "feature-width": "64"]

  private func session(_ settings: [String: String] = [:], in folder: URL) throws -> ExperimentSession<Bottleneck> {
    let engine = try Engine(BackendCatalog.backend(named: "cpu"))
    return try ExperimentSession<Bottleneck>(
      Self.tiny.merging(settings) { _, own in own }, on: engine, results: folder.appendingPathComponent("results"))
  }

  @Test func goesOnWithWhatTheCommandLineBegan() throws {
    let folder = try TemporaryFolder()
    let arguments = Self.tiny.flatMap { ["--\($0.key)", $0.value] } + ["--steps", "3", "--device", "cpu", "--precision", "float64"]
    let begun = try Invocation(["run", "bottleneck"] + arguments + ["--no-plots", "--quiet"], in: folder.url)
    #expect(begun.exitCode == 0, "\(begun.testDescription)")
    let begunRun = try #require(RunListing.runs(in: folder.url.appendingPathComponent("results")).first)
    let own = try session(["steps": "6"], in: folder.url)
    #expect(own.description.runID == begunRun.run)
    #expect(try own.directory.standardizedFileURL == begunRun.directory.standardizedFileURL)
  }

  @Test func runsExtendsAndRefusesToCut() throws {
    let folder = try TemporaryFolder()
    let short = try session(["steps": "3"], in: folder.url)
    #expect(folder.files.isEmpty, "a plan writes nothing")
    #expect(try short.directory.path.contains("results/bottleneck/") && !short.plan.summary.isEmpty)
    let table = try #require(try short.run())
    #expect(table.page.contains("speed-up") && folder.files.contains { $0.hasSuffix("/table.txt") })
    let long = try session(["steps": "6"], in: folder.url)
    try long.run()
    let runs = RunListing.runs(in: long.results)
    #expect(runs.count == 1 && runs.first?.state == .finished)
    let steps = try RunRecords.read(long.directory).filter { $0.string("comparison") == "same" && $0.string("bottlenecks") == "1" }
      .compactMap { $0.number("step") }
    #expect(steps == [0, 1, 2, 3, 4, 5, 6], "each step once, what was recorded first too")
    #expect(throws: SessionError.self) { try short.run() }
  }

  @Test func endsWhereItIsAskedToAndGoesOn() throws {
    let folder = try TemporaryFolder()
    struct Stop: RunControl {
      func beginSteps() {}
      func endSteps() {}
      var request: RunRequest? { .stop }
      func answer(isSaved: Bool) {}
    }
    let stopped = try session(["steps": "50"], in: folder.url)
    #expect(throws: RunStopped.self) { try stopped.run(control: Stop()) }
    #expect(RunListing.runs(in: stopped.results).map(\.state) == [.interrupted])
    try stopped.run()
    #expect(RunListing.runs(in: stopped.results).map(\.state) == [.finished])
  }

  @Test func aCoarseEngineIsRefused() throws {
    let engine = try Engine(BackendCatalog.backend(named: "cpu")).with(precision: .float32)
    #expect(throws: SessionError.coarseEngine(precision: .float32)) {
      try ExperimentSession<Bottleneck>(on: engine, results: URL(fileURLWithPath: "/nowhere"))
    }
  }
}
