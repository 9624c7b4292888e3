import Foundation
import Results
import TestSupport
import Testing

/// `isthmus bench`.
@Suite struct BenchTests {
  @Test func filesAndComparison() throws {
    let folder = try TemporaryFolder()
    let bench = ["bench", "--device", "cpu", "--threads", "1", "--smoke", "--repetitions", "3", "--filter", "gemm"]
    let first = try Invocation(bench + ["--json", "old.json", "--csv", "rows.csv"], in: folder.url)
    #expect(first.exitCode == 0, "\(first.testDescription)")
    #expect(first.output.contains("1 thread\n") && first.output.contains("gemm square m61 n61 k61"), "\(first.output)")
    let report = try JSONValue(parsing: Data(contentsOf: folder.url.appendingPathComponent("old.json")))
    let rows = try #require(report["rows"]?.array)
    #expect(
      rows.count == 2 * 7 && rows.allSatisfy { $0["seconds"]?.array?.count == 3 && ($0["verification"]?["residual"]?.double ?? 2) < 1 })
    #expect(report["devices"]?.array?.first?["multiplyAddsPerSecond"]?["float64"]?.double ?? 0 > 1e8)
    #expect(report["revision"]?.string?.isEmpty == false && report["environment"]?["swift"] != nil)
    let csv = try String(contentsOf: folder.url.appendingPathComponent("rows.csv"), encoding: .utf8)
    #expect(csv.split(separator: "\r\n").count == rows.count + 1)

    let second = try Invocation(bench + ["--precision", "float64", "--compare", "old.json"], in: folder.url)
    #expect(second.exitCode == 0, "\(second.testDescription)")
    #expect(
      second.output.contains("7 compared: 7 no interval"), "\(second.output)")
  }

  @Test func plansWithoutMeasuringCases() throws {
    let invocation = try Invocation(["bench", "--device", "cpu", "--scaling", "--plan", "--precision", "float64"])
    #expect(invocation.exitCode == 0 && invocation.output.contains("a guess from declared work"), "\(invocation.testDescription)")
    #expect(!invocation.output.contains("residual"))
  }

  @Test func aFileThatCannotBeWrittenIsSaidBeforeAnythingIsMeasured() throws {
    for option in ["--json", "--csv"] {
      let invocation = try Invocation(["bench", "--device", "cpu", "--smoke", option, "missing/file"])
      #expect(invocation.exitCode == 1 && invocation.errors.contains("missing/file cannot be written"), "\(invocation.testDescription)")
      #expect(invocation.output.isEmpty)
    }
  }

  @Test func listsWithoutADevice() throws {
    // No device could be had here.
    let variables = ["ISTHMUS_CPU": "none", "OCL_ICD_VENDORS": "/nowhere/"]
    let listing = try Invocation(["bench", "--list", "--filter", "gemm square"], variables: variables)
    #expect(listing.exitCode == 0 && listing.errors.isEmpty, "\(listing.testDescription)")
    #expect(listing.output.contains("gemm square m1024 n1024 k1024") && !listing.output.contains("cholesky"), "\(listing.output)")
    let json = try Invocation(["bench", "--list", "--smoke", "--precision", "float32", "--json", "-"], variables: variables)
    let cases = try #require(try JSONValue(parsing: Data(json.output.utf8))["cases"]?.array, "\(json.testDescription)")
    #expect(!cases.isEmpty && cases.allSatisfy { $0["precisions"]?.array?.contains("float32") == true && $0["measured"]?.string != nil })
  }

  /// Five rounds a case, and what its two files say.
  private static func report(_ seconds: [Double], rounds: Bool = true, failure: String? = nil) -> String {
    let times = seconds.map { "\($0)" }.joined(separator: ",")
    return
      #"{"version":1,"date":"2026-01-01T00:00:00Z","revision":"a","environment":{},"devices":[],"rows":[{"family":"gemm","variant":"","#
      + #""sizes":[],"name":"gemm a","device":"cpu","driver":"avx2","precision":"float64","seconds":[\#(times)]"#
      + (rounds ? #","rounds":[\#(seconds.map { _ in "1" }.joined(separator: ","))]"# : "")
      + (failure.map { #","failure":"\#($0)""# } ?? "") + "}]}"
  }

  @Test func twoFilesAreComparedWithoutMeasuring() throws {
    let folder = try TemporaryFolder()
    try folder.write("old.json", Self.report([1, 1.01, 1.02, 1.03, 1.04]))
    try folder.write("same.json", Self.report([1, 1.02, 1.01, 1.04, 1.05]))
    try folder.write("slow.json", Self.report([1.3, 1.31, 1.32, 1.33, 1.34]))
    try folder.write("before.json", Self.report([1.3, 1.31, 1.32, 1.33, 1.34], rounds: false))
    try folder.write("failed.json", Self.report([1, 1, 1, 1, 1], failure: "residual 3"))
    try Data(Gzip.stored(Array(Self.report([1, 1.01, 1.02, 1.03, 1.04]).utf8))).write(to: folder.url.appending(path: "old.json.gz"))
    let gate = ["--fail-below", "0.95"]
    func compare(_ names: [String], _ more: [String] = []) throws -> Invocation {
      // No device could be had.
      try Invocation(
        ["bench", "--compare"] + names + more, in: folder.url, variables: ["ISTHMUS_CPU": "none", "OCL_ICD_VENDORS": "/nowhere/"])
    }
    for old in ["old.json", "old.json.gz"] {
      let slow = try compare([old, "slow.json"])
      #expect(slow.exitCode == 0 && slow.output.contains("1 compared: 1 slower"), "\(slow.testDescription)")
      let refused = try compare([old, "slow.json"], gate)
      #expect(refused.exitCode == 1 && refused.errors.contains("error: 1 of 1 cases ran at less than 0.95"), "\(refused.testDescription)")
      #expect(refused.errors.contains("gemm a float64 on cpu") && refused.output == slow.output)
      // 1 / 1.34 to 1.04 / 1.3 of the speed.
      #expect(try compare([old, "slow.json"], ["--fail-below", "0.8"]).exitCode == 0, "the interval holds the bound")
    }
    #expect(try compare(["old.json", "same.json"], gate).exitCode == 0)
    #expect(try compare(["slow.json", "old.json"], gate).output.contains("1 faster"))
    // What cannot be judged has not passed.
    for (files, message) in [
      (["before.json", "old.json"], "no case can be judged: no row has an interval"),
      (["old.json", "before.json"], "no case can be judged: no row has an interval"), (["old.json", "failed.json"], "1 of 1 rows FAILED"),
    ] {
      let refused = try compare(files, gate)
      #expect(refused.exitCode == 1 && refused.errors.contains(message), "\(files): \(refused.testDescription)")
      #expect(try compare(files).exitCode == 0, "\(files)")
    }
    let nothing = try compare(["old.json", "slow.json", "--filter", "cholesky"], gate)
    #expect(nothing.exitCode == 1 && nothing.errors.contains("no row in common"), "\(nothing.testDescription)")
    let json = try compare(["old.json", "slow.json"], gate + ["--json", "-"])
    let change = try #require(try JSONValue(parsing: Data(json.output.utf8))["changes"]?.array?.first)
    #expect(json.exitCode == 1 && change["verdict"] == "slower" && (change["speed"]?.double ?? 1) < 0.8)
    try Data(Gzip.stored(Array(Self.report([1]).utf8)).dropLast(9)).write(to: folder.url.appending(path: "cut.json.gz"))
    let cut = try compare(["old.json", "cut.json.gz"])
    #expect(
      cut.exitCode == 1 && cut.errors.contains("cut.json.gz cannot be read") && cut.errors.contains("cut off"), "\(cut.testDescription)")
  }

  @Test func roundsAreRecorded() throws {
    let folder = try TemporaryFolder()
    let bench = [
      "bench", "--device", "cpu", "--threads", "1", "--smoke", "--rounds", "5", "--repetitions", "10", "--filter", "gemm square",
      "--precision",
      "float64", "--json", "new.json",
    ]
    #expect(try Invocation(bench, in: folder.url).exitCode == 0)
    let report = try JSONValue(parsing: Data(contentsOf: folder.url.appendingPathComponent("new.json")))
    let row = try #require(report["rows"]?.array?.first)
    #expect(row["rounds"] == [2, 2, 2, 2, 2] && row["seconds"]?.array?.count == 10, "\(row)")
    #expect(report["environment"]?["processors"]?.string != nil)
    // A report is as fast as itself.
    let same = try Invocation(["bench", "--compare", "new.json", "new.json", "--fail-below", "1"], in: folder.url)
    #expect(same.exitCode == 0 && same.output.contains("1.000"), "\(same.testDescription)")
  }
}

/// Bytes as gzip keeps them, not compressed.
private enum Gzip {
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    func little(_ value: UInt32, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) } }
    let size = UInt32(bytes.count)
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(size, 2) + little(~size, 2) + bytes + little(~crc, 4) + little(size, 4)
  }
}
