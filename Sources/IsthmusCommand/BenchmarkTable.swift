import Compute
import DeviceBenchmarks
import Foundation
import PrintableText

/// Rows of a benchmark as lines, each printed when it is done.
enum BenchmarkTable {
  static func heading(_ device: DeviceDescription, _ limits: DeviceLimits) -> [String] {
    let peaks = limits.multiplyAdds.sorted { $0.key.rawValue > $1.key.rawValue }.map {
      String(format: "%.1f GFLOP/s in %@", 2e-9 * $0.value, $0.key.rawValue)
    }
    return [
      "\(device.identifier): \(device.name), \(device.driver)",
      "limits: \(peaks.joined(separator: ", ")), " + String(format: "copies at %.1f GB/s", limits.bandwidth / 1e9),
    ]
  }

  static let columns = line([
    "case", "precision", "runs", "median ms", "±", "minimum ms", "GFLOP/s", "Gpair/s", "GB/s", "roofline", "residual", "MB",
  ])

  /// - Parameter wanted: runs that were asked for; fewer are marked.
  static func line(_ row: BenchmarkRow, wanted: Int) -> String {
    func number(_ value: Double?, _ factor: Double, _ format: String) -> String { value.map { String(format: format, $0 * factor) } ?? "" }
    let text = line([
      row.name, row.precision.rawValue, "\(row.seconds.count)" + (row.seconds.count < wanted ? "!" : ""),
      number(row.median, 1e3, "%.3f"), number(row.interval.map { $0.spread / 2 }, 100, "%.0f %%"),
      number(row.minimum, 1e3, "%.3f"), number(row.flopsPerSecond, 1e-9, "%.1f"),
      number(row.pairsPerSecond, 1e-9, "%.3f"), number(row.bytesPerSecond, 1e-9, "%.1f"), number(row.shareOfRoofline, 100, "%.0f %%"),
      number(row.verification?.residual, 1, "%.2g"), number(row.allocatedBytes.map(Double.init), 1e-6, "%.0f"),
    ])
    return text + (row.failure.map { "\n  FAILED \($0.printable)" } ?? "")
  }

  private static let widths = [-46, -9, 5, 10, 5, 10, 8, 8, 7, 8, 8, 6]

  private static func line(_ cells: [String]) -> String {
    zip(cells, widths).map { cell, width in
      let space = String(repeating: " ", count: max(0, abs(width) - cell.count))
      return width < 0 ? cell + space : space + cell
    }.joined(separator: " ")
  }
}
