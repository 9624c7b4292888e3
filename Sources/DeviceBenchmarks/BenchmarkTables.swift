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

  /// Devices side by side, each with median milliseconds and share of its roofline; nil for fewer than two.
  public var sideBySide: TextTable? {
    let columns = rows.map(\.measuredOn).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    guard columns.count > 1 else { return nil }
    var table = TextTable(
      columns: [.init("case", .left), .init("precision", .left)] + columns.flatMap { [.init("\($0) ms"), .init("roofline")] })
    let cases = rows.map { [$0.name, $0.precision.rawValue] }.reduce(into: [[String]]()) { if !$0.contains($1) { $0.append($1) } }
    for heading in cases {
      let own = rows.filter { [$0.name, $0.precision.rawValue] == heading }
      table.append(
        heading
          + columns.flatMap { column -> [String] in
            guard let row = own.first(where: { $0.measuredOn == column }) else { return ["", ""] }
            guard row.passed, let median = row.median else { return ["FAILED", ""] }
            return [String(format: "%.3f", 1e3 * median), row.shareOfRoofline.map { String(format: "%.0f %%", 100 * $0) } ?? ""]
          })
    }
    return table
  }
}

extension BenchmarkRow {
  /// The device; for the processor with its instructions and threads.
  fileprivate var measuredOn: String { device == "cpu" ? "cpu (\(driver))" : device }
}
