import Foundation
import Results
import Statistics

/// Errors of finite networks against the limit, by network and width, from the records of the experiment `finite-width`.
public struct FiniteWidthTable: RunTable, Equatable {
  /// One network at one width.
  public struct Row: Equatable, Sendable {
    /// Bottlenecks of the network.
    public let bottlenecks: BottleneckLabel
    /// Width of the finite networks.
    public let width: Int
    /// Draws that count in the medians, those that are sensitive to a perturbation, and those whose limit diverged.
    public let draws: Int
    /// Draws that are sensitive to a perturbation.
    public let sensitive: Int
    /// Draws whose limit diverged.
    public let diverged: Int
    /// Relative errors of F on training and test points, the largest over the steps compared.
    public let train: Quartiles
    /// Relative errors of F on test points, the largest over the steps compared.
    public let test: Quartiles
    /// Relative errors of the positions, bottleneck by bottleneck.
    public let positions: [Quartiles]
    /// Relative errors of the empirical tangent kernel.
    public let kernel: Quartiles
    /// Relative errors of F on test points, of a network whose kernel stays as it began.
    public let frozenTest: Quartiles
    /// How far each bottleneck, and the kernel, moved.
    public let movement: [Quartiles]
    /// How far the limit's tangent kernel moved, |Θ − Θ_0| / |Θ_0|.
    public let kernelChange: Quartiles
  }

  /// Exponents of one network's errors in the width; −1/2 in theory.
  public struct Slopes: Equatable, Sendable {
    /// Bottlenecks of the network.
    public let bottlenecks: BottleneckLabel
    /// Exponent of the error of F on training points; nil for one width.
    public let train: WidthSlope?
    /// Exponent of the error of F on test points; nil for one width.
    public let test: WidthSlope?
    /// Exponents of the errors of positions, bottleneck by bottleneck.
    public let positions: [WidthSlope?]
    /// Exponent of the error of the tangent kernel; nil for one width.
    public let kernel: WidthSlope?
  }

  /// Rows by network, then width.
  public let rows: [Row]
  /// Exponents of every network.
  public let slopes: [Slopes]

  /// The table of runs that were read.
  public init(_ runs: FiniteWidthRuns) {
    let groups = runs.groups
    rows = groups.map { group in
      let indices = group.label.widths.indices
      return Row(
        bottlenecks: group.label, width: group.width, draws: group.calm.count, sensitive: group.draws.count(where: \.isSensitive),
        diverged: group.draws.count(where: \.isDiverged), train: group.quartiles { $0.number("train") },
        test: group.quartiles { $0.number("test") },
        positions: indices.map { index in group.quartiles { $0.number("errors", at: index) } },
        kernel: group.quartiles { $0.number("kernel") }, frozenTest: group.quartiles { $0.number("frozenTest") },
        movement: indices.map { index in group.quartiles { $0.number("movement", at: index) } },
        kernelChange: group.quartiles { $0.number("kernelChange") })
    }
    var labels: [BottleneckLabel] = []
    for group in groups where !labels.contains(group.label) { labels.append(group.label) }
    slopes = labels.map { label in
      func slope(_ value: (Record) -> Double?) -> WidthSlope? {
        WidthSlope(groups.filter { $0.label == label }.map { ($0.width, $0.ends(value)) })
      }
      return Slopes(
        bottlenecks: label, train: slope { $0.number("train") }, test: slope { $0.number("test") },
        positions: label.widths.indices.map { index in slope { $0.number("errors", at: index) } }, kernel: slope { $0.number("kernel") })
    }
  }
}

extension FiniteWidthTable {
  /// The table for a reader: medians over the draws that count, and after the widths of a network its slopes ± standard errors.
  public var text: TextTable {
    var table = TextTable(
      columns: [
        .init("d", .left), .init("width"), .init("train F"), .init("test F"), .init("bottlenecks"), .init("kernel"),
        .init("frozen: test F"), .init("moved"), .init("kernel moved"), .init("draws"), .init("sensitive"), .init("diverged"),
      ])
    func text(_ quartiles: Quartiles, _ digits: Int) -> String { quartiles.median.map { String(format: "%.\(digits)f", $0) } ?? "–" }
    func list(_ parts: [String]) -> String { parts.isEmpty ? "–" : parts.joined(separator: " ") }
    for slopes in slopes {
      let name = slopes.bottlenecks.name
      for row in rows where row.bottlenecks == slopes.bottlenecks {
        table.append([
          name, "\(row.width)", text(row.train, 4), text(row.test, 4), list(row.positions.map { text($0, 4) }), text(row.kernel, 4),
          text(row.frozenTest, 2), list(row.movement.map { text($0, 2) }), text(row.kernelChange, 2), "\(row.draws)", "\(row.sensitive)",
          "\(row.diverged)",
        ])
      }
      let exponents = [slopes.train, slopes.test].map { $0?.text ?? "–" }
      table.append(
        [name, "slope"] + exponents + [list(slopes.positions.map { $0?.text ?? "–" }), slopes.kernel?.text ?? "–"]
          + [String](repeating: "", count: 6))
    }
    return table
  }

  /// The table for programs: one number per column, empty where there is none; the slopes of a network stand in each of its rows.
  public var numbers: TextTable { TextTable(numbers: rows.map { fields($0) }) }

  /// An array with one object per row; keys as the columns of `numbers`, null where there is no number.
  public var json: JSONValue { .array(rows.map { .object(fields($0)) }) }

  private func fields(_ row: Row) -> [JSONValue.Member] {
    func members(_ key: String, _ quartiles: Quartiles?) -> [JSONValue.Member] {
      [
        .init(key, .init(nullable: quartiles?.median)), .init(key + "Lower", .init(nullable: quartiles?.lower)),
        .init(key + "Upper", .init(nullable: quartiles?.upper)),
      ]
    }
    func slopeMembers(_ key: String, _ slope: WidthSlope?) -> [JSONValue.Member] {
      [.init(key + "Slope", .init(nullable: slope?.exponent)), .init(key + "SlopeError", .init(nullable: slope?.standardError))]
    }
    // Every row has columns for the longest chain.
    let most = rows.map(\.positions.count).max() ?? 0
    func at<Value>(_ values: [Value], _ index: Int) -> Value? { values.indices.contains(index) ? values[index] : nil }
    let own = slopes.first { $0.bottlenecks == row.bottlenecks }
    let head: [JSONValue.Member] = [
      .init("bottlenecks", .string(row.bottlenecks.text)), .init("width", .integer(Int128(row.width))),
      .init("draws", .integer(Int128(row.draws))), .init("sensitive", .integer(Int128(row.sensitive))),
      .init("diverged", .integer(Int128(row.diverged))),
    ]
    return head + members("train", row.train) + members("test", row.test) + members("kernel", row.kernel)
      + members("frozenTest", row.frozenTest) + members("kernelChange", row.kernelChange)
      + (0..<most).flatMap { members("bottleneck\($0 + 1)", at(row.positions, $0)) + members("movement\($0 + 1)", at(row.movement, $0)) }
      + slopeMembers("train", own?.train) + slopeMembers("test", own?.test) + slopeMembers("kernel", own?.kernel)
      + (0..<most).flatMap { slopeMembers("bottleneck\($0 + 1)", at(own?.positions ?? [], $0) ?? nil) }
  }
}
