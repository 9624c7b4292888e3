import Figures
import Foundation
import Results
import Statistics

/// The figures of the experiment `finite-width`, made from the files of a run alone.
///
/// `error` (against width, with the guide width^−1/2), `error-steps` (of F at every reading, a curve for each width), `movement` (of the
/// bottlenecks), `kernel` (its error and its change during training) and `sensitivity` (error against the amplification of a
/// perturbation); a panel for each network. Sensitive draws are in the last one alone.
public enum FiniteWidthFigures: RunFigures {
  public static let experiment = "finite-width"

  public static func describe(_ runDirectory: URL) throws(ResultsError) -> [Named] {
    figures(of: try FiniteWidthRuns(reading: runDirectory).groups)
  }

  static func figures(of groups: [FiniteWidthRuns.Group]) -> [RunFigures.Named] {
    var labels: [BottleneckLabel] = []
    for group in groups where !labels.contains(group.label) { labels.append(group.label) }
    let networks = labels.map { label in (label, groups.filter { $0.label == label }) }
    func figure(_ title: String, _ panel: (BottleneckLabel, [FiniteWidthRuns.Group]) -> [Panel]) -> Figure? {
      let panels = networks.flatMap(panel)
      guard !panels.isEmpty else { return nil }
      // Wide enough for a legend beside the axes.
      let columns = min(2, panels.count), rows = (panels.count + columns - 1) / columns
      return Figure(title: title, panels: panels, columns: columns, size: .init(width: 860 * columns, height: 480 * rows + 40))
    }
    return [
      ("error", figure("Finite networks against the limit: median and quartiles over draws") { [errorPanel($0, $1)].compactMap { $0 } }),
      ("error-steps", figure("Error of F on test points during training: median over draws") { [stepsPanel($0, $1)].compactMap { $0 } }),
      ("movement", figure("Movement of the bottlenecks in the limit: median and quartiles") { [movementPanel($0, $1)].compactMap { $0 } }),
      ("kernel", figure("Tangent kernel during training: median over draws") { [kernelPanel($0, $1)].compactMap { $0 } }),
      (
        "sensitivity",
        figure("Sensitivity to a perturbation of the start: diamonds are draws that are set apart") {
          [sensitivityPanel($0, $1)].compactMap { $0 }
        }
      ),
    ].compactMap { name, figure in figure.map { (name: name, figure: $0) } }
  }

  /// The quantities that are drawn against the width.
  private static func quantities(_ label: BottleneckLabel) -> [(name: String, isFitted: Bool, value: (Record) -> Double?)] {
    [("train F", true, { $0.number("train") }), ("test F", true, { $0.number("test") })]
      + label.widths.indices.map { index in
        (label.widths.count == 1 ? "bottleneck" : "bottleneck \(index + 1)", true, { $0.number("errors", at: index) })
      } + [("kernel", true, { $0.number("kernel") }), ("frozen kernel: test F", false, { $0.number("frozenTest") })]
  }

  private static func errorPanel(_ label: BottleneckLabel, _ groups: [FiniteWidthRuns.Group]) -> Panel? {
    let symbols = Series.Symbol.allCases
    var series = quantities(label).enumerated().flatMap { index, quantity -> [Series] in
      let values = groups.map { ($0.width, $0.quartiles(quantity.value)) }.filter { $0.1.median != nil }
      guard !values.isEmpty else { return [] }
      let points = values.map { Series.Point(Double($0.0), $0.1.median ?? 0) }
      let band = values.map { Series.Interval($0.1.lower ?? $0.1.median ?? 0, $0.1.upper ?? $0.1.median ?? 0) }
      let slope = quantity.isFitted ? WidthSlope(groups.map { ($0.width, $0.ends(quantity.value)) }) : nil
      let color = quantity.isFitted ? Color.palette[index % Color.palette.count] : .black
      return [
        Series("", points: points, style: quantity.isFitted ? .line : .dashedLine, color: color),
        Series(
          quantity.name + (slope.map { ": \($0.text)" } ?? ""), points: points, style: .points(symbols[index % symbols.count]), band: band,
          color: color),
      ]
    }
    guard let first = series.first?.points.first, let last = series.first?.points.last, last.x > first.x else {
      return series.isEmpty ? nil : panel(label, Axis("width", scale: .log), Axis("relative error", scale: .log), series, .right)
    }
    // Below the curves, where it hides none.
    let lowest = series.flatMap(\.points).map { $0.y * ($0.x / first.x).squareRoot() }.min() ?? first.y
    let guide = [first.x, last.x].map { Series.Point($0, 0.6 * lowest * (first.x / $0).squareRoot()) }
    series.append(Series("∝ width^−1/2", points: guide, style: .dashedLine, color: Color(rgb: 0x888888)))
    return panel(label, Axis("width", scale: .log), Axis("relative error", scale: .log), series, .right)
  }

  private static func stepsPanel(_ label: BottleneckLabel, _ groups: [FiniteWidthRuns.Group]) -> Panel? {
    var series = groups.enumerated().compactMap { index, group -> Series? in
      let summary = summary(group.calm) { $0.number("test") }
      return summary.points.isEmpty
        ? nil : Series("\(group.width)", points: summary.points, color: Color.palette[index % Color.palette.count])
    }
    if let largest = groups.last(where: { !$0.calm.isEmpty }) {
      let summary = summary(largest.calm) { $0.number("frozenTest") }
      series.append(Series("frozen kernel", points: summary.points, style: .dashedLine, color: .black))
    }
    return panel(label, Axis("steps", scale: .log), Axis("relative error of F", scale: .log), series, .right)
  }

  private static func movementPanel(_ label: BottleneckLabel, _ groups: [FiniteWidthRuns.Group]) -> Panel? {
    guard let largest = groups.last(where: { !$0.calm.isEmpty }) else { return nil }
    let series = label.widths.indices.compactMap { index -> Series? in
      let summary = summary(largest.calm, isLog: false) { $0.number("movement", at: index) }
      return summary.points.isEmpty
        ? nil
        : Series(
          label.widths.count == 1 ? "bottleneck" : "bottleneck \(index + 1)", points: summary.points, band: summary.band,
          color: Color.palette[2 * index % Color.palette.count])
    }
    return panel(label, Axis("steps", scale: .log), Axis("|z − z_0| / |z_0|"), series, .inside(.topLeft))
  }

  private static func kernelPanel(_ label: BottleneckLabel, _ groups: [FiniteWidthRuns.Group]) -> Panel? {
    let symbols = Series.Symbol.allCases
    var series = groups.enumerated().flatMap { index, group -> [Series] in
      let points = summary(group.calm, from: 0) { $0.number("kernel") }.points.map { Series.Point($0.x + 1, $0.y) }
      let color = Color.palette[index % Color.palette.count]
      return points.isEmpty
        ? []
        : [
          Series("", points: points, color: color),
          Series("\(group.width)", points: points, style: .points(symbols[index % symbols.count]), color: color),
        ]
    }
    if let largest = groups.last(where: { !$0.calm.isEmpty }), !series.isEmpty {
      let points = summary(largest.calm) { $0.number("kernelChange") }.points.map { Series.Point($0.x + 1, $0.y) }
      if !points.isEmpty { series.append(Series("change since step 0", points: points, style: .dashedLine, color: .black)) }
    }
    return panel(label, Axis("steps + 1", scale: .log), Axis("relative distance of Θ", scale: .log), series, .right)
  }

  private static func sensitivityPanel(_ label: BottleneckLabel, _ groups: [FiniteWidthRuns.Group]) -> Panel? {
    var series = groups.enumerated().flatMap { index, group -> [Series] in
      func points(_ draws: [FiniteWidthRuns.Draw]) -> [Series.Point] {
        draws.compactMap { draw in
          guard draw.amplification > 0, draw.amplification.isFinite else { return nil }
          return draw.end?.number("test").map { Series.Point(draw.amplification, $0 * Double(group.width).squareRoot()) }
        }
      }
      let color = Color.palette[index % Color.palette.count]
      return [
        Series("\(group.width)", points: points(group.calm), style: .points(.circle), color: color),
        Series("", points: points(group.draws.filter(\.isSensitive)), style: .points(.diamond), color: color),
      ].filter { !$0.points.isEmpty }
    }
    let heights = series.flatMap(\.points).map(\.y).filter { $0 > 0 }
    guard let low = heights.min(), let high = heights.max() else { return nil }
    let threshold = FiniteWidthRuns.sensitiveAbove
    series.append(
      Series("sensitive beyond", points: [.init(threshold, low), .init(threshold, high)], style: .dashedLine, color: Color(rgb: 0x888888)))
    return panel(
      label, Axis("amplification of a perturbation", scale: .log), Axis("error of test F × √width", scale: .log), series, .right)
  }

  private static func panel(_ label: BottleneckLabel, _ x: Axis, _ y: Axis, _ series: [Series], _ legend: Legend) -> Panel? {
    let title = label.isInfinite ? "No bottleneck" : "Bottlenecks \(label.name)"
    return series.isEmpty ? nil : Panel(title: title, xAxis: x, yAxis: y, series: series, legend: legend)
  }

  /// Median and quartiles of a quantity by step over draws.
  private static func summary(
    _ draws: [FiniteWidthRuns.Draw], from first: Double = 1, isLog: Bool = true, _ value: (Record) -> Double?
  ) -> DrawSummary {
    DrawSummary(draws.map { $0.curve(value).filter { $0.step >= first } }.filter { !$0.isEmpty }, isLog: isLog)
  }
}
