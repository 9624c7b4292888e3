import Figures
import Foundation
import Results
import Statistics
import StudyRecords

private typealias Fields = BottleneckFields

extension RunReport {
  /// Steps, speed-up, test error, rank and cost at every combination of training points and target scale, from the records of the
  /// experiment `bottleneck-scaling`.
  ///
  /// Its figures are `speed-up` (at 10 and 1 % of the initial loss), `test-error`, `rank` and `cost` (of one step), each against the
  /// number of training points with a curve for each d and a panel for each target scale; of the comparison at one rate where there is
  /// one.
  public static let bottleneckScaling = RunReport(
    "bottleneck-scaling", rowKeys: ["points", "scale", "comparison", "bottlenecks"], furtherRowKeys: ["kappa"], table: table,
    figures: BottleneckScalingFigures.figures)

  /// Median [lower quartile, upper quartile] over draws; `–` where not reached or not recorded.
  private static func table(_ runs: BottleneckScalingRuns) -> ReportTable {
    let fractions = [1, 2]
    var table = ReportTable(
      keys: 2 + BottleneckRow.heads.count, note: BottleneckRow.note,
      columns: [.column("points", "number of training points"), .column("scale", "target scale")] + BottleneckRow.heads
        + fractions.flatMap { [BottleneckRow.head(Fields.fractions[$0]), BottleneckRow.speedUpHead] } + [
          runs.measure.convergedHead,
          .column("rank", "largest rank of any block behind a bottleneck"),
          .column("ms/step", "milliseconds of a step of one draw, of all that advance together"), BottleneckRow.divergedHead,
        ])
    for row in runs.rows {
      let network = row.network
      let steps = fractions.flatMap { [cell(network.entry.steps[$0], "%.0f"), cell(network.speedUps[$0], "×%.1f")] }
      let last = [
        network.measure.text(row.test), cell(row.rank, "%.0f"), cell(row.secondsPerStep, "%.2g", times: 1000),
        "\(network.diverged)",
      ]
      var numbers: TableNumbers = ["points": row.points, "scale": row.scale]
      numbers.add(network.numbers)
      numbers.add([
        (network.measure == .error ? "trainedTestError" : "trainedTestLoss"): row.test.median, "rank": row.rank.median,
        "secondsPerStep": row.secondsPerStep,
      ])
      table.add(["\(row.points)", JSONValue.number(row.scale).text] + network.head + steps + last, numbers)
    }
    return table
  }
}

/// The runs of the experiment `bottleneck-scaling` at every combination; lines without one are passed over.
package struct BottleneckScalingRuns: RunReading {
  private struct Combination: Hashable {
    let points: Int
    let scale: Double
  }

  /// One network at one number of points and one target scale.
  struct Row {
    let points: Int
    let scale: Double
    let network: BottleneckRow
    /// Seconds per step of one run, in lockstep with the other draws; nil where it was not measured.
    let secondsPerStep: Double?

    /// Fractions of wrong answers where training ended, or losses, over draws; for d = ∞ of the converged network where it is known.
    var test: Quartiles { Quartiles(network.entry.draws.compactMap { $0.convergedTestError ?? network.measure.final($0) }) }
    /// The largest rank that any basis of the run had.
    var rank: Quartiles { Quartiles(network.entry.draws.compactMap(\.largestRank)) }
  }

  private var combinations: [Combination: (runs: BottleneckRuns, costs: [BottleneckLabel: (seconds: Double, steps: Double)])] = [:]

  package init() {}

  package mutating func add(_ record: Record) throws(RecordFault) {
    guard let points = try record.checked(Fields.points), let scale = try record.checked(Fields.scale) else { return }
    let combination = Combination(points: points, scale: scale)
    try checkCombinations(combinations.count + (combinations[combination] == nil ? 1 : 0), of: "combinations of points and scales")
    try combinations[combination, default: (BottleneckRuns(), [:])].runs.add(record)
    // Several lines for one chain: starts of a run that was stopped, or waves.
    guard record[Fields.kind] == .cost, let chain = record[Fields.bottlenecks], let seconds = record[Fields.seconds],
      let steps = record.number(Fields.runSteps), steps > 0
    else { return }
    let before = combinations[combination]?.costs[chain] ?? (0, 0)
    combinations[combination]?.costs[chain] = (before.seconds + seconds, before.steps + steps)
  }

  /// What tells how good the networks are at test points.
  var measure: TestMeasure { combinations.values.first?.runs.measure ?? .error }

  /// Rows by points, then scale, then as in the table of `bottleneck`.
  var rows: [Row] {
    combinations.sorted { ($0.key.points, $0.key.scale) < ($1.key.points, $1.key.scale) }.flatMap { combination, content in
      content.runs.rows.map { row in
        Row(
          points: combination.points, scale: combination.scale, network: row,
          secondsPerStep: content.costs[row.entry.label].map { $0.seconds / $0.steps })
      }
    }
  }
}

/// The figures of the experiment `bottleneck-scaling`.
private enum BottleneckScalingFigures {
  typealias Row = BottleneckScalingRuns.Row

  static func figures(_ runs: BottleneckScalingRuns) -> KeyValuePairs<String, Figure?> {
    let all = runs.rows
    let comparison = Fields.Comparison.allCases.first { comparison in all.contains { $0.network.comparison == comparison } }
    let rows = all.filter { $0.network.comparison == comparison }, finite = rows.filter { !$0.network.entry.label.isInfinite }
    let speedUps = [1, 2].map { fraction in
      Quantity(title: "\(Fields.fractions[fraction].name) of the initial loss. ", axis: .log("speed-up over d = ∞")) {
        $0.speedUpPoint(fraction)
      }
    }
    let measure = runs.measure, highest = rows.compactMap(\.test.upper).max() ?? 0
    let test = Quantity(axis: Axis("\(measure.label)", range: 0...(highest > 0 ? 1.08 * measure.factor * highest : 1))) {
      $0.test.median == nil ? nil : CurvePoint(Double($0.points), $0.test, times: measure.factor)
    }
    let rank = Quantity(axis: .log("largest rank"), isFitted: true) {
      $0.rank.median == nil ? nil : CurvePoint(Double($0.points), $0.rank)
    }
    let cost = Quantity(axis: .log("milliseconds per step and run"), isFitted: true) { row in
      row.secondsPerStep.map { CurvePoint(Double(row.points), 1000 * $0) }
    }
    return [
      "speed-up": figure(
        "Speed-up by a bottleneck", "Median steps of d = ∞ over those of d; bands: over their quartiles.", finite, speedUps),
      measure.figureName: figure("\(measure.title) where training ends", .medians, rows, [test]),
      "rank": figure("Rank of the basis", "\(FigureText.medians) Exponents: in the number of points.", finite, [rank]),
      "cost": figure("Time of one step", "Exponents: in the number of points.", finite, [cost]),
    ]
  }

  /// What is drawn against the number of points.
  private struct Quantity {
    var title: FigureText = ""
    let axis: Axis
    /// Whether the names of curves give the exponent of the fitted power of the number of points.
    var isFitted = false
    let value: (Row) -> CurvePoint?
  }

  private static func figure(_ title: FigureText, _ note: FigureText, _ rows: [Row], _ quantities: [Quantity]) -> Figure? {
    let scales = Set(rows.map(\.scale)).sorted()
    let panels = quantities.flatMap { quantity in scales.map { scale in panel(scale, rows.filter { $0.scale == scale }, quantity) } }
    return Figure(title, note: note, panels, columns: scales.count)
  }

  private static func panel(_ scale: Double, _ rows: [Row], _ quantity: Quantity) -> Panel? {
    let series = Set(rows.map(\.network.entry.label)).sorted().map { label -> Series? in
      let series = Series("d = \(label.name)", rows.filter { $0.network.entry.label == label }.map(quantity.value), .network(label))
      return quantity.isFitted ? series?.fitted("points") : series
    }
    return Panel(
      "\(quantity.title)Target scale \(number: scale)", x: .log("training points", at: rows.map { Double($0.points) }), y: quantity.axis,
      series)
  }
}

extension BottleneckScalingRuns.Row {
  /// The speed-up against the number of points. Where it is not known it is below what the network would have needed, or above what d = ∞
  /// would have.
  fileprivate func speedUpPoint(_ fraction: Int) -> CurvePoint {
    let steps = network.entry.steps[fraction]
    guard let speedUp = network.speedUps[fraction], let median = steps.median, let lower = steps.lower else {
      var point = CurvePoint(Double(points), nil)
      point.unreached = steps.median == nil ? .bottom : .top
      return point
    }
    let band = Series.Interval(steps.upper.map { speedUp * median / $0 } ?? 0, lower > 0 ? speedUp * median / lower : .infinity)
    return CurvePoint(Double(points), speedUp, band: band)
  }
}
