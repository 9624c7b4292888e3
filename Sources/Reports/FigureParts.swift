import Figures
import Foundation
import Statistics

/// What the figures of all experiments are put together from.
extension FigureText {
  /// What a footer says of curves that are medians.
  static var medians: FigureText { "Medians over draws; bands: quartiles." }
}

extension Figure {
  /// A figure of the panels that there are; nil without any.
  ///
  /// - Parameter note: what lines and bands are, for the footer.
  init?(_ title: FigureText, note: FigureText, _ panels: [Panel?], columns: Int? = nil) {
    let drawn = panels.compactMap { $0 }
    guard !drawn.isEmpty else { return nil }
    self.init(title: title, panels: drawn, columns: columns, footer: [note])
  }
}

extension Panel {
  /// Axes with the series that there are; nil without any.
  init?(_ title: FigureText, x: Axis, y: Axis, _ series: [Series?], legend: Legend = .right) {
    let drawn = series.compactMap { $0 }
    guard drawn.contains(where: { !$0.points.isEmpty || !$0.marks.isEmpty }) else { return nil }
    self.init(title: title, xAxis: x, yAxis: y, series: drawn, legend: legend)
  }
}

extension Axis {
  /// A logarithmic axis, with ticks at the values where all is, if they are few.
  static func log(_ label: FigureText, at values: some Sequence<Double> = []) -> Axis {
    var axis = Axis(label, scale: .log)
    let ticks = Set(values).sorted()
    axis.ticks = ticks.count <= 12 ? ticks : []
    return axis
  }
}

/// A point of a curve with its band.
struct CurvePoint {
  let x: Double
  /// Value on the vertical axis; nil where too few draws reached what is asked for.
  let y: Double?
  let band: Series.Interval?
  /// The edge beyond which a value lies that was not reached.
  var unreached = Series.Mark.Edge.top

  init(_ x: Double, _ y: Double?, band: Series.Interval? = nil) { (self.x, self.y, self.band) = (x, y, band) }

  /// Median and quartiles over draws, of which some may not have reached what is asked for; nil without draws.
  init?(_ x: Double, of draws: [Double?], times factor: Double = 1) {
    guard !draws.isEmpty else { return nil }
    self.init(x, Quartiles(draws), times: factor)
  }

  /// A median with its quartiles; one that is not reached lies beyond every axis.
  init(_ x: Double, _ quartiles: Quartiles, times factor: Double = 1) {
    let lower = quartiles.lower.map { $0 * factor }, upper = quartiles.upper.map { $0 * factor }
    self.init(x, quartiles.median.map { $0 * factor }, band: lower.map { Series.Interval($0, upper ?? .infinity) })
  }

  /// Mean of draws, with the least and the largest of them; nil without draws.
  init?(_ x: Double, meanOf draws: [Double], times factor: Double = 1) {
    guard let mean = MeanEstimate(draws)?.mean, let least = draws.min(), let most = draws.max() else { return nil }
    self.init(x, mean * factor, band: Series.Interval(least * factor, most * factor))
  }
}

extension Series {
  /// A curve through the points that have a value; those without are marked at an edge. Nil without any point.
  init?(_ name: FigureText, _ points: [CurvePoint?], _ look: CurveLook, isListed: Bool = true) {
    let points = points.compactMap { $0 }, reached = points.compactMap { own in own.y.map { Point(own.x, $0) } }
    guard !points.isEmpty else { return nil }
    // A band of no width anywhere would be of single draws.
    let bands = points.filter { $0.y != nil }.map { own in own.band ?? Interval(own.y ?? 0, own.y ?? 0) }
    self.init(
      name, points: reached, style: look.style, symbol: look.symbol, band: bands.contains { $0.lower < $0.upper } ? bands : nil,
      color: look.color)
    self.isListed = isListed
    marks = points.filter { $0.y == nil }.map { Mark($0.x, $0.unreached) }
  }

  /// Medians of curves of several draws with their quartiles, from where all draws have begun; nil without a point.
  init?(_ name: FigureText, _ curves: [DrawSummary.Curve], isLog: Bool = true, _ look: CurveLook) {
    let summary = DrawSummary(curves.filter { !$0.isEmpty }, isLog: isLog), begin = curves.compactMap(\.first?.step).max() ?? 0
    let points = zip(summary.medians, summary.quartiles).filter { $0.0.step >= begin }
    self.init(name, points.map { CurvePoint($0.step, $0.value, band: Interval($1.lower, $1.upper)) }, look)
  }
}

extension Series {
  /// The series, named with the power of x that its points follow where one can be fitted: `F: ∝ width^−0.50`.
  func fitted(_ variable: String) -> Series {
    guard let law = PowerLaw(points) else { return self }
    var series = self
    series.label = "\(label): ∝ \(variable)\(raised: law.exponent.decimals)"
    return series
  }

  /// The power −1/2 of the width, below the curves, where it hides none; empty without two widths.
  static func guide(under curves: [Series]) -> [Series] {
    let points = curves.flatMap(\.points).filter { $0.x > 0 && $0.y > 0 }
    guard let low = points.map(\.x).min(), let high = points.map(\.x).max(), low < high else { return [] }
    let factor = 0.6 * (points.map { $0.y * $0.x.squareRoot() }.min() ?? 1)
    return [
      Series("∝ width\(raised: "−1/2")", [low, high].map { CurvePoint($0, factor / $0.squareRoot()) }, .guide)
    ].compactMap { $0 }
  }
}

extension Double {
  /// Two decimals, with a minus sign.
  var decimals: String { String(format: "%.2f", self).replacingOccurrences(of: "-", with: "−") }
}

extension PowerLaw {
  init?(_ points: [Series.Point]) { self.init(points.map { ($0.x, $0.y) }) }
}
