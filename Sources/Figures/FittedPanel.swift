/// A panel with axes that suit what can be shown of it.
struct FittedPanel {
  let panel: Panel
  private(set) var x: AxisFit
  private(set) var y: AxisFit
  /// Points without a place on these axes.
  let droppedPoints: Int
  /// Whether the panel has only marks of what was not reached; its heights are then those of other panels.
  let hasOnlyMarks: Bool

  /// - Returns: nil where nothing can be shown.
  init?(_ panel: Panel) {
    self.panel = panel
    let points = panel.series.flatMap(\.points)
    let shown = points.filter { FittedPanel.isDrawable($0, panel) }
    let bounds = panel.series.flatMap { series in
      zip(series.points, series.band ?? []).filter { FittedPanel.isDrawable($0.0, panel) }.flatMap { [$0.1.lower, $0.1.upper] }
    }
    let marks = panel.series.flatMap(\.marks)
    hasOnlyMarks = shown.isEmpty
    let zero = panel.series.contains { $0.style == .bars } ? [0.0] : []
    guard let x = AxisFit(panel.xAxis, values: shown.map(\.x) + marks.map(\.x)),
      let y = AxisFit(panel.yAxis, values: hasOnlyMarks ? [1, 10] : shown.map(\.y) + bounds + zero)
    else { return nil }
    (self.x, self.y) = (x, y)
    droppedPoints = points.count - shown.count
  }

  func isDrawable(_ point: Series.Point) -> Bool { FittedPanel.isDrawable(point, panel) }

  private static func isDrawable(_ point: Series.Point, _ panel: Panel) -> Bool {
    AxisFit.isDrawable(point.x, panel.xAxis) && AxisFit.isDrawable(point.y, panel.yAxis)
  }

  /// Series of which something can be shown, with those that have only marks.
  var shownSeries: [Series] { panel.series.filter { !$0.marks.isEmpty || $0.points.contains(where: isDrawable) } }

  /// Names in the legend, with the series whose look they tell.
  var listed: [Series] {
    panel.legend == .hidden ? [] : shownSeries.filter { $0.isListed && !$0.label.isEmpty }
  }

  /// Whether the legend has to say what a mark at an edge means.
  var hasMarks: Bool { panel.series.contains { !$0.marks.isEmpty } }

  /// Gives axes of one name one range in all panels, and both axes of a plane.
  static func aligned(_ panels: [FittedPanel]) -> [FittedPanel] {
    func axes(_ other: FittedPanel) -> [(Axis, AxisFit)] {
      [(other.panel.xAxis, other.x)] + (other.hasOnlyMarks ? [] : [(other.panel.yAxis, other.y)])
    }
    func common(_ axis: Axis, _ fit: AxisFit) -> AxisFit {
      let alike = panels.flatMap(axes).filter { $0.0.label == axis.label && $0.0.scale == axis.scale && $0.0.categories == axis.categories }
      guard let first = alike.first else { return fit }
      return AxisFit(
        fit, range: alike.map(\.1.range).reduce(first.1.range) { min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound) })
    }
    return panels.map { own in
      var own = own
      (own.x, own.y) = (common(own.panel.xAxis, own.x), common(own.panel.yAxis, own.y))
      if own.panel.isSquare {
        let range = min(own.x.range.lowerBound, own.y.range.lowerBound)...max(own.x.range.upperBound, own.y.range.upperBound)
        (own.x, own.y) = (AxisFit(own.x, range: range), AxisFit(own.y, range: range))
      }
      return own
    }
  }
}
