import Foundation
import Results

/// Rows of two reports that measured the same, with how their times changed.
public struct BenchmarkComparison: Sendable {
  /// A row of the new report beside that of the old one.
  public struct Change: Sendable {
    /// Row of the new report.
    public let row: BenchmarkRow
    /// Row of the old report.
    public let old: BenchmarkRow
    /// New median over old one: below 1 is faster.
    public let ratio: Double
    /// Whether the middle halves of the two rows' times lie apart.
    public let exceedsSpread: Bool
  }

  /// Changes of all rows that both reports have.
  public let changes: [Change]
  /// Rows that one report has alone, or that failed in one.
  public let unmatched: Int

  /// Compares the rows that measured the same and counted in both reports.
  public init(_ new: BenchmarkReport, with old: BenchmarkReport) {
    let earlier = Dictionary(old.rows.map { ($0.identity, $0) }) { first, _ in first }
    changes = new.rows.compactMap { row in
      guard let before = earlier[row.identity], row.passed, before.passed, let median = row.median, let oldMedian = before.median,
        let own = row.quartiles, let other = before.quartiles
      else { return nil }
      return Change(
        row: row, old: before, ratio: median / oldMedian,
        exceedsSpread: own.upperBound < other.lowerBound || own.lowerBound > other.upperBound)
    }
    unmatched = new.rows.count + old.rows.count - 2 * changes.count
  }

  /// The rows that changed by more than their spread marked with a star.
  public var table: TextTable {
    var table = TextTable(
      columns: [.init("", .left), .init("case", .left), .init("device", .left), .init("precision", .left)]
        + ["old ms", "new ms", "new / old"].map { .init($0) })
    for change in changes {
      table.append([
        change.exceedsSpread ? "*" : "", change.row.name, change.row.device, change.row.precision.rawValue,
        String(format: "%.3f", 1e3 * (change.old.median ?? .nan)), String(format: "%.3f", 1e3 * (change.row.median ?? .nan)),
        String(format: "%.3f", change.ratio),
      ])
    }
    return table
  }

  /// What to know before reading the table: other machines, and what has no counterpart.
  public func notes(_ new: BenchmarkReport, _ old: BenchmarkReport) -> [String] {
    var notes: [String] = []
    for device in new.devices {
      let identifier = device.description.identifier
      let names = Set(old.devices.filter { $0.description.identifier == identifier }.map(\.description.name))
      if !names.isEmpty, !names.contains(device.description.name) {
        notes.append("\(identifier) was another device: \(names.sorted().joined(separator: ", "))")
      }
    }
    if unmatched > 0 { notes.append("\(unmatched) rows failed or stand in one report alone") }
    return notes
  }
}

extension BenchmarkRow {
  /// What another report's row must share to be compared. The driver of `cpu` says instructions and threads; that of another device is
  /// its version, which may change.
  fileprivate var identity: String { "\(name)|\(device)|\(device == "cpu" ? driver : "")|\(precision)" }
}
