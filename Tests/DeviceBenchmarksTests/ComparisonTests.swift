import Compute
import DeviceBenchmarks
import Figures
import Foundation
import ReferenceBackend
import Testing

@Suite struct ComparisonTests {
  private static func row(
    _ size: Int, _ seconds: [Double], device: String = "cpu", driver: String = "avx2, 2 threads", precision: Precision = .float64
  ) -> BenchmarkRow {
    let benchmark = BenchmarkCase("gemm", "square", sizes: ["m", "n", "k"].map { BenchmarkSize($0, size) }, elements: 1) { _ in
      PreparedBenchmark(run: {}, verify: { Verification(residual: 0, method: "") })
    }
    let description = DeviceDescription(backend: device, identifier: device, name: "processor", driver: driver, precisions: [precision])
    var row = BenchmarkRow(benchmark, device: description, precision)
    row.seconds = seconds
    var work = DeclaredWork()
    (work.flops, work.multiplyAdds, work.bytes) = (2e6, 1e6, 1e4)
    row.work = BenchmarkRow.Work(work)
    row.leastSeconds = 1e-3
    row.allocatedBytes = 1000 * size
    return row
  }

  private static func report(_ rows: [BenchmarkRow]) -> BenchmarkReport {
    var report = BenchmarkReport(revision: "abc", environment: [:])
    report.rows = rows
    let description = DeviceDescription(
      backend: "cpu", identifier: "cpu", name: "processor", driver: "avx2, 2 threads", precisions: [.float64])
    report.devices = [.init(description, limits: DeviceLimits(multiplyAdds: [.float64: 1e9], bandwidth: 1e9))]
    return report
  }

  @Test func medianAndSpread() {
    let row = Self.row(8, [5, 1, 3, 4, 2, 9, 8, 7])
    #expect(row.median == 4.5 && row.minimum == 1 && row.interval == nil)
    #expect(row.shareOfRoofline == 1e-3 / 4.5 && row.bytesPerSecond == 1e4 / 4.5 && row.flopsPerSecond == 2e6 / 4.5)
    #expect(Self.row(8, []).median == nil && Self.row(8, []).shareOfRoofline == nil)
  }

  /// Which rows measured the same; rows without rounds have no verdict.
  @Test func rowsOfTheSameCaseAndDeviceAreCompared() {
    let times = (0..<12).map { 1 + 0.01 * Double($0) }
    let old = Self.report([Self.row(8, times), Self.row(9, times), Self.row(10, times), Self.row(11, times)])
    let new = Self.report([
      Self.row(8, times.map { $0 * 1.02 }), Self.row(9, times.map { $0 / 2 }), Self.row(10, times, precision: .float32),
      Self.row(11, times, driver: "avx2, 1 thread"),
    ])
    let comparison = BenchmarkComparison(new, with: old)
    #expect(comparison.changes.map(\.verdict) == [.noInterval, .noInterval])
    #expect(abs(comparison.changes[1].speed - 2) < 1e-12 && comparison.unmatched == 4)
    #expect(comparison.table.rows.map { $0.last } == ["no interval", "no interval"])
    #expect(comparison.notes(new, old).first == "4 rows failed or stand in one report alone")
  }

  /// An OpenCL driver's version is no reason not to compare.
  @Test func anotherDriverIsStillTheSameDevice() {
    let (old, new) = (Self.row(8, [1], device: "opencl:0", driver: "1"), Self.row(8, [1], device: "opencl:0", driver: "2"))
    #expect(BenchmarkComparison(Self.report([new]), with: Self.report([old])).changes.count == 1)
  }

  @Test func csvHasALineForEachRowAndEverySize() {
    let lines = Self.report([Self.row(8, [1, 2]), Self.row(9, [3])]).csv.split(separator: "\r\n").map { $0.components(separatedBy: ",") }
    #expect(
      lines.count == 3 && lines[0].starts(with: ["case", "family", "variant", "device", "driver", "precision", "k", "m", "n", "runs"]))
    #expect(lines[1][0] == "gemm square m8 n8 k8" && lines[1].last == "1 2")
  }

  @Test func devicesStandSideBySide() throws {
    #expect(Self.report([Self.row(8, [1]), Self.row(9, [1])]).sideBySide == nil)
    let rows = [
      Self.row(8, [2e-3]), Self.row(9, [1e-3]), Self.row(8, [4e-3], driver: "avx2, 1 thread"), Self.row(9, [1e-3], device: "opencl:0"),
    ]
    let table = try #require(Self.report(rows).sideBySide)
    #expect(
      table.columns.map(\.title)
        == ["case", "precision", "cpu (avx2, 2 threads) ms", "roofline", "cpu (avx2, 1 thread) ms", "roofline", "opencl:0 ms", "roofline"])
    #expect(table.rows[0].dropFirst(2) == ["2.000", "50 %", "4.000", "25 %", "", ""])
    #expect(table.rows[1].dropFirst(2) == ["1.000", "100 %", "", "", "1.000", "100 %"])
  }

  @Test func figuresShowWhatWasMeasured() throws {
    let report = Self.report([8, 16, 32].map { Self.row($0, [1e-3 * Double($0)]) })
    let roofline = try #require(BenchmarkReport.roofline(report.devices[0], report.rows))
    #expect(roofline.panels.map(\.title) == ["float64"])
    // The corner lies where the two limits meet: 2 GFLOP/s at 2 FLOP per byte.
    #expect(roofline.panels[0].series[0].points[1] == .init(2, 2))
    #expect(roofline.panels[0].series[1].points.map(\.x) == [200, 200, 200])
    let scaling = BenchmarkReport.scaling(report.devices[0], report.rows)
    #expect(scaling.map(\.measure) == ["scaling", "memory"] && scaling[0].figure.panels.map(\.title) == ["against n"])
    #expect(scaling[0].figure.panels[0].series[0].points == [8, 16, 32].map { .init($0, 1e-3 * $0) })
  }

  @Test(.enabled(if: (try? Gnuplot()) != nil, "gnuplot is not installed")) func figuresAreDrawn() throws {
    let report = Self.report([8, 16, 32].map { Self.row($0, [1e-3 * Double($0)]) })
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("isthmus-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try report.figures(in: folder, formats: [.svg])
    let expected = ["memory", "roofline", "scaling"].flatMap { measure in ["csv", "svg"].map { "\(measure)-cpu-avx2-2-threads.\($0)" } }
    #expect(files.map(\.lastPathComponent).sorted() == expected)
  }
}
