import Foundation
import Results

extension BenchmarkReport {
  /// One line per row, for programs; empty where there is no number. `seconds` has every timed run, with spaces between.
  public var csv: String {
    let sizes = Array(Set(rows.flatMap(\.sizes).map(\.name))).sorted()
    var table = TextTable(
      columns: (["case", "family", "variant", "device", "driver", "precision"] + sizes + [
        "runs", "median", "minimum", "flops", "pairs", "multiplyAdds", "bytes", "leastSeconds", "multiplyAddsPerSecond",
        "bytesPerSecond", "shareOfRoofline", "residual", "allocatedBytes", "residentBytes", "failure", "seconds",
      ]).map { .init($0) })
    func text(_ value: Double?) -> String { value.map { String(format: "%.6g", $0) } ?? "" }
    for row in rows {
      let sizeCells = sizes.map { name in row.sizes.first { $0.name == name }.map { "\($0.value)" } ?? "" }
      table.append(
        [row.name, row.family, row.variant, row.device, row.driver, row.precision.rawValue] + sizeCells + [
          "\(row.seconds.count)", text(row.median), text(row.minimum), text(row.work?.flops), text(row.work?.pairs),
          text(row.work?.multiplyAdds), text(row.work?.bytes), text(row.leastSeconds), text(row.flopsPerSecond.map { $0 / 2 }),
          text(row.bytesPerSecond), text(row.shareOfRoofline), text(row.verification?.residual), row.allocatedBytes.map { "\($0)" } ?? "",
          row.residentBytes.map { "\($0)" } ?? "", row.failure ?? "", row.seconds.map { text($0) }.joined(separator: " "),
        ])
    }
    return table.csv
  }
}
