import Figures
import Foundation
import Results
import Statistics

/// The figures of the experiment `bottleneck-depth`, made from the files of a run alone.
///
/// `steps` (to 10, 1 and 0.1 % of the initial loss against the number of bottlenecks, a row of panels for each comparison),
/// `loss` (training loss against steps, a panel for each comparison and width) and `test-error`.
public enum BottleneckDepthFigures: RunFigures {
  public static let experiment = "bottleneck-depth"

  public static func describe(_ runDirectory: URL) throws(ResultsError) -> [Named] {
    let groups = try BottleneckRuns(reading: runDirectory).groups
    return [
      ("steps", stepsFigure(groups)), ("loss", lossFigure(groups)), ("test-error", BottleneckFigures.testErrorFigure(groups)),
    ].compactMap { name, figure in figure.map { (name: name, figure: $0) } }
  }

  /// Fractions of the initial loss that are drawn, as indices of `BottleneckRun.fractions`.
  private static let drawnFractions = [1, 2, 3]

  package static func stepsFigure(_ groups: [BottleneckGroup]) -> Figure? {
    let panels = groups.flatMap { group in drawnFractions.compactMap { stepsPanel(group, fraction: $0) } }
    return panels.isEmpty
      ? nil
      : Figure(
        title: "Steps to a fraction of the initial loss: median and quartiles over draws", panels: panels, columns: drawnFractions.count)
  }

  /// Steps against the number of bottlenecks, a line for each width; d = ∞ is the network without bottlenecks of the same blocks.
  private static func stepsPanel(_ group: BottleneckGroup, fraction: Int) -> Panel? {
    let widths = widths(of: group), style = BottleneckStyle(Set(group.entries.map(\.label)))
    let most = group.entries.map(\.label.count).max() ?? 1
    let rows: [(name: String, entries: [BottleneckGroup.Entry])] =
      widths.map { width in ("d = \(width)", group.entries.filter { Set($0.label.widths) == [width] }) }
      + [("d = ∞", group.entries.filter(\.label.isInfinite))]
    let series = rows.enumerated().flatMap { index, row -> [Series] in
      var points: [Series.Point] = [], band: [Series.Interval] = []
      for entry in row.entries.sorted(by: { $0.label < $1.label }) {
        let steps = entry.draws.map { $0.steps(fraction) }, quartiles = Quartiles(steps)
        guard let median = quartiles.median, let lower = quartiles.lower else { continue }
        // Side by side, so that error bars do not hide one another.
        points.append(Series.Point(Double(entry.label.count - 1) + 0.06 * (Double(index) - Double(rows.count - 1) / 2), median))
        band.append(Series.Interval(lower, quartiles.upper ?? steps.compactMap { $0 }.max() ?? median))
      }
      guard let color = row.entries.first.map({ style[$0.label].0 }), !points.isEmpty else { return [] }
      return [
        Series("", points: points, style: .line, color: color),
        Series(
          row.name, points: points, style: .points(Series.Symbol.allCases[index % Series.Symbol.allCases.count]), band: band, color: color),
      ]
    }
    return series.isEmpty
      ? nil
      : Panel(
        title: "\(BottleneckRun.fractions[fraction].name). \(group.title)",
        xAxis: Axis("bottlenecks", categories: (1...most).map(String.init)), yAxis: Axis("steps", scale: .log), series: series,
        legend: .below)
  }

  static func lossFigure(_ groups: [BottleneckGroup]) -> Figure? {
    let panels = groups.flatMap { group in widths(of: group).compactMap { lossPanel(group, width: $0) } }
    return panels.isEmpty
      ? nil
      : Figure(
        title: "Training loss: median over draws, quartiles shaded. Dashed: the networks without bottlenecks", panels: panels,
        columns: groups.first.map { max(1, widths(of: $0).count) })
  }

  /// Colours tell the number of bottlenecks here.
  private static func lossPanel(_ group: BottleneckGroup, width: Int) -> Panel? {
    let series = group.entries.filter { Set($0.label.widths) == [width] || $0.label.isInfinite }.compactMap { entry -> Series? in
      let curves = entry.draws.map { $0.relativeLoss.filter { $0.step >= 1 } }.filter { !$0.isEmpty }
      let summary = DrawSummary(curves, isLog: true)
      guard !summary.points.isEmpty else { return nil }
      let color = Color.palette[2 * (entry.label.count - 1) % Color.palette.count]
      return Series(
        "d = \(entry.label.name)", points: summary.points, style: entry.label.isInfinite ? .dashedLine : .line,
        band: entry.label.isInfinite || curves.count < 2 ? nil : summary.band, color: color)
    }
    return series.isEmpty
      ? nil
      : Panel(
        title: "d = \(width). \(group.title)", xAxis: Axis("steps", scale: .log), yAxis: Axis("training loss / initial loss", scale: .log),
        series: series, legend: .inside(.bottomLeft))
  }

  /// Widths of the chains whose bottlenecks are all alike.
  private static func widths(of group: BottleneckGroup) -> [Int] {
    Set(group.entries.filter { Set($0.label.widths).count == 1 }.compactMap(\.label.widths.first)).sorted()
  }
}
