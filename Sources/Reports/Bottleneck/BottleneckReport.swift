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
    let groups = runs.groups
    return [
      "loss": Figure(
        "Training loss", note: .medians,
        groups.map { panel("\($0.title)", $0, .log("training loss / initial loss")) { $0.relativeLoss } }),
      runs.measure.figureName: test(groups, runs.measure), "kernel": groups.lazy.compactMap(kernel).first,
    ]
  }

  private static func kernel(_ group: BottleneckGroup) -> Figure? {
    Figure(
      "Kernel during training. \(group.title)", note: .medians,
      [
        panel("Movement of the kernel", group, Axis("‖Θ − Θ\(lowered: "0")‖ / ‖Θ\(lowered: "0")‖")) { $0.curve(Fields.kernelChange) },
        panel("Alignment of the kernel with the targets", group, Axis("alignment")) { $0.curve(Fields.alignment) },
      ])
  }

  static func test(_ groups: [BottleneckGroup], _ measure: TestMeasure) -> Figure? {
    let kinds: [(FigureText, CurveLook, Double, (BottleneckRun) -> Double?)] = [
      ("at the end of training", .number(4).points(.disc), -0.08, measure.final),
      ("best during training", .number(0).points(.openSquare), 0.08, measure.best),
    ]
    let panels = groups.map { group -> Panel? in
      let series = kinds.compactMap { name, look, offset, error in
        Series(
          name,
          group.entries.enumerated().map { index, entry in
            CurvePoint(Double(index) + offset, of: entry.draws.compactMap(error), times: measure.factor)
          }, look)
      }
      // From zero, so that heights compare.
      let top = series.flatMap { $0.points.map(\.y) + ($0.band ?? []).map(\.upper) }.max() ?? 0
      return Panel(
        "\(group.title)", x: Axis("bottleneck width d", categories: group.entries.map(\.label.name)),
        y: Axis("\(measure.label)", range: 0...(top > 0 ? 1.08 * top : 1)), series, legend: .below)
    }
    return Figure("\(measure.title)", note: "Medians over draws; bars: quartiles.", panels)
  }

  /// Curves of all entries against steps from 1 on; step 0 has no place on a logarithmic axis. Nil without any point.
  private static func panel(
    _ title: FigureText, _ group: BottleneckGroup, _ yAxis: Axis, _ curve: (BottleneckRun) -> DrawSummary.Curve
  ) -> Panel? {
    Panel(
      title, x: .log("steps"), y: yAxis,
      group.entries.map { entry in
        Series(
          "d = \(entry.label.name)", entry.draws.map { curve($0).filter { $0.step >= 1 } }, isLog: yAxis.scale == .log,
          .network(entry.label))
      })
  }
}
