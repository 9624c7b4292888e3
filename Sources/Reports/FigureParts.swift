import Figures
import Statistics

/// What the figures of all experiments are put together from.
extension Figure {
  /// A figure of the panels that there are; nil without any.
  init?(_ title: String, _ panels: [Panel?], columns: Int? = nil) {
    let drawn = panels.compactMap { $0 }
    guard !drawn.isEmpty else { return nil }
    self.init(title: title, panels: drawn, columns: columns)
  }
}

extension Panel {
  /// Axes with series; nil without any.
  init?(_ title: String, x: Axis, y: Axis, _ series: [Series], _ legend: Legend) {
    guard !series.isEmpty else { return nil }
    self.init(title: title, xAxis: x, yAxis: y, series: series, legend: legend)
  }
}

extension Axis {
  static func log(_ label: String) -> Axis { Axis(label, scale: .log) }
}

extension Color {
  /// Colours by number, from the start again after the last.
  static func number(_ index: Int) -> Color { palette[index % palette.count] }
  /// Guides that nothing is measured on.
  static let guide = Color(rgb: 0x888888)
}

extension Series.Style {
  /// Symbols by number, from the start again after the last.
  static func symbol(_ index: Int) -> Series.Style { .points(Series.Symbol.allCases[index % Series.Symbol.allCases.count]) }
}

extension Series {
  /// Points on a line of one colour; empty without points. The symbols have the name, unless the line has it.
  static func marked(
    _ name: String, _ points: [Point], symbol: Int, _ color: Color, line: Style = .line, band: [Interval]? = nil,
    lineBand: [Interval]? = nil, namesLine: Bool = false
  ) -> [Series] {
    guard !points.isEmpty else { return [] }
    return [
      Series(namesLine ? name : "", points: points, style: line, band: lineBand, color: color),
      Series(namesLine ? "" : name, points: points, style: .symbol(symbol), band: band, color: color),
    ]
  }

  /// Medians of curves of several draws, with quartiles where `hasBand`; nil without a point.
  static func median(
    _ name: String, _ curves: [DrawSummary.Curve], isLog: Bool = true, _ style: Style = .line, hasBand: Bool = false, _ color: Color
  ) -> Series? {
    let summary = DrawSummary(curves.filter { !$0.isEmpty }, isLog: isLog)
    let band = summary.quartiles.map { Interval($0.lower, $0.upper) }
    let points = summary.medians.map { Point($0.step, $0.value) }
    return points.isEmpty ? nil : Series(name, points: points, style: style, band: hasBand ? band : nil, color: color)
  }
}

extension PowerLaw {
  init?(_ points: [Series.Point]) { self.init(points.map { ($0.x, $0.y) }) }
}
