import Foundation
import Results
import TestSupport
import Testing

/// A sweep through the command line, as a user makes it.
@Suite struct SweepTests {
  private static let sweep = """
    experiment: finite-width
    settings: {bottlenecks: 2, widths: 64, draws: 2, train: 4, test: 2, kernel-points: 4, steps: 60}
    grid: {rate-fraction: [0.02, 0.04]}
    seeds: 2

    """
  private static let device = ["--device", "cpu", "--workers", "2", "--threads", "2"]

  private func records(_ folder: URL) throws -> [String: String] {
    try Dictionary(
      uniqueKeysWithValues: RunListing.runs(in: folder.appending(path: "results")).map { run in
        #expect(run.state == .finished, "\(run.run)")
        return (run.run, try String(contentsOf: run.directory.appending(path: "records.jsonl"), encoding: .utf8))
      })
  }

  @Test func oneThatIsKilledAndGivenAgainIsTheUndisturbedOne() throws {
    let disturbed = try TemporaryFolder(), undisturbed = try TemporaryFolder()
    for folder in [disturbed, undisturbed] { try folder.write("sweep.yaml", Self.sweep) }
    let process = try Invocation.start(["sweep", "run", "sweep.yaml"] + Self.device, in: disturbed.url, output: disturbed.url)
    let errors = disturbed.url.appending(path: "errors")
    while process.isRunning, !(try String(contentsOf: errors, encoding: .utf8)).contains("finished in") { usleep(10_000) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let again = try Invocation(["sweep", "run", "sweep.yaml"] + Self.device, in: disturbed.url)
    #expect(again.exitCode == 0 && again.output.contains("4 of 4 runs are finished, 0 failed, 0 left"), "\(again.testDescription)")
    #expect(again.errors.split(separator: "\n").count { $0.contains(": begins on cpu") } < 4, "\(again.testDescription)")
    let whole = try Invocation(["sweep", "run", "sweep.yaml", "--json"] + Self.device, in: undisturbed.url)
    #expect(whole.exitCode == 0 && whole.errors.isEmpty, "\(whole.testDescription)")
    let expected = try records(undisturbed.url)
    #expect(expected.count == 4 && expected.values.allSatisfy { $0.count > 100 })
    #expect(try records(disturbed.url) == expected)
    // The run that the settings make by hand.
    let run = ["run", "finite-width", "--bottlenecks=2", "--widths=64", "--draws=2", "--train=4", "--test=2", "--kernel-points=4"]
    let own = try Invocation(
      run + ["--steps=60", "--rate-fraction=0.04", "--seed=2", "--device=cpu", "--plan", "--json"], in: undisturbed.url)
    let id = try #require(JSONValue(parsing: Array(own.output.utf8))["run"]?.string)
    #expect(expected[id] != nil)
  }

  @Test func aSignalEndsItWhenTheRunsHaveSaved() throws {
    let folder = try TemporaryFolder()
    try folder.write("sweep.yaml", Self.sweep.replacing("steps: 60", with: "steps: 100000"))
    let process = try Invocation.start(["sweep", "run", "sweep.yaml"] + Self.device, in: folder.url, output: folder.url)
    func runs() -> [RunSummary] { RunListing.runs(in: folder.url.appending(path: "results")) }
    while process.isRunning, runs().count < 2 { usleep(10_000) }
    process.terminate()
    process.waitUntilExit()
    let errors = try String(contentsOf: folder.url.appending(path: "errors"), encoding: .utf8)
    #expect(process.terminationStatus == 75 && errors.contains("signal 15"), "\(process.terminationStatus) \(errors)")
    #expect(runs().count == 2 && runs().allSatisfy { $0.state == .interrupted })
    let plan = try Invocation(["sweep", "plan", "sweep.yaml"] + Self.device, in: folder.url)
    #expect(plan.output.contains("4 runs: 2 begun, 2 missing") && plan.exitCode == 0, "\(plan.testDescription)")
    #expect(plan.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  /// The process of a run that was told a wrong thing by its folder: it fails each time, with its log.
  @Test func aRunThatFailsIsToldAndStopsNoOther() throws {
    let folder = try TemporaryFolder()
    try folder.write("sweep.yaml", Self.sweep)
    let plan = try Invocation(["sweep", "plan", "sweep.yaml", "--json"] + Self.device, in: folder.url)
    let runs = try #require(JSONValue(parsing: Array(plan.output.utf8))["runs"]?.array)
    let directory = try #require(runs[0]["directory"]?.string), id = try #require(runs[0]["run"]?.string)
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: directory + "/manifest.json"))
    let swept = try Invocation(["sweep", "run", "sweep.yaml"] + Self.device, in: folder.url)
    #expect(swept.exitCode == 1 && swept.output.contains("3 of 4 runs are finished, 1 failed, 0 left"), "\(swept.testDescription)")
    #expect(swept.errors.contains("it is tried again") && swept.errors.contains("it is given up"), "\(swept.testDescription)")
    let log = try String(contentsOf: folder.url.appending(path: "results/.sweeps/logs/\(id).log"), encoding: .utf8)
    #expect(log.components(separatedBy: "error: ").count == 3 && log.contains("manifest.json"), "\(log)")
  }

  @Test func devicesOfOneKindAndFewEnoughWorkersAreAskedFor() throws {
    let folder = try TemporaryFolder()
    try folder.write("sweep.yaml", Self.sweep)
    let mixed = try Invocation(["sweep", "plan", "sweep.yaml", "--device", "cpu", "--device", "reference"], in: folder.url)
    #expect(mixed.exitCode == 64 && mixed.errors.contains("devices of one kind"), "\(mixed.testDescription)")
    let many = try Invocation(["sweep", "plan", "sweep.yaml", "--device", "cpu", "--threads", "2", "--workers", "3"], in: folder.url)
    #expect(many.exitCode == 64 && many.errors.contains("3 workers cannot share 2 threads"), "\(many.testDescription)")
  }
}
