/// Where everything in a figure stands, in points from its upper left corner.
///
/// All plot areas are of one size; titles, legends and footers have the room that their texts are estimated to need.
struct FigureLayout {
  /// A panel's place.
  struct Place {
    /// Left, right, upper and lower edge of the plot area.
    let left, right, top, bottom: Double
    /// Lines of the panel's title.
    let title: [FigureText]
    /// Where the names of the axes stand: their lines' height, and distance from the left.
    let xLabel, yLabel: Double
    /// Upper left corner of the legend; nil where there is none.
    let legend: (x: Double, y: Double, rows: Int)?
    /// Whether names on the horizontal axis are slanted, since they would overlap.
    let hasSlantedNames: Bool
  }

  let width, height: Double
  /// Lines of the title above all panels.
  let title: [FigureText]
  let places: [Place]
  /// Lines at the bottom, and the height of the first.
  let footer: [FigureText]
  let footerTop: Double

  /// Sizes of fonts, in points.
  enum FontSize {
    static let title = 20.0, panel = 17.0, axis = 16.0, tick = 15.0, legend = 15.0, note = 13.0
  }
  /// Distance of lines, over the size of their font.
  static let lineSpacing = 1.35
  /// Room beside the plot area: what a name of an axis takes, and the ticks without their labels.
  private static let axisName = 52.0, rightMargin = 24.0, axisHeight = 58.0
  /// Distance between the texts and the edges of the picture.
  static let padding = 12.0
  /// What a legend has beside the name: a piece of the line.
  private static let sample = 78.0
  /// Height of one line of a legend.
  private static let legendLine = 21.0
  /// Height of one line of a legend as gnuplot counts it.
  static let keySpacing = 1.2
  /// Far beyond what fits a page.
  private static let longest = 15_000.0

  init(_ figure: Figure, _ panels: [FittedPanel]) {
    let columns = min(figure.columns, panels.count), rows = (panels.count + columns - 1) / columns
    let isSquare = panels.contains(where: \.panel.isSquare)
    let plot = FigureLayout.plotSize(columns: columns, isSingle: panels.count == 1, isSquare: isSquare)
    let names = panels.indices.map { FigureLayout.legendNames(panels, $0, columns: columns) }
    let slant = panels.map { FigureLayout.slantedHeight($0, plotWidth: plot.width) }
    let lefts = (0..<columns).map { column in
      FigureLayout.axisName + (stride(from: column, to: panels.count, by: columns).map { FigureLayout.tickWidth(panels[$0].y) }.max() ?? 0)
    }
    func widest(_ own: [FigureText]) -> Double { FigureLayout.sample + (own.map { $0.width(FontSize.legend) }.max() ?? 0) }

    // Columns are as wide as their widest legend, rows as high as their highest panel.
    let cells = panels.indices.map { index -> (rows: Int, right: Double, below: Double) in
      guard !names[index].isEmpty else { return (0, 0, 0) }
      guard panels[index].panel.legend == .below else { return (names[index].count, widest(names[index]), 0) }
      let columns = min(max(1, Int((plot.width + lefts[0] / 2) / widest(names[index]))), names[index].count)
      let rows = (names[index].count + columns - 1) / columns
      return (rows, 0, FigureLayout.legendLine * Double(rows) + 6)
    }
    let columnWidths = (0..<columns).map { column in
      lefts[column] + plot.width + FigureLayout.rightMargin
        + (stride(from: column, to: panels.count, by: columns).map { cells[$0].right }.max() ?? 0)
    }
    let width = columnWidths.reduce(0, +)
    let title = figure.title.lines(width: width - 2 * FigureLayout.padding, fontSize: FontSize.title, most: 3)
    let footer = figure.footer.flatMap { $0.lines(width: width - 2 * FigureLayout.padding, fontSize: FontSize.note, most: 3) }
    // The title of a figure of one panel is that of the figure.
    let panelTitles = panels.map { own in
      own.panel.title == figure.title
        ? []
        : own.panel.title.lines(
          width: plot.width + FigureLayout.rightMargin, fontSize: FontSize.panel, most: 3)
    }

    var places: [Place] = [], top = FigureLayout.padding + Double(title.count) * FontSize.title * FigureLayout.lineSpacing
    for row in 0..<rows {
      let indices = row * columns..<min((row + 1) * columns, panels.count)
      let titleHeight = 10 + FontSize.panel * FigureLayout.lineSpacing * Double(indices.map { panelTitles[$0].count }.max() ?? 0)
      // A list beside the axes may be longer than they are high.
      let beside = indices.filter { panels[$0].panel.legend == .right }.map { FigureLayout.legendLine * Double(names[$0].count) }.max() ?? 0
      let plotHeight = max(plot.height, beside), plotTop = top + titleHeight, plotBottom = plotTop + plotHeight
      let axisHeight = FigureLayout.axisHeight + (indices.map { slant[$0] }.max() ?? 0)
      for index in indices {
        let column = index - row * columns, left = columnWidths[..<column].reduce(0, +) + lefts[column]
        let isBelow = panels[index].panel.legend == .below
        let legend = (
          x: isBelow ? left - lefts[column] / 2 : left + plot.width + 8, y: isBelow ? plotBottom + axisHeight : plotTop,
          rows: cells[index].rows
        )
        places.append(
          Place(
            left: left, right: left + plot.width, top: plotTop, bottom: plotBottom, title: panelTitles[index],
            xLabel: plotBottom + axisHeight - 12, yLabel: left - lefts[column] + 24,
            legend: names[index].isEmpty ? nil : legend, hasSlantedNames: slant[index] > 0))
      }
      top = plotBottom + axisHeight + (indices.map { cells[$0].below }.max() ?? 0) + 6
    }
    (self.title, self.footer, self.places, footerTop) = (title, footer, places, top + FontSize.note)
    let footerHeight = Double(footer.count) * FontSize.note * FigureLayout.lineSpacing
    self.width = min(width, FigureLayout.longest)
    height = min(top + footerHeight + FigureLayout.padding, FigureLayout.longest)
  }

  private static func plotSize(columns: Int, isSingle: Bool, isSquare: Bool) -> (width: Double, height: Double) {
    if isSquare { return (400, 400) }
    return isSingle ? (640, 430) : columns == 1 ? (640, 340) : (430, 320)
  }

  /// Names in the legend of a panel; none where a panel at the end of its row, or of a row above, has them too.
  private static func legendNames(_ panels: [FittedPanel], _ index: Int, columns: Int) -> [FigureText] {
    let own = panels[index]
    func look(_ panel: FittedPanel) -> [Series] {
      panel.listed.map { series in
        var look = series
        (look.points, look.band, look.marks) = ([], nil, [])
        return look
      }
    }
    let names = own.listed.map(\.label) + (own.hasMarks && own.panel.legend != .hidden ? [markName] : [])
    guard own.panel.legend == .right else { return names }
    let ends = (0...index / columns).map { ($0 + 1) * columns - 1 }.filter { $0 != index && $0 < panels.count }.map { panels[$0] }
    let isShared = ends.contains { end in
      end.panel.legend == .right && look(own).allSatisfy(look(end).contains) && (end.hasMarks || !own.hasMarks)
    }
    return isShared ? [] : names
  }

  /// Name of the marks at edges.
  static let markName: FigureText = "not reached"

  /// The longest label of an axis' ticks; of those that gnuplot makes, what it needs at most.
  private static func tickWidth(_ axis: AxisFit) -> Double {
    axis.ticks.map { $0.map { $0.label.width(FontSize.tick) }.max() ?? 0 } ?? 90
  }

  /// What slanted names need below the axis; 0 where the names stand side by side.
  private static func slantedHeight(_ panel: FittedPanel, plotWidth: Double) -> Double {
    let widths = panel.panel.xAxis.categories.map { FigureText($0).width(FontSize.tick) }, widest = widths.max() ?? 0
    // At 35 degrees.
    return widest > 0.95 * plotWidth / Double(max(widths.count, 1)) ? 0.57 * min(widest, 300) : 0
  }

}
