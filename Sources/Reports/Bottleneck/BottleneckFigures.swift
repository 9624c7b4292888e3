import Figures
import Foundation
import Results
import Statistics

/// The figures of the experiment `bottleneck`, made from the files of a run alone.
///
/// `loss` (training loss against steps), `test-error` (against d), `kernel` (change and alignment of the kernel against steps,
/// for the first comparison that recorded them) and `representation-<bottlenecks>` (values in a bottleneck of width 2).
public enum BottleneckFigures: RunFigures {
  public static let experiment = "bottleneck"

  public static func describe(_ runDirectory: URL) throws(ResultsError) -> [Named] {
    let runs = try BottleneckRuns(reading: runDirectory), groups = runs.groups
    let style = BottleneckStyle(Set(groups.flatMap(\.entries).map(\.label)))
    let curves = [
      ("loss", lossFigure(groups, style)), ("test-error", testErrorFigure(groups)), ("kernel", kernelFigure(groups, style)),
    ].compactMap { name, figure in figure.map { (name: name, figure: $0) } }
    return curves + (try RepresentationFigures.figures(from: runDirectory))
  }

  static func lossFigure(_ groups: [BottleneckGroup], _ style: BottleneckStyle) -> Figure? {
    let panels = groups.compactMap { group in
      panel(
        group.title, group.entries, style, yAxis: Axis("training loss / initial loss", scale: .log), legend: .inside(.bottomLeft)
      ) { $0.relativeLoss }
    }
    return panels.isEmpty ? nil : Figure(title: "Training loss: median over draws, quartiles shaded", panels: panels)
  }

  static func kernelFigure(_ groups: [BottleneckGroup], _ style: BottleneckStyle) -> Figure? {
    let quantities: [(BottleneckRun.Quantity, String, String)] = [
      (.kernelChange, "Movement of the kernel", "‖Θ − Θ₀‖ / ‖Θ₀‖"), (.alignment, "Alignment of the kernel with the targets", "alignment"),
    ]
    for group in groups {
      let panels = quantities.compactMap { quantity, title, label in
        panel(title, group.entries, style, yAxis: Axis(label), legend: .inside(.topLeft)) { $0.curve(quantity) }
      }
      if !panels.isEmpty { return Figure(title: "Kernel during training. \(group.title)", panels: panels) }
    }
    return nil
  }

  static func testErrorFigure(_ groups: [BottleneckGroup]) -> Figure? {
    let panels = groups.compactMap { group -> Panel? in
      let kinds: [(String, Series.Symbol, Color, Double, (BottleneckRun) -> Double?)] = [
        ("at the end of training", .disc, Color.palette[4], -0.08, { $0.finalTestError }),
        ("best during training", .openSquare, Color.palette[0], 0.08, { $0.bestTestError }),
      ]
      let series = kinds.compactMap { name, symbol, color, offset, error -> Series? in
        var points: [Series.Point] = [], band: [Series.Interval] = []
        for (index, entry) in group.entries.enumerated() {
          let quartiles = Quartiles(entry.draws.compactMap(error).map { 100 * $0 })
          guard let median = quartiles.median, let lower = quartiles.lower, let upper = quartiles.upper else { continue }
          points.append(Series.Point(Double(index) + offset, median))
          band.append(Series.Interval(lower, upper))
        }
        return points.isEmpty ? nil : Series(name, points: points, style: .points(symbol), band: band, color: color)
      }
      let xAxis = Axis("bottleneck width d", categories: group.entries.map(\.label.name))
      // From zero, so that heights compare.
      let top = series.flatMap { $0.band ?? [] }.map(\.upper).max() ?? 0
      let yAxis = Axis("test error (%)", range: 0...(top > 0 ? 1.08 * top : 1))
      return series.isEmpty ? nil : Panel(title: group.title, xAxis: xAxis, yAxis: yAxis, series: series, legend: .below)
    }
    return panels.isEmpty ? nil : Figure(title: "Test error: median and quartiles over draws", panels: panels)
  }

  /// Curves of all entries against steps from 1 on; step 0 has no place on a logarithmic axis. Nil without any point.
  private static func panel(
    _ title: String, _ entries: [BottleneckGroup.Entry], _ style: BottleneckStyle, yAxis: Axis, legend: Legend,
    _ curve: (BottleneckRun) -> DrawSummary.Curve
  ) -> Panel? {
    let series = entries.compactMap { entry -> Series? in
      let curves = entry.draws.map { curve($0).filter { $0.step >= 1 } }.filter { !$0.isEmpty }
      let summary = DrawSummary(curves, isLog: yAxis.scale == .log)
      guard !summary.points.isEmpty else { return nil }
      let (color, lineStyle) = style[entry.label]
      return Series(
        "d = \(entry.label.name)", points: summary.points, style: lineStyle, band: curves.count > 1 ? summary.band : nil, color: color)
    }
    return series.isEmpty
      ? nil : Panel(title: title, xAxis: Axis("steps", scale: .log), yAxis: yAxis, series: series, legend: legend)
  }
}
