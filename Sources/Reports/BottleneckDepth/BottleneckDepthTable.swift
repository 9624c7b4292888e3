import Foundation
import Results

/// Steps of chains of one, two, three … bottlenecks, each against the network without bottlenecks of its own blocks and against
/// the chain of one bottleneck of its width. From the records of the experiment `bottleneck-depth`.
public struct BottleneckDepthTable: RunTable, Equatable {
  /// A chain with its speed-ups.
  public struct Row: Equatable, Sendable {
    /// Steps and errors of the chain, as in the table of `bottleneck`.
    public let network: BottleneckTable.Row
    /// Median steps of one bottleneck of the same width over those of this chain, for 50, 10, 1 and 0.1 %; nil where either is not
    /// reached, the widths of the chain differ, or it has one bottleneck or none.
    public let speedUpsOverOne: [Double?]
  }

  /// Rows in the order of `BottleneckTable`.
  public let rows: [Row]

  /// The table of a run's records.
  public static func make(from records: [Record]) throws(RecordFault) -> BottleneckDepthTable {
    BottleneckDepthTable(try BottleneckRuns(records))
  }

  /// The table of runs that were read.
  public init(_ runs: BottleneckRuns) {
    let all = BottleneckTable(runs).rows
    rows = all.map { row in
      let one = all.first { other in
        // `own` has one rate for each network.
        other.comparison == row.comparison && (row.comparison == .own || other.kappa == row.kappa)
          && other.bottlenecks.widths.count == 1 && Set(row.bottlenecks.widths) == Set(other.bottlenecks.widths)
      }
      return Row(
        network: row,
        speedUpsOverOne: row.steps.indices.map { index in
          guard row.bottlenecks.count > 1, let steps = row.steps[index].median, steps > 0 else { return nil }
          return one?.steps[index].median.map { $0 / steps }
        })
    }
  }

  /// The table for a reader: for each fraction of the initial loss the steps, and the speed-up over d = ∞ and over one bottleneck.
  public var text: TextTable {
    var table = TextTable(
      columns: [.init("rate", .left), .init("d", .left), .init("κ"), .init("draws")]
        + BottleneckRun.fractions.flatMap { [.init("to \($0.name)"), .init("over ∞"), .init("over one")] }
        + [.init("error %"), .init("sensitive"), .init("diverged")])
    func text(_ speedUp: Double?) -> String { speedUp.map { String(format: "×%.1f", $0) } ?? "–" }
    for row in rows {
      let network = row.network
      let steps = network.steps.indices.flatMap { index in
        [BottleneckTable.text(network.steps[index], "%.0f"), text(network.speedUps[index]), text(row.speedUpsOverOne[index])]
      }
      table.append(
        [network.comparison.rawValue, network.bottlenecks.name, "\(network.kappa)", "\(network.draws)"] + steps
          + [BottleneckTable.text(network.finalTestError, "%.1f", 100), network.sensitive.map(String.init) ?? "–", "\(network.diverged)"])
    }
    return table
  }

  /// The table for programs: one number per column, empty where there is none, errors as fractions.
  public var numbers: TextTable { TextTable(numbers: rows.map(BottleneckDepthTable.fields)) }

  /// An array with one object per row; keys as the columns of `numbers`, null where there is no number.
  public var json: JSONValue { .array(rows.map { .object(BottleneckDepthTable.fields($0)) }) }

  private static func fields(_ row: Row) -> [JSONValue.Member] {
    let overOne = zip(BottleneckRun.fractions, row.speedUpsOverOne).map { fraction, speedUp in
      JSONValue.Member("speedUpOverOne" + fraction.key.dropFirst("steps".count), .init(nullable: speedUp))
    }
    return BottleneckTable.fields(row.network) + overOne
  }
}
