import Compute
import DeviceBenchmarks
import Foundation
import ReferenceBackend
import Testing

@Suite struct RunnerTests {
  private static let runner: BenchmarkRunner = {
    var runner = BenchmarkRunner(
      ReferenceBackend(), limits: DeviceLimits(multiplyAdds: [.float32: 1e9, .float64: 1e9], bandwidth: 1e9))
    (runner.repetitions, runner.leastSeconds) = (3, 0)
    return runner
  }()

  /// A product of which `spoil` changes the result.
  private static func product(
    _ operation: GEMM = GEMM(),
    spoil: @escaping @Sendable (Engine, Tensor) throws -> Void = { _, _ in }
  ) -> BenchmarkCase {
    BenchmarkCase("spoiled", sizes: [BenchmarkSize("n", 40)], elements: 4800) { engine in
      let a = try engine.inputs("a", rows: 40, columns: 40), b = try engine.inputs("b", rows: 40, columns: 40)
      let c = try engine.empty(rows: 40, columns: 40)
      return PreparedBenchmark(
        run: {
          try engine.gemm(operation, a, b, into: c)
          try spoil(engine, c)
        },
        verify: { try ProductProjection(operation, a, b, c).verification(on: engine) })
    }
  }

  @Test(arguments: Precision.allCases) func aWrongEntryIsAFailedRow(_ precision: Precision) {
    #expect(Self.runner.run(Self.product(), precision).passed)
    let wrong = Self.product { engine, c in try engine.write([0.5], into: c.rows(33..<34).columns(7..<8)) }
    let row = Self.runner.run(wrong, precision)
    #expect(row.failure?.contains("residual") == true && row.seconds.count == 3, "\(row)")
    let notANumber = Self.product { engine, c in try engine.write([.nan], into: c.rows(0..<1).columns(39..<40)) }
    #expect(!Self.runner.run(notANumber, precision).passed)
  }

  @Test func anErrorIsAFailedRow() {
    let row = Self.runner.run(
      Self.product { engine, _ in
        try engine.gemm(
          GEMM(), engine.zeros(rows: 2, columns: 2), engine.zeros(rows: 3, columns: 2), into: engine.zeros(rows: 2, columns: 2))
      },
      .float64)
    #expect(row.failure?.contains("gemm") == true && row.seconds.isEmpty, "\(row)")
  }

  @Test func declaredWorkAndItsLeastTime() throws {
    let row = Self.runner.run(Self.product(), .float32)
    #expect(row.work?.flops == 2 * 64000 && row.work?.bytes == 3 * 6400)
    #expect(row.leastSeconds == 64000 / 1e9)
    #expect(row.allocatedBytes == 3 * 6400)
  }

  /// Fewer runs than asked for only where the time is up, and at least one.
  @Test func aLongCaseStopsAtItsLimit() {
    var runner = Self.runner
    runner.timeLimit = 0
    let row = runner.run(Self.product(), .float64)
    #expect(row.passed && row.seconds.count == 1)
  }

  @Test func reportsReadWhatTheyWrite() throws {
    var report = BenchmarkReport(revision: "abc", environment: ["system": "test"])
    report.rows = [
      Self.runner.run(Self.product { engine, c in try engine.write([.infinity], into: c.rows(0..<1).columns(0..<1)) }, .float64)
    ]
    report.devices = [BenchmarkReport.Device(ReferenceBackend().device, limits: Self.runner.limits)]
    #expect(!report.passed)
    let read = try BenchmarkReport(json: report.json())
    #expect(try read.json() == report.json())
    #expect(read.rows[0].seconds == report.rows[0].seconds && read.rows[0].verification?.passed == false)
  }
}
