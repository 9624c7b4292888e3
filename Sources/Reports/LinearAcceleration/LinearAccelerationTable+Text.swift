import Foundation
import Results
import Statistics

extension LinearAccelerationTable {
  /// The table for a reader: a row for every kind of input, start and norm, a column for every d; median [lower quartile, upper quartile].
  public var text: TextTable {
    let labels = Set(rows.map(\.bottlenecks)).sorted()
    var table = TextTable(
      columns: [.init("inputs", .left), .init("trained", .left), .init("norm")]
        + labels.map { .init("d = \($0.name)") } + [.init("largest drift"), .init("not reached")])
    var index = 0
    while index < rows.count {
      let first = rows[index]
      let group = rows[index...].prefix { ($0.decay, $0.start, $0.norm) == (first.decay, first.start, first.norm) }
      let cells = labels.map { label in
        group.first { $0.bottlenecks == label }.map { BottleneckTable.text($0.speedUp, "%.2f") } ?? "–"
      }
      let drift = group.map(\.drift).max() ?? 0
      table.append(
        [first.inputs, first.start == "raw" ? "F" : "F − F₀", JSONValue.number(first.norm).text] + cells
          + [String(format: "%.0e", drift), "\(group.reduce(0) { $0 + $1.notReached })"])
      index += group.count
    }
    return table
  }

  /// Lines above the table: what the other parts found.
  public var heading: String {
    var lines: [String] = []
    func list(_ values: [Int: Double]) -> String {
      values.sorted { $0.key < $1.key }.map { String(format: "N = %d: %.0e", $0.key, $0.value) }.joined(separator: ", ")
    }
    if !rules.isEmpty { lines.append("balanced chains and the end-to-end rule, largest deviation: \(list(rules))") }
    if !modes.isEmpty { lines.append("singular modes and their own equations, largest deviation: \(list(modes))") }
    var index = 0
    while index < regressions.count {
      let first = regressions[index]
      let group = regressions[index...].prefix { ($0.problem, $0.power) == (first.problem, first.power) }
      let steps = group.map { "N = \($0.depth): \(BottleneckTable.text($0.steps, "%.0f"))" }
      lines.append("regression (\(first.problem)), p = \(first.power), steps at the best rate: \(steps.joined(separator: ", "))")
      index += group.count
    }
    for (name, error) in [("G", \Width.errorG), ("v", \Width.errorV), ("F", \Width.errorF)] where !widths.isEmpty {
      let values = widths.map { "\($0.width): \(BottleneckTable.text($0[keyPath: error], "%.2g"))" }
      let exponent = exponent { $0[keyPath: error] }.map { String(format: "; ∝ width^%.2f", $0) } ?? ""
      lines.append("finite networks, error of \(name) by width: \(values.joined(separator: ", "))\(exponent)")
    }
    if !rows.isEmpty { lines.append("time without bottleneck / time with it (speed-up), medians over draws:") }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The table for programs: a row for every case, one number per column, empty where there is none.
  public var numbers: TextTable { TextTable(numbers: rows.map(LinearAccelerationTable.fields)) }

  /// An object: `speedUps` with an object per row of `numbers`; `rules` and `modes` by depth; `regressions`; `widths`.
  public var json: JSONValue {
    func byDepth(_ values: [Int: Double]) -> JSONValue {
      .array(
        values.sorted { $0.key < $1.key }.map { ["depth": .integer(Int128($0.key)), "deviation": .number($0.value)] })
    }
    return [
      "speedUps": .array(rows.map { .object(LinearAccelerationTable.fields($0)) }), "rules": byDepth(rules), "modes": byDepth(modes),
      "regressions": .array(
        regressions.map {
          [
            "problem": .string($0.problem), "power": .integer(Int128($0.power)), "depth": .integer(Int128($0.depth)),
            "steps": .init(nullable: $0.steps.median),
          ]
        }),
      "widths": .array(
        widths.map {
          [
            "width": .integer(Int128($0.width)), "errorG": .init(nullable: $0.errorG.median),
            "errorV": .init(nullable: $0.errorV.median), "errorF": .init(nullable: $0.errorF.median),
          ]
        }),
    ]
  }

  private static func fields(_ row: Row) -> [JSONValue.Member] {
    func members(_ key: String, _ quartiles: Quartiles) -> [JSONValue.Member] {
      [
        .init(key, .init(nullable: quartiles.median)), .init(key + "Lower", .init(nullable: quartiles.lower)),
        .init(key + "Upper", .init(nullable: quartiles.upper)),
      ]
    }
    return [
      .init("spectrum", .number(row.decay)), .init("start", .string(row.start)), .init("norm", .number(row.norm)),
      .init("bottlenecks", .string(row.bottlenecks.text)), .init("draws", .integer(Int128(row.draws))),
      .init("notReached", .integer(Int128(row.notReached))),
    ] + members("speedUp", row.speedUp) + members("rateAlong", row.rateAlong) + members("rateAcross", row.rateAcross)
      + members("rateEstimate", row.rateEstimate) + [.init("drift", .number(row.drift))]
  }
}

extension LinearAccelerationTable.Row {
  var inputs: String { decay == 0 ? "white" : "1/j^\(JSONValue.number(decay).text)" }
}
