import Foundation
import Results

/// Rows of two reports that measured the same, with how their speeds changed and whether that is beyond chance.
public struct BenchmarkComparison: Sendable {
  /// What the intervals of two rows say of a change.
  public enum Verdict: String, Sendable, Codable, CaseIterable {
    /// The whole interval of the speed lies below the bound.
    case slower
    /// The whole interval of the speed lies above the bound's inverse.
    case faster
    /// The whole interval of the speed lies between the bound and its inverse.
    case equal
    /// The interval reaches across the bound or its inverse: these rounds do not tell.
    case undecided
    /// One of the rows has too few rounds for an interval.
    case noInterval
  }

  /// A row of the new report beside that of the old one.
  public struct Change: Sendable {
    /// Row of the new report.
    public let row: BenchmarkRow
    /// Row of the old report.
    public let old: BenchmarkRow
    /// Old median over new one: below 1 is slower.
    public let speed: Double
    /// The least and the largest speed that the two rows' intervals allow; nil where one has none.
    public let interval: ClosedRange<Double>?
    /// What the interval says.
    public let verdict: Verdict
    /// The probability at most of the verdict `slower`, and of `faster`, where nothing changed; nil without an interval.
    public let falseAlarm: Double?

    /// - Parameter bound: share of the old speed below which a case is slower.
    init?(_ row: BenchmarkRow, _ old: BenchmarkRow, bound: Double) {
      guard row.passed, old.passed, let median = row.median, let oldMedian = old.median else { return nil }
      (self.row, self.old) = (row, old)
      guard let own = row.interval, let other = old.interval else {
        (speed, interval, verdict, falseAlarm) = (oldMedian / median, nil, .noInterval, nil)
        return
      }
      let range = other.seconds.lowerBound / own.seconds.upperBound...other.seconds.upperBound / own.seconds.lowerBound
      (speed, interval, falseAlarm) = (other.median / own.median, range, own.chanceOfLyingAbove(other))
      verdict =
        if range.upperBound < bound {
          .slower
        } else if range.lowerBound > 1 / bound {
          .faster
        } else if range.lowerBound >= bound, range.upperBound <= 1 / bound {
          .equal
        } else {
          .undecided
        }
    }
  }

  /// Share of the old speed below which a case is slower.
  public let bound: Double
  /// Changes of all rows that both reports have.
  public let changes: [Change]
  /// Rows that one report has alone, or that failed in one.
  public let unmatched: Int
  /// Rows of the new report that failed and counted in the old one.
  public let newFailures: [BenchmarkRow]

  /// Compares the rows that measured the same and counted in both reports.
  ///
  /// - Parameters:
  ///   - bound: share of the old speed below which a case is slower, above 0 and at most 1.
  ///   - isIncluded: which rows are compared.
  public init(
    _ new: BenchmarkReport, with old: BenchmarkReport, bound: Double = 0.95, where isIncluded: (BenchmarkRow) -> Bool = { _ in true }
  ) {
    let (rows, oldRows) = (new.rows.filter(isIncluded), old.rows.filter(isIncluded))
    let earlier = Dictionary(oldRows.map { ($0.identity, $0) }) { first, _ in first }
    self.bound = bound
    changes = rows.compactMap { row in earlier[row.identity].flatMap { Change(row, $0, bound: bound) } }
    newFailures = rows.filter { !$0.passed && earlier[$0.identity]?.passed == true }
    unmatched = rows.count + oldRows.count - 2 * changes.count
  }

  /// Changes with a verdict.
  public func changes(_ verdict: Verdict) -> [Change] { changes.filter { $0.verdict == verdict } }

  /// A line for each pair of rows: both times, the speed in units of the old one, its interval and the verdict.
  public var table: TextTable {
    var table = TextTable(
      columns: [.init("case", .left), .init("device", .left), .init("precision", .left)]
        + ["old ms", "new ms", "speed"].map { .init($0) } + [.init("interval", .left), .init("", .left)])
    for change in changes {
      table.append([
        change.row.name, change.row.device, change.row.precision.rawValue, String(format: "%.3f", 1e3 * (change.old.median ?? .nan)),
        String(format: "%.3f", 1e3 * (change.row.median ?? .nan)), String(format: "%.3f", change.speed),
        change.interval.map { String(format: "%.3f to %.3f", $0.lowerBound, $0.upperBound) } ?? "–", change.verdict.text,
      ])
    }
    return table
  }

  /// How many cases have which verdict, on one line.
  public var summary: String {
    let counts = Verdict.allCases.compactMap { verdict -> String? in
      let count = changes(verdict).count
      return count == 0 ? nil : "\(count) \(verdict.text)"
    }
    return "\(changes.count) compared: \(counts.isEmpty ? "none in both reports" : counts.joined(separator: ", "))"
  }

  /// What to know before reading the table: other machines, what has no counterpart, what chance can do, and noise.
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
    let without = changes(.noInterval).count
    if without > 0 {
      notes.append(
        "\(without) of \(changes.count) cases without interval: they have fewer than \(RoundInterval.fewestRounds) rounds in a report; "
          + "measure with --rounds \(RoundInterval.fewestRounds) or more")
    }
    let chances = changes.compactMap(\.falseAlarm)
    if !chances.isEmpty {
      let expected = String(format: "%.2g", chances.reduce(0, +))
      notes.append("by chance alone at most \(expected) of \(chances.count) cases would be slower, and as many faster")
    }
    return notes + old.noise.map { "old report: \($0)" } + new.noise.map { "new report: \($0)" }
  }

  /// The comparison as JSON: `bound`, `unmatched` and `changes`, whose keys are in `Documentation/benchmarks.md`.
  public var json: JSONValue {
    [
      "bound": .number(bound), "unmatched": .integer(Int128(unmatched)),
      "changes": .array(
        changes.map { change in
          [
            "name": .string(change.row.name), "device": .string(change.row.device), "precision": .string(change.row.precision.rawValue),
            "oldMedian": .number(change.old.median ?? 0), "newMedian": .number(change.row.median ?? 0), "speed": .number(change.speed),
            "interval": change.interval.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null,
            "verdict": .string(change.verdict.rawValue), "falseAlarm": change.falseAlarm.map { .number($0) } ?? .null,
          ]
        }),
    ]
  }
}

extension BenchmarkComparison.Verdict {
  /// The verdict in words.
  public var text: String { self == .noInterval ? "no interval" : rawValue }
}

extension BenchmarkRow {
  /// What another report's row must share to be compared. The driver of `cpu` says instructions and threads; that of another device is
  /// its version, which may change.
  fileprivate var identity: String { "\(name)|\(device)|\(device == "cpu" ? driver : "")|\(precision)" }
}
