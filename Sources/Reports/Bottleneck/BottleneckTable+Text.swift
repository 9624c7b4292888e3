import Foundation
import Results
import Statistics

extension BottleneckTable {
  /// The table for a reader: steps to fractions of the initial loss, each with its speed-up over the baseline, and test errors in per cent.
  ///
  /// Median [lower quartile, upper quartile] over draws; `–` where not reached or not recorded.
  public var text: TextTable {
    var table = TextTable(
      columns: [.init("rate", .left), .init("d", .left), .init("κ"), .init("draws")]
        + BottleneckRun.fractions.flatMap { [.init("to \($0.name)"), .init("speed-up")] }
        + [.init("error %"), .init("best %"), .init("amplif."), .init("sensitive"), .init("diverged")])
    for row in rows {
      let steps = zip(row.steps, row.speedUps).flatMap { steps, speedUp in
        [BottleneckTable.text(steps, "%.0f"), speedUp.map { String(format: "×%.1f", $0) } ?? "–"]
      }
      let amplification = row.amplification.map { String(format: "%.2g", $0) } ?? "–"
      table.append(
        [row.comparison.rawValue, row.bottlenecks.name, "\(row.kappa)", "\(row.draws)"] + steps
          + [BottleneckTable.text(row.finalTestError, "%.1f", 100), BottleneckTable.text(row.bestTestError, "%.1f", 100)]
          + [amplification, row.sensitive.map(String.init) ?? "–", "\(row.diverged)"])
    }
    return table
  }

  /// The table for programs: one number per column, empty where there is none, errors as fractions.
  public var numbers: TextTable { TextTable(numbers: rows.map(BottleneckTable.fields)) }

  /// An array with one object per row; keys as the columns of `numbers`, null where there is no number.
  public var json: JSONValue { .array(rows.map { .object(BottleneckTable.fields($0)) }) }

  static func text(_ quartiles: Quartiles, _ format: String, _ factor: Double = 1) -> String {
    func text(_ value: Double?) -> String { value.map { String(format: format, factor * $0) } ?? "–" }
    let (lower, median, upper) = (text(quartiles.lower), text(quartiles.median), text(quartiles.upper))
    return lower == median && median == upper ? median : "\(median) [\(lower), \(upper)]"
  }

  static func fields(_ row: Row) -> [JSONValue.Member] {
    func members(_ key: String, _ quartiles: Quartiles) -> [JSONValue.Member] {
      [
        .init(key, .init(nullable: quartiles.median)), .init(key + "Lower", .init(nullable: quartiles.lower)),
        .init(key + "Upper", .init(nullable: quartiles.upper)),
      ]
    }
    let keys = BottleneckRun.fractions.map(\.key)
    let head: [JSONValue.Member] = [
      .init("comparison", .string(row.comparison.rawValue)), .init("bottlenecks", .string(row.bottlenecks.text)),
      .init("baseline", .string(row.baseline)), .init("kappa", .number(row.kappa)), .init("draws", .integer(Int128(row.draws))),
      .init("diverged", .integer(Int128(row.diverged))),
    ]
    return head + zip(keys, row.steps).flatMap { members($0, $1) }
      + zip(keys, row.speedUps).map { .init("speedUp" + $0.dropFirst("steps".count), .init(nullable: $1)) }
      + members("finalTestError", row.finalTestError) + members("bestTestError", row.bestTestError)
      + [
        .init("amplification", .init(nullable: row.amplification)), .init("sensitive", row.sensitive.map { .integer(Int128($0)) } ?? .null),
      ]
  }
}

extension JSONValue {
  /// Null for what is beyond every number too, such as a quotient of extremes.
  init(nullable value: Double?) { self = value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
}

extension TextTable {
  /// Rows with equal keys, of which the first makes the headings; null is an empty cell.
  init(numbers rows: [[JSONValue.Member]]) {
    self.init(columns: (rows.first ?? []).map { .init($0.key) })
    for row in rows {
      append(
        row.map { member in
          switch member.value {
          case .null: ""
          case .string(let text): text
          default: member.value.text
          }
        })
    }
  }
}
