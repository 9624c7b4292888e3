import Foundation
import Results
import TestSupport
import Testing

/// `isthmus run --record-jobs` and `isthmus check --replay`.
@Suite struct RecordJobsTests {
  private static let run =
    ["run", "bottleneck", "--device", "cpu", "--train", "20", "--test", "10", "--draws", "1", "--bottlenecks", "1", "--steps", "3"]
    + ["--stop-at", "0", "--no-plots", "--quiet"]

  private func records(in folder: TemporaryFolder) throws -> [Record] {
    let run = try #require(RunListing.runs(in: folder.url.appendingPathComponent("results")).first)
    return try RunRecords.read(run.directory)
  }

  @Test func theJobsOfARunHaveTheSameBitsAgain() throws {
    let (plain, folder) = (try TemporaryFolder(), try TemporaryFolder())
    #expect(try Invocation(Self.run, in: plain.url).exitCode == 0)
    let recorded = try Invocation(Self.run + ["--record-jobs", "jobs"], in: folder.url)
    #expect(recorded.exitCode == 0 && recorded.errors.contains("jobs in jobs"), "\(recorded.testDescription)")
    #expect(try records(in: folder) == records(in: plain), "recording changed the run")

    let again = try Invocation(["check", "--replay", "jobs", "--device", "cpu", "--json"], in: folder.url)
    #expect(again.exitCode == 0, "\(again.testDescription)")
    let operations = try #require(try JSONValue(parsing: Data(again.output.utf8))["operations"]?.array)
    #expect(operations.count > 5)
    for operation in operations { #expect(operation["sameAsRecord"]?.double == operation["numbers"]?.double, "\(operation)") }
    let elsewhere = try Invocation(["check", "--replay", "jobs", "--device", "reference"], in: folder.url)
    #expect(elsewhere.exitCode == 0 && elsewhere.output.contains("all within their bounds"), "\(elsewhere.testDescription)")

    // One bit.
    let file = folder.url.appendingPathComponent("jobs")
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count / 2] ^= 4
    try bytes.write(to: file)
    let damaged = try Invocation(["check", "--replay", "jobs", "--device", "cpu"], in: folder.url)
    #expect(damaged.exitCode == 1 && damaged.errors.contains("is damaged") && damaged.output.isEmpty, "\(damaged.testDescription)")
  }

  @Test func aRunGoesOnBeyondTheLimitOfItsRecord() throws {
    let folder = try TemporaryFolder()
    let run = try Invocation(Self.run + ["--record-jobs", "jobs", "--record-jobs-limit", "60KB"], in: folder.url)
    #expect(run.exitCode == 0 && run.errors.contains("the record ended at its limit of 60 KB, the run goes on"), "\(run.testDescription)")
    #expect(try Data(contentsOf: folder.url.appendingPathComponent("jobs")).count <= 60_000)
    #expect(try Invocation(["check", "--replay", "jobs", "--device", "cpu"], in: folder.url).exitCode == 0)
  }

  @Test func aRunThatIsEndedLeavesAWholeRecord() throws {
    let folder = try TemporaryFolder()
    let run =
      ["run", "bottleneck", "--device", "cpu", "--train", "20", "--test", "10", "--draws", "1", "--bottlenecks", "1", "--steps", "100000"]
      + ["--stop-at", "0", "--no-plots", "--quiet", "--record-jobs", "jobs", "--record-jobs-limit", "10GB"]
    let ended = try Invocation(run + ["--max-time", "1s"], in: folder.url)
    #expect(ended.exitCode == 75 && ended.errors.contains("jobs in jobs"), "\(ended.testDescription)")
    let again = try Invocation(["check", "--replay", "jobs", "--device", "cpu"], in: folder.url)
    #expect(again.exitCode == 0 && again.output.contains("the record ended by interruption"), "\(again.testDescription)")
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    for arguments in [
      Self.run + ["--record-jobs-limit", "1MB"], Self.run + ["--record-jobs", "jobs", "--profile"],
      Self.run + ["--record-jobs", "jobs", "--record-jobs-limit", "much"],
      ["check", "--replay", "jobs", "--all"], ["check", "--replay", "jobs", "--precision", "float32"],
      ["check", "--replay", "jobs", "--filter", "gemm"],
    ] {
      #expect(try Invocation(arguments).exitCode == 64, "\(arguments)")
    }
    let folder = try TemporaryFolder()
    let nowhere = try Invocation(Self.run + ["--record-jobs", "none/jobs"], in: folder.url)
    #expect(nowhere.exitCode == 1 && nowhere.errors.contains("none/jobs"), "\(nowhere.testDescription)")
    let missing = try Invocation(["check", "--replay", "/nowhere/jobs", "--device", "cpu"])
    #expect(missing.exitCode == 1 && missing.errors.contains("/nowhere/jobs cannot be read"), "\(missing.testDescription)")
  }
}
