import Figures
import Statistics

extension PowerLaw {
  init?(_ points: [Series.Point]) { self.init(points.map { ($0.x, $0.y) }) }
}

extension DrawSummary {
  /// The medians, as a series draws them.
  var points: [Series.Point] { medians.map { Series.Point($0.step, $0.value) } }
  /// The quartiles, as the band of a series.
  var band: [Series.Interval] { quartiles.map { Series.Interval($0.lower, $0.upper) } }
}
