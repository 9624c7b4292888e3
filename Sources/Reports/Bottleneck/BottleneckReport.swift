import Figures
import Foundation
import Results
import Statistics
import StudyRecords

private typealias Fields = BottleneckFields

extension RunReport {
  /// Steps to fractions of the initial loss, speed-ups and test errors of the experiment `bottleneck`.
  ///
  /// Its figures are `loss` (training loss against steps), `test-error` (against d), `kernel` (change and alignment of the kernel against
  /// steps, for the first comparison that recorded them) and `representation-<bottlenecks>` (values in a bottleneck of width 2).
  public static let bottleneck = RunReport(
    "bottleneck", rowKeys: ["comparison", "bottlenecks"], furtherRowKeys: ["kappa"], table: table, figures: BottleneckFigures.figures,
    arrays: RepresentationFigures.figures)

  /// Median [lower quartile, upper quartile] over draws, each with its speed-up over the baseline; errors in per cent.
  private static func table(_ runs: BottleneckRuns) -> ReportTable {
    var table = ReportTable(
      keys: BottleneckRow.heads.count, note: BottleneckRow.note,
      columns: BottleneckRow.heads + Fields.fractions.flatMap { [BottleneckRow.head($0), BottleneckRow.speedUpHead] } + [
        runs.measure.head, runs.measure.bestHead, .column("amplif.", Fields.amplification),
        BottleneckRow.sensitiveHead, BottleneckRow.divergedHead,
      ])
    for row in runs.rows {
      let steps = zip(row.entry.steps, row.speedUps).flatMap { [cell($0, "%.0f"), cell($1, "×%.1f")] }
      let last = [
        row.measure.text(row.finalTest), row.measure.text(row.bestTest), cell(row.amplification, "%.2g"),
        row.sensitive.map(String.init) ?? "–", "\(row.diverged)",
      ]
      table.add(row.head + steps + last, row.numbers)
    }
    return table
  }
}

/// One network in one comparison, as the tables of the experiments with bottlenecks show it.
struct BottleneckRow {
  let comparison: BottleneckFields.Comparison
  let entry: BottleneckGroup.Entry
  /// Speed-ups over the network without bottlenecks, to each of the fractions.
  let speedUps: [Double?]
  /// Whether any rate of the run is given as such: its tables then have a column for them.
  let showsRates: Bool
  /// What stands for the quality at test points.
  let measure: TestMeasure

  static let heads: [TextTable.Column] = [
    .column("rate", Fields.comparison, .left),
    .column(
      "d",
      "width of the bottleneck, or widths one after the other; ∞: the wide network of the same layers; solved: its loss is known at any "
        + "step, also beyond the last one of the others", .left),
    .column("κ", Fields.kappa.legend + "; η: the rate itself"), .column("draws", "number of the draws of the initial functions"),
  ]
  static let note = "Medians over draws, with their quartiles in brackets; – where not reached or not measured."
  static func head(_ fraction: BottleneckFields.LossFraction) -> TextTable.Column { .column("to \(fraction.name)", fraction.steps) }
  static let speedUpHead = TextTable.Column.column(
    "speed-up", "steps of the network without bottlenecks of the same layers over those to its left", isBeside: true)
  static let sensitiveHead = TextTable.Column.column(
    "sensitive", "draws in which a perturbation grew by more than \(Int(Sensitivity.threshold)) times")
  static let divergedHead = TextTable.Column.column("diverged", "draws whose loss grew beyond every number")

  var head: [String] {
    [comparison.rawValue, entry.label.name + (entry.isSolved ? " solved" : ""), entry.rate.cell, "\(entry.draws.count)"]
  }

  var diverged: Int { entry.draws.count(where: \.isDiverged) }
  var finalTest: Quartiles { Quartiles(entry.draws.compactMap(measure.final)) }
  var bestTest: Quartiles { Quartiles(entry.draws.compactMap(measure.best)) }
  private var amplifications: [Double] { entry.draws.compactMap(\.amplification) }
  var amplification: Double? { Quartiles(amplifications).median }
  /// Number of draws that are sensitive; nil where that was not measured.
  var sensitive: Int? { amplifications.isEmpty ? nil : amplifications.count { $0 > Sensitivity.threshold } }

  var numbers: TableNumbers {
    var numbers: TableNumbers = [
      "comparison": comparison.rawValue, "bottlenecks": entry.label.text, "baseline": entry.baseline.text, "kappa": entry.rate.fraction,
    ]
    if showsRates { numbers.add("rate", entry.rate.absolute) }
    numbers.add(["draws": entry.draws.count, "diverged": diverged])
    for (fraction, steps) in zip(Fields.fractions, entry.steps) { numbers.add(fraction.steps.name, steps) }
    for (fraction, speedUp) in zip(Fields.fractions, speedUps) { numbers.add("speedUp\(fraction.percent)", speedUp) }
    switch measure {
    case .error: numbers.add(["finalTestError": finalTest, "bestTestError": bestTest])
    case .loss: numbers.add(["finalTestLoss": finalTest, "bestTestLoss": bestTest])
    }
    numbers.add(["amplification": amplification, "sensitive": sensitive])
    return numbers
  }
}

extension BottleneckRuns {
  /// `same` by rate, then `own`; within each by label.
  var rows: [BottleneckRow] {
    let showsRates = runs.keys.contains { $0.rate.absolute != nil }, measure = measure
    return groups.flatMap { group in
      group.entries.map {
        BottleneckRow(comparison: group.comparison, entry: $0, speedUps: group.speedUps(of: $0), showsRates: showsRates, measure: measure)
      }
    }
  }
}

/// The figures of the experiment `bottleneck`, of which others share some.
enum BottleneckFigures {
  static func figures(_ runs: BottleneckRuns) -> KeyValuePairs<String, Figure?> {
    let groups = runs.groups, style = BottleneckStyle(groups.flatMap(\.entries).map(\.label))
    return [
      "loss": Figure(
        "Training loss: median over draws, quartiles shaded",
        groups.map { group in
          panel(group.title, group, style, .log("training loss / initial loss"), .inside(.bottomLeft)) { $0.relativeLoss }
        }),
      runs.measure.figureName: test(groups, runs.measure), "kernel": groups.lazy.compactMap { kernel($0, style) }.first,
    ]
  }

  private static func kernel(_ group: BottleneckGroup, _ style: BottleneckStyle) -> Figure? {
    Figure(
      "Kernel during training. \(group.title)",
      [
        panel("Movement of the kernel", group, style, Axis("‖Θ − Θ₀‖ / ‖Θ₀‖"), .inside(.topLeft)) { $0.curve(Fields.kernelChange) },
        panel("Alignment of the kernel with the targets", group, style, Axis("alignment"), .inside(.topLeft)) {
          $0.curve(Fields.alignment)
        },
      ])
  }

  static func test(_ groups: [BottleneckGroup], _ measure: TestMeasure) -> Figure? {
    let panels = groups.map { group -> Panel? in
      let kinds: [(String, Series.Symbol, Color, Double, (BottleneckRun) -> Double?)] = [
        ("at the end of training", .disc, Color.palette[4], -0.08, measure.final),
        ("best during training", .openSquare, Color.palette[0], 0.08, measure.best),
      ]
      let series = kinds.compactMap { name, symbol, color, offset, error -> Series? in
        var points: [Series.Point] = [], band: [Series.Interval] = []
        for (index, entry) in group.entries.enumerated() {
          let quartiles = Quartiles(entry.draws.compactMap(error).map { measure.factor * $0 })
          guard let median = quartiles.median, let lower = quartiles.lower, let upper = quartiles.upper else { continue }
          points.append(Series.Point(Double(index) + offset, median))
          band.append(Series.Interval(lower, upper))
        }
        return points.isEmpty ? nil : Series(name, points: points, style: .points(symbol), band: band, color: color)
      }
      let xAxis = Axis("bottleneck width d", categories: group.entries.map(\.label.name))
      // From zero, so that heights compare.
      let top = series.flatMap { $0.band ?? [] }.map(\.upper).max() ?? 0
      return Panel(group.title, x: xAxis, y: Axis(measure.label, range: 0...(top > 0 ? 1.08 * top : 1)), series, .below)
    }
    return Figure(measure == .error ? "Test error: median and quartiles over draws" : "Test loss: median and quartiles over draws", panels)
  }

  /// Curves of all entries against steps from 1 on; step 0 has no place on a logarithmic axis. Nil without any point.
  private static func panel(
    _ title: String, _ group: BottleneckGroup, _ style: BottleneckStyle, _ yAxis: Axis, _ legend: Legend,
    _ curve: (BottleneckRun) -> DrawSummary.Curve
  ) -> Panel? {
    let series = group.entries.compactMap { entry -> Series? in
      let curves = entry.draws.map { curve($0).filter { $0.step >= 1 } }.filter { !$0.isEmpty }
      let (color, line) = style[entry.label]
      return Series.median("d = \(entry.label.name)", curves, isLog: yAxis.scale == .log, line, hasBand: curves.count > 1, color)
    }
    return Panel(title, x: .log("steps"), y: yAxis, series, legend)
  }
}
