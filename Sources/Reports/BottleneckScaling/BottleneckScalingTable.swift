import Foundation
import Results
import Statistics

/// Steps, speed-up, test error, rank and cost at every combination of training points and target scale, from the records of the
/// experiment `bottleneck-scaling`.
public struct BottleneckScalingTable: RunTable, Equatable {
  /// One network at one number of points and one target scale.
  public struct Row: Equatable, Sendable {
    /// Number of training points.
    public let points: Int
    /// Scale of the targets.
    public let scale: Double
    /// Steps and errors of the network, as in the table of `bottleneck`.
    public let network: BottleneckTable.Row
    /// Fractions of wrong answers where training ended, over draws; for d = ∞ of the converged network where it is known.
    public let testError: Quartiles
    /// Quartiles over draws of the largest rank that any basis of the run had.
    public let rank: Quartiles
    /// Seconds per step of one run, in lockstep with the other draws; nil where it was not measured.
    public let secondsPerStep: Double?
  }

  /// Rows by points, then scale, then as in `BottleneckTable`.
  public let rows: [Row]

  /// The table of a run's records.
  public static func make(from records: [Record]) throws(RecordFault) -> BottleneckScalingTable {
    var collector = Collector()
    for record in records { try collector.add(record) }
    return BottleneckScalingTable(collector)
  }

  /// - Throws: `ResultsError` where `records.jsonl` of the folder cannot be read.
  public init(reading directory: URL) throws(ResultsError) {
    var collector = Collector()
    try RunRecords.forEach(directory) { (record) throws(RecordFault) in try collector.add(record) }
    self.init(collector)
  }

  private init(_ collector: Collector) {
    rows = collector.combinations.sorted { $0.key < $1.key }.flatMap { combination, content in
      let entries = content.runs.groups.flatMap(\.entries)
      return zip(BottleneckTable(content.runs).rows, entries).map { row, entry in
        let cost = content.costs[row.bottlenecks.text]
        return Row(
          points: combination.points, scale: combination.scale, network: row,
          testError: Quartiles(entry.draws.compactMap { $0.convergedTestError ?? $0.finalTestError }),
          rank: Quartiles(entry.draws.compactMap(\.largestRank)), secondsPerStep: cost.map { $0.seconds / $0.steps })
      }
    }
  }
}

extension BottleneckScalingTable {
  private struct Combination: Hashable, Comparable {
    let points: Int
    let scale: Double

    static func < (first: Combination, second: Combination) -> Bool { (first.points, first.scale) < (second.points, second.scale) }
  }

  /// Records by combination; lines without one are passed over.
  private struct Collector {
    var combinations: [Combination: (runs: BottleneckRuns, costs: [String: (seconds: Double, steps: Double)])] = [:]

    /// More are no run of this program's.
    private static let mostCombinations = 4096

    mutating func add(_ record: Record) throws(RecordFault) {
      guard let points = try record.checkedWhole("points"), let scale = try record.checkedNumber("scale") else { return }
      let combination = Combination(points: points, scale: scale)
      guard combinations[combination] != nil || combinations.count < Collector.mostCombinations else {
        throw RecordFault("more than \(Collector.mostCombinations) combinations of points and scales")
      }
      try combinations[combination, default: (BottleneckRuns(), [:])].runs.add(record)
      // Several lines for one chain: starts of a run that was stopped, or waves.
      guard record.string("kind") == "cost", let chain = record.string("bottlenecks"), let seconds = record.number("seconds"),
        let steps = record.number("runSteps"), steps > 0
      else { return }
      let before = combinations[combination]?.costs[chain] ?? (0, 0)
      combinations[combination]?.costs[chain] = (before.seconds + seconds, before.steps + steps)
    }
  }
}

extension BottleneckScalingTable {
  /// The table for a reader. Median [lower quartile, upper quartile] over draws; `–` where not reached or not recorded.
  public var text: TextTable {
    let fractions = [1, 2]
    var table = TextTable(
      columns: [.init("points"), .init("scale"), .init("rate", .left), .init("d", .left), .init("κ"), .init("draws")]
        + fractions.flatMap { [.init("to \(BottleneckRun.fractions[$0].name)"), .init("speed-up")] }
        + [.init("error %"), .init("rank"), .init("ms/step"), .init("diverged")])
    for row in rows {
      let network = row.network
      let steps = fractions.flatMap { index in
        [BottleneckTable.text(network.steps[index], "%.0f"), network.speedUps[index].map { String(format: "×%.1f", $0) } ?? "–"]
      }
      let cost = row.secondsPerStep.map { String(format: "%.2g", 1000 * $0) } ?? "–"
      table.append(
        ["\(row.points)", JSONValue.number(row.scale).text, network.comparison.rawValue, network.bottlenecks.name, "\(network.kappa)"]
          + ["\(network.draws)"] + steps
          + [BottleneckTable.text(row.testError, "%.1f", 100), BottleneckTable.text(row.rank, "%.0f"), cost, "\(network.diverged)"])
    }
    return table
  }

  /// The table for programs: one number per column, empty where there is none, errors as fractions.
  public var numbers: TextTable { TextTable(numbers: rows.map(BottleneckScalingTable.fields)) }

  /// An array with one object per row; keys as the columns of `numbers`, null where there is no number.
  public var json: JSONValue { .array(rows.map { .object(BottleneckScalingTable.fields($0)) }) }

  private static func fields(_ row: Row) -> [JSONValue.Member] {
    [.init("points", .integer(Int128(row.points))), .init("scale", .number(row.scale))] + BottleneckTable.fields(row.network)
      + [
        .init("trainedTestError", .init(nullable: row.testError.median)), .init("rank", .init(nullable: row.rank.median)),
        .init("secondsPerStep", .init(nullable: row.secondsPerStep)),
      ]
  }
}
