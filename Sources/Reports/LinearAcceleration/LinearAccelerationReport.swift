import Foundation
import Results
import Statistics
import StudyRecords

private typealias Fields = LinearAccelerationFields

extension RunReport {
  /// Speed-ups by bottlenecks in deep linear networks, and the summaries of the other parts, from the records of the experiment
  /// `linear-acceleration`.
  ///
  /// Its figures are `speed-up` (against the norm of the target, a panel for each kind of inputs and start), `loss` (against time, a
  /// panel for each norm), `late-rates` (where training ends), `regression`, `modes` and `width`.
  public static let linearAcceleration = RunReport(
    "linear-acceleration", rowKeys: ["spectrum", "start", "norm", "bottlenecks"], table: table, figures: LinearAccelerationFigures.figures)

  /// A row for every kind of input, start and norm, a column for every d.
  ///
  /// In JSON an object: `speedUps` with an object per row for programs; `rules` and `modes` by depth; `regressions`; `widths`.
  private static func table(_ records: LinearAccelerationRecords) -> ReportTable {
    let cases = records.cases, labels = Set(cases.map(\.key.bottlenecks)).sorted()
    var table = ReportTable(
      keys: 3, note: "Medians over draws, with their quartiles in brackets; – where not reached.",
      columns: [
        .column("inputs", "their covariance: white, or with eigenvalues that decay as shown", .left),
        .column("trained", "F, which is random at the start, or F − F₀", .left), .column("norm", Fields.norm),
      ]
        + labels.map {
          .column("d = \($0.name)", "time to the fraction of the loss without bottleneck over that with bottlenecks of these widths")
        } + [
          .column("drift", "largest drift of the conserved matrices, in which the error of integration shows"),
          .column("not reached", "runs that did not reach the fraction in time"),
        ])
    for (key, group) in cases.runs(of: { InputCase($0.key) }) {
      let cells = labels.map { label in group.first { $0.key.bottlenecks == label }.map { cell($0.speedUp, "%.2f") } ?? "–" }
      table.add(
        [key.inputs, key.trained, JSONValue.number(key.norm).text] + cells
          + [cell(group.map(\.drift).max(), "%.0e"), "\(group.reduce(0) { $0 + $1.notReached })"])
    }
    for own in cases {
      table.add([
        "spectrum": own.key.decay, "start": own.key.start.rawValue, "norm": own.key.norm, "bottlenecks": own.key.bottlenecks.text,
        "draws": own.records.count, "notReached": own.notReached, "speedUp": own.speedUp, "rateAlong": own.quartiles(Fields.rateAlong),
        "rateAcross": own.quartiles(Fields.rateAcross), "rateEstimate": own.quartiles(Fields.rateEstimate), "drift": own.drift,
      ])
    }
    table.heading = heading(records)
    table.beside = ("speedUps", beside(records))
    return table
  }

  /// What the other parts found, in lines.
  private static func heading(_ records: LinearAccelerationRecords) -> [String] {
    func list(_ kind: Fields.Kind) -> String {
      records.deviations(kind).map { String(format: "N = %d: %.0e", $0.depth, $0.largest) }.joined(separator: ", ")
    }
    let deviations = [("balanced chains and the end-to-end rule", list(.rule)), ("singular modes and their own equations", list(.mode))]
    let regressions = records.regressions.runs { ["\($0.key.problem)", "\($0.key.power)"] }.map { key, group in
      let steps = group.map { "N = \($0.key.depth): \(cell($0.steps, "%.0f"))" }
      return "regression (\(key[0])), p = \(key[1]), steps at the best rate: \(steps.joined(separator: ", "))"
    }
    let widths = records.widths
    let errors = [("G", Fields.errorG), ("v", Fields.errorV), ("F", Fields.errorF)].map { name, field in
      let values = widths.map { "\($0.key): \(cell($0.quartiles(field), "%.2g"))" }
      let exponent = records.exponent(field).map { String(format: "; ∝ width^%.2f", $0) } ?? ""
      return "finite networks, error of \(name) by width: \(values.joined(separator: ", "))\(exponent)"
    }
    return deviations.filter { !$0.1.isEmpty }.map { "\($0.0), largest deviation: \($0.1)" } + regressions + (widths.isEmpty ? [] : errors)
      + (records.cases.isEmpty ? [] : ["time without bottleneck / time with it (speed-up), medians over draws:"])
  }

  private static func beside(_ records: LinearAccelerationRecords) -> [JSONValue.Member] {
    func array(_ rows: [TableNumbers]) -> JSONValue { .array(rows.map { .object($0.members) }) }
    func deviations(_ kind: Fields.Kind) -> JSONValue {
      array(records.deviations(kind).map { ["depth": $0.depth, "deviation": $0.largest] })
    }
    let regressions: [TableNumbers] = records.regressions.map {
      ["problem": $0.key.problem.rawValue, "power": $0.key.power, "depth": $0.key.depth, "steps": $0.steps.median]
    }
    let widths: [TableNumbers] = records.widths.map { group in
      var numbers: TableNumbers = ["width": group.key]
      for field in [Fields.errorG, Fields.errorV, Fields.errorF] { numbers.add(field.name, group.quartiles(field).median) }
      return numbers
    }
    return [
      .init("rules", deviations(.rule)), .init("modes", deviations(.mode)), .init("regressions", array(regressions)),
      .init("widths", array(widths)),
    ]
  }
}

/// Inputs, start and norm: what a row of the table for readers is of.
private struct InputCase: Equatable {
  let decay: Double
  let start: Fields.Start
  let norm: Double

  init(_ own: LinearAccelerationRecords.Case) { (decay, start, norm) = (own.decay, own.start, own.norm) }

  var inputs: String { decay == 0 ? "white" : "1/j^\(JSONValue.number(decay).text)" }
  var trained: String { start == .raw ? "F" : "F − F₀" }
}

extension LinearAccelerationRecords.Group<LinearAccelerationRecords.RegressionCase> {
  /// Steps at the best rate; a draw that did not reach the goal counts as more than any number.
  fileprivate var steps: Quartiles { Quartiles(records.map { $0.number(Fields.steps) }) }
}
