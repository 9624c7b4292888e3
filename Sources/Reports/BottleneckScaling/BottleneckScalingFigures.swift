import Figures
import Foundation
import Results
import Statistics

/// The figures of the experiment `bottleneck-scaling`, made from the files of a run alone.
///
/// `speed-up` (at 10 and 1 % of the initial loss), `test-error`, `rank` and `cost` (of one step), each against the number of training
/// points with a curve for each d and a panel for each target scale; of the comparison at one rate where there is one.
public enum BottleneckScalingFigures: RunFigures {
  public static let experiment = "bottleneck-scaling"

  public static func describe(_ runDirectory: URL) throws(ResultsError) -> [Named] {
    figures(of: try BottleneckScalingTable(reading: runDirectory))
  }

  static func figures(of table: BottleneckScalingTable) -> [RunFigures.Named] {
    let comparison = BottleneckRuns.Comparison.allCases.first { comparison in table.rows.contains { $0.network.comparison == comparison } }
    let rows = table.rows.filter { $0.network.comparison == comparison }
    let finite = rows.filter { !$0.network.bottlenecks.isInfinite }
    let speedUps: [Quantity] = [1, 2].map { fraction in
      Quantity(
        title: "\(BottleneckRun.fractions[fraction].name) of the initial loss", axis: Axis("speed-up over d = ∞", scale: .log)
      ) { $0.network.speedUps[fraction] }
    }
    let highest = rows.compactMap(\.testError.median).max() ?? 0
    let testError = Quantity(title: "", axis: Axis("test error (%)", range: 0...(highest > 0 ? 108 * highest : 1))) {
      $0.testError.median.map { 100 * $0 }
    }
    let rank = Quantity(title: "", axis: Axis("largest rank", scale: .log), isFitted: true) { $0.rank.median }
    let cost = Quantity(title: "", axis: Axis("milliseconds per step and run", scale: .log), isFitted: true) {
      $0.secondsPerStep.map { 1000 * $0 }
    }
    return [
      ("speed-up", figure("Speed-up: medians over draws", finite, speedUps)),
      ("test-error", figure("Test error where training ends: medians over draws", rows, [testError])),
      ("rank", figure("Rank of the basis: medians over draws, exponent in the number of points", finite, [rank])),
      ("cost", figure("Time of one step, exponent in the number of points", finite, [cost])),
    ].compactMap { name, figure in figure.map { (name: name, figure: $0) } }
  }

  /// What is drawn against the number of points.
  private struct Quantity {
    let title: String
    let axis: Axis
    /// Whether the names of curves give the exponent of the fitted power of the number of points.
    var isFitted = false
    let value: (BottleneckScalingTable.Row) -> Double?
  }

  private static func figure(_ title: String, _ rows: [BottleneckScalingTable.Row], _ quantities: [Quantity]) -> Figure? {
    let scales = Set(rows.map(\.scale)).sorted()
    let panels = quantities.flatMap { quantity in
      scales.compactMap { scale in panel(scale, rows.filter { $0.scale == scale }, quantity) }
    }
    return panels.isEmpty ? nil : Figure(title: title, panels: panels, columns: scales.count)
  }

  private static func panel(_ scale: Double, _ rows: [BottleneckScalingTable.Row], _ quantity: Quantity) -> Panel? {
    let labels = Set(rows.map(\.network.bottlenecks)).sorted(), style = BottleneckStyle(Set(labels))
    let series = labels.enumerated().flatMap { index, label -> [Series] in
      let points = rows.filter { $0.network.bottlenecks == label }.compactMap { row in
        quantity.value(row).map { Series.Point(Double(row.points), $0) }
      }
      guard !points.isEmpty else { return [] }
      let (color, line) = style[label]
      let law = quantity.isFitted ? PowerLaw(points) : nil
      let name = "d = \(label.name)" + (law.map { String(format: ": ∝ points^%.2f", $0.exponent) } ?? "")
      return [
        Series("", points: points, style: line, color: color),
        Series(name, points: points, style: .points(Series.Symbol.allCases[index % Series.Symbol.allCases.count]), color: color),
      ]
    }
    let title = (quantity.title.isEmpty ? "" : "\(quantity.title). ") + "Target scale \(JSONValue.number(scale).text)"
    return series.isEmpty
      ? nil : Panel(title: title, xAxis: Axis("training points", scale: .log), yAxis: quantity.axis, series: series, legend: .below)
  }
}
