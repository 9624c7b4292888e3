/// A panel with axes that suit what can be shown of it.
struct FittedPanel {
  let panel: Panel
  let x: AxisFit
  let y: AxisFit
  /// Points without a place on these axes.
  let droppedPoints: Int

  /// - Returns: nil where no point can be shown.
  init?(_ panel: Panel) {
    self.panel = panel
    let points = panel.series.flatMap(\.points)
    let shown = points.filter { FittedPanel.isDrawable($0, panel) }
    let bounds = panel.series.flatMap { series in
      zip(series.points, series.band ?? []).filter { FittedPanel.isDrawable($0.0, panel) }.flatMap { [$0.1.lower, $0.1.upper] }
    }
    let zero = panel.series.contains { $0.style == .bars } ? [0.0] : []
    guard !shown.isEmpty, let x = AxisFit(panel.xAxis, values: shown.map(\.x)),
      let y = AxisFit(panel.yAxis, values: shown.map(\.y) + bounds + zero)
    else { return nil }
    (self.x, self.y) = (x, y)
    droppedPoints = points.count - shown.count
  }

  func isDrawable(_ point: Series.Point) -> Bool { FittedPanel.isDrawable(point, panel) }

  private static func isDrawable(_ point: Series.Point, _ panel: Panel) -> Bool {
    AxisFit.isDrawable(point.x, panel.xAxis) && AxisFit.isDrawable(point.y, panel.yAxis)
  }
}
