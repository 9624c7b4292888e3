import Foundation
import Results
import TestSupport
import Testing

/// Runs that are ended before their time, and go on.
@Suite struct InterruptionTests {
  private static let arguments =
    ["run", "bottleneck", "--device", "cpu", "--train", "100", "--test", "20", "--draws", "6", "--steps", "800"]
    // Long enough for a signal from a test that shares its cores with many others.
    + ["--stop-at", "0", "--bottlenecks", "2,inf", "--feature-width", "64", "--compare", "same", "--no-plots"]

  private func onlyRun(in folder: URL) throws -> RunSummary {
    let runs = RunListing.runs(in: folder.appendingPathComponent("results"))
    try #require(runs.count == 1)
    return runs[0]
  }

  private func expected(in folder: TemporaryFolder) throws -> [Record] {
    let uninterrupted = try Invocation(Self.arguments, in: folder.url)
    #expect(uninterrupted.exitCode == 0, "\(uninterrupted.testDescription)")
    return try RunRecords.read(onlyRun(in: folder.url).directory)
  }

  private func hasPartialFiles(_ folder: TemporaryFolder) -> Bool { folder.files.contains { $0.hasSuffix(".partial") } }

  @Test func continuesToTheSameRecords() throws {
    let expected = try expected(in: TemporaryFolder())
    for signals in [[SIGKILL], [SIGINT], [SIGTERM], [SIGHUP], [SIGTERM, SIGINT]] {
      let folder = try TemporaryFolder(), last = signals[signals.count - 1]
      let (exitCode, errors) = try stop(Self.arguments, with: signals, afterRecords: expected.count / 8, in: folder.url)
      let stopped = try onlyRun(in: folder.url)
      let records = try RunRecords.read(stopped.directory)
      // Of the runs that were under way: the one without bottleneck goes before them.
      let steps = records.filter { $0.string("bottlenecks") == "2" }.compactMap { $0.number("step") }.max() ?? 0
      #expect(!records.isEmpty && records.count < expected.count, "too early or too late: \(records.count) of \(expected.count) records")
      #expect(stopped.state == .interrupted && !hasPartialFiles(folder) || signals == [SIGKILL])
      if signals.count == 1, last != SIGKILL {
        #expect(exitCode == 128 + last, "signal \(last): \(errors)")
        #expect(errors.contains("saved after a step; the same command continues the run"), "signal \(last): \(errors)")
        #expect(try Manifest.read(stopped.directory).status == .interrupted)
      }

      let continued = try Invocation(Self.arguments, in: folder.url)
      #expect(continued.exitCode == 0, "signals \(signals): \(continued.testDescription)")
      if signals.count == 1, last != SIGKILL {
        #expect(continued.errors.contains("go on from step \(Int(steps))"), "signal \(last) lost a step of \(steps): \(continued.errors)")
      }
      let run = try onlyRun(in: folder.url)
      #expect(run.state == .finished && !hasPartialFiles(folder))
      #expect(try RunRecords.read(run.directory) == expected, "signals \(signals)")
    }
  }

  @Test func aTimeLimitEndsARunAndTheSameCommandGoesOn() throws {
    let expected = try expected(in: TemporaryFolder()), folder = try TemporaryFolder()
    var ends: [Int32] = [], steps = -1.0
    while ends.last != 0 {
      let part = try Invocation(Self.arguments + ["--max-time", "1s"], in: folder.url)
      ends.append(part.exitCode)
      try #require([0, 75].contains(part.exitCode) && ends.count < 50, "\(part.testDescription)")
      if part.exitCode == 75 {
        #expect(part.errors.contains("interrupted by --max-time 1s"), "\(part.testDescription)")
        #expect(try Manifest.read(onlyRun(in: folder.url).directory).reason == "--max-time 1s")
      }
      let now = try RunRecords.read(onlyRun(in: folder.url).directory).compactMap { $0.number("step") }.max() ?? -1
      #expect(now >= steps)
      steps = now
    }
    #expect(ends.contains(75), "it was never interrupted")
    #expect(try RunRecords.read(onlyRun(in: folder.url).directory) == expected, "\(ends.count) parts")
  }

  @Test func SIGUSR1SavesAndGoesOn() throws {
    let folder = try TemporaryFolder(), output = try TemporaryFolder()
    let process = try Invocation.start(Self.arguments, in: folder.url, output: output.url)
    try waitForRecords(100, in: folder.url, process)
    kill(process.processIdentifier, SIGUSR1)
    func errors() throws -> String { try String(contentsOf: output.url.appendingPathComponent("errors"), encoding: .utf8) }
    let deadline = ContinuousClock.now + .seconds(60)
    while try !errors().contains("saved; the run goes on"), process.isRunning, ContinuousClock.now < deadline { usleep(2000) }
    let told = try errors()
    #expect(folder.files.contains { $0.hasSuffix("checkpoint-chains-1-0.bin") }, "\(told)")
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try errors().contains("saved; the run goes on"))
  }

  @Test(arguments: ["90s", "55m", "1h30m", "2d", "01:30:00", "2-00:00:00", "1-12"]) func timesAreUnderstood(_ time: String) throws {
    let plan = try Invocation(["run", "bottleneck", "--device", "cpu", "--train", "20", "--test", "5", "--plan", "--max-time", time])
    #expect(plan.exitCode == 0, "\(time): \(plan.testDescription)")
  }

  @Test(arguments: ["0s", "55", "1:30", "5x", "m", "-5m", "1h-2", "99999999999999999999s", "1.5h", "1:2:99"])
  func otherTimesAreRefused(_ time: String) throws {
    let plan = try Invocation(["run", "bottleneck", "--device", "cpu", "--train", "20", "--test", "5", "--plan", "--max-time=\(time)"])
    #expect(plan.exitCode == 64 && plan.errors.contains("max-time"), "\(time): \(plan.testDescription)")
  }

  private static let short =
    ["run", "bottleneck", "--train", "20", "--test", "10", "--bottlenecks", "2,inf", "--draws", "1", "--compare", "same", "--no-plots"]
    + ["--feature-width", "64"]

  @Test func lessThanIsRecordedIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(try Invocation(Self.short + ["--device", "cpu", "--steps", "6"], in: folder.url).exitCode == 0)
    let directory = try onlyRun(in: folder.url).directory, before = try Manifest.read(directory)
    let fewer = try Invocation(Self.short + ["--device", "cpu", "--steps", "5"], in: folder.url)
    #expect(fewer.exitCode == 1 && fewer.errors.contains("steps 6") && fewer.errors.contains("--results"), "\(fewer.testDescription)")
    #expect(try Manifest.read(directory) == before)
  }

  @Test func aRunGoesOnElsewhereWhenAsked() throws {
    let folder = try TemporaryFolder()
    #expect(try Invocation(Self.short + ["--device", "cpu", "--steps", "4"], in: folder.url).exitCode == 0)
    let directory = try onlyRun(in: folder.url).directory
    let moved = Self.short + ["--device", "reference", "--steps", "8"]
    let elsewhere = try Invocation(moved + ["--continue-elsewhere"], in: folder.url)
    #expect(elsewhere.exitCode == 0, "\(elsewhere.testDescription)")
    let manifest = try Manifest.read(onlyRun(in: folder.url).directory)
    #expect(manifest.segments.map { $0.numerics["backend"] } == ["cpu", "reference"])
    #expect(try RunRecords.read(directory).compactMap { $0.number("step") }.max() ?? 0 >= 8)
    let back = try Invocation(Self.short + ["--device", "cpu", "--steps", "9"], in: folder.url)
    #expect(back.exitCode == 1 && back.errors.contains("--continue-elsewhere"), "\(back.testDescription)")
    let other = try Invocation(moved, in: folder.url)
    #expect(other.exitCode == 0 && other.output.contains("--continue-elsewhere"), "\(other.testDescription)")
    #expect(RunListing.runs(in: folder.url.appendingPathComponent("results")).count == 2)
  }

  private func waitForRecords(_ count: Int, in folder: URL, _ process: Process) throws {
    func recorded() -> Int {
      let run = RunListing.runs(in: folder.appendingPathComponent("results")).first
      let lines = run.flatMap { try? Data(contentsOf: $0.directory.appendingPathComponent("records.jsonl")) }
      return lines?.filter { $0 == UInt8(ascii: "\n") }.count ?? 0
    }
    let deadline = ContinuousClock.now + .seconds(120)
    while recorded() < count, process.isRunning, ContinuousClock.now < deadline { usleep(1000) }
  }

  /// Starts a run and sends it signals, an eighth of a second apart, as soon as it has so many records.
  private func stop(
    _ arguments: [String], with signals: [Int32], afterRecords count: Int, in folder: URL
  ) throws -> (exitCode: Int32, errors: String) {
    let output = try TemporaryFolder()
    let process = try Invocation.start(arguments, in: folder, output: output.url)
    try waitForRecords(count, in: folder, process)
    for (number, signal) in signals.enumerated() {
      if number > 0 { usleep(125_000) }
      if process.isRunning { kill(process.processIdentifier, signal) }
    }
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOf: output.url.appendingPathComponent("errors"), encoding: .utf8))
  }
}
