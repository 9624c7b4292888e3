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
    #expect(second.output.contains("new / old") && second.output.contains("7 rows failed or stand in one report alone"), "\(second.output)")
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
}
