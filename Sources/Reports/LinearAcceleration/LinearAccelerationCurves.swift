import Figures
import Foundation
import Results
import Statistics

/// Curves of losses and of singular modes of the experiment `linear-acceleration`.
enum LinearAccelerationCurves {
  /// Loss against time, a panel for each norm, of the first kind of inputs and start.
  static func loss(_ records: LinearAccelerationRecords) -> Figure? {
    let cases = records.cases
    guard let first = cases.keys.min() else { return nil }
    let own = cases.keys.filter { $0.decay == first.decay && $0.isCentred == first.isCentred }.sorted()
    let style = BottleneckStyle(Set(own.map(\.bottlenecks)))
    let panels = Set(own.map(\.norm)).sorted().map { norm -> Panel in
      let keys = own.filter { $0.norm == norm }
      let without = curve(
        keys.first.flatMap { cases[$0] } ?? [], "lossesWithout", over: "readingsWithout", label: "no bottleneck", .dashedLine, .black)
      let with = keys.flatMap { key in
        let (color, line) = style[key.bottlenecks]
        return curve(cases[key] ?? [], "losses", label: "d = \(key.bottlenecks.name)", line, color)
      }
      return Panel(
        title: "norm of the target \(JSONValue.number(norm).text)", xAxis: Axis("time × rate without bottleneck", scale: .log),
        yAxis: Axis("loss / initial loss", scale: .log), series: without + with, legend: .inside(.bottomLeft))
    }
    let inputs = first.decay == 0 ? "white inputs" : "covariance 1/j^\(JSONValue.number(first.decay).text)"
    let start = first.isCentred ? "F − F₀" : "F"
    return Figure(title: "Loss, \(inputs), \(start) trained: medians over draws, quartiles shaded", panels: panels)
  }

  /// Loss against steps of regression at each depth's best rate, a panel for each problem and power.
  static func regression(_ records: LinearAccelerationRecords) -> Figure? {
    let cases = records.regressions, keys = cases.keys.sorted()
    var panels: [Panel] = [], index = 0
    while index < keys.count {
      let first = keys[index], group = keys[index...].prefix { ($0.problem, $0.power) == (first.problem, first.power) }
      let series = group.enumerated().flatMap { index, key in
        curve(cases[key] ?? [], "losses", label: "N = \(key.depth)", .line, Color.palette[index % Color.palette.count])
      }
      let name = first.problem == "identity" ? "x = I₂, y = (10, 1)" : "Gaussian inputs"
      if !series.isEmpty {
        panels.append(
          Panel(
            title: "ℓ\(first.power == 2 ? "₂" : first.power == 4 ? "₄" : "\(first.power)") regression, \(name)",
            xAxis: Axis("step", scale: .log), yAxis: Axis("loss / initial loss", scale: .log), series: series,
            legend: .inside(.bottomLeft)))
      }
      index += group.count
    }
    return panels.isEmpty
      ? nil : Figure(title: "End-to-end rules of depth N, each at its best constant rate: medians, quartiles shaded", panels: panels)
  }

  /// Integrated modes as symbols on the curves of their own equations, a panel for each depth.
  static func modes(_ records: LinearAccelerationRecords) -> Figure? {
    let lines = records.others("mode")
    let depths = Set(lines.compactMap { $0.number("depth") }).sorted()
    let panels = depths.compactMap { depth -> Panel? in
      let own = lines.filter { $0.number("depth") == depth }.sorted { $0.number("mode") ?? 0 < $1.number("mode") ?? 0 }
      let series = own.enumerated().flatMap { index, line -> [Series] in
        guard let times = line.numbers("times"), let integrated = line.numbers("integrated"), let expected = line.numbers("expected"),
          let strength = line.number("strength")
        else { return [] }
        let color = Color.palette[2 * index % Color.palette.count]
        let points = zip(times, integrated).map { Series.Point($0, $1) }
        return [
          Series("", points: zip(times, expected).map { Series.Point($0, $1) }, color: color),
          Series(
            "s = \(JSONValue.number(strength).text)", points: points.enumerated().filter { $0.offset % 4 == 0 }.map(\.element),
            style: .points(Series.Symbol.allCases[index % Series.Symbol.allCases.count]), color: color),
        ]
      }
      return series.isEmpty
        ? nil
        : Panel(
          title: "N = \(JSONValue.number(depth).text) matrices", xAxis: Axis("time / τ"), yAxis: Axis("singular mode"), series: series,
          legend: .below)
    }
    return panels.isEmpty
      ? nil : Figure(title: "Singular modes: all matrices integrated (symbols), each mode's own equation (lines)", panels: panels)
  }

  /// Median and quartiles over runs of curves over the times or steps at which they were read.
  private static func curve(
    _ lines: [Record], _ values: String, over readings: String = "readings", label: String, _ style: Series.Style, _ color: Color
  ) -> [Series] {
    let curves = lines.compactMap { line -> DrawSummary.Curve? in
      guard let readings = line.numbers(readings), let values = line.numbers(values) else { return nil }
      return zip(readings, values).filter { $0.0 > 0 }.map { (step: $0, value: $1) }
    }
    let summary = DrawSummary(curves, isLog: true)
    return summary.points.isEmpty ? [] : [Series(label, points: summary.points, style: style, band: summary.band, color: color)]
  }
}
