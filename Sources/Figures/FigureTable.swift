import PrintableText

/// The numbers of a figure as CSV: exactly what is drawn.
struct FigureTable {
  /// A line for each point, with headings: `panel`, `curve`, `x`, `y`, `low`, `high`.
  ///
  /// On an axis of names x is the name. `low` and `high` are the ends of band or error bar, empty where there is none; what was not
  /// reached has an empty y.
  let csv: String

  init(_ panels: [FittedPanel], title: FigureText) {
    var rows = [["panel", "curve", "x", "y", "low", "high"]]
    for fitted in panels {
      let panel = fitted.panel, name = panel.title.isEmpty ? title : panel.title
      func x(_ value: Double) -> String {
        let names = panel.xAxis.categories, index = Int(exactly: value.rounded())
        return index.flatMap { names.indices.contains($0) ? names[$0] : nil } ?? "\(value)"
      }
      for series in panel.series {
        let head = ["\(name)", "\(series.label)"]
        for (index, point) in series.points.enumerated() where fitted.isDrawable(point) {
          let interval = series.band?[index]
          rows.append(head + [x(point.x), "\(point.y)", interval.map { "\($0.lower)" } ?? "", interval.map { "\($0.upper)" } ?? ""])
        }
        rows += series.marks.map { head + [x($0.x), "", "", ""] }
      }
    }
    csv = rows.map(\.csvLine).joined()
  }
}
