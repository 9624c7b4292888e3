import Foundation

/// A figure as a gnuplot script.
package struct GnuplotScript {
  /// The file that gnuplot writes, in the folder where it is started.
  static let output = "figure"

  /// The commands and the data, apart from terminal and output.
  package private(set) var body = ""
  /// The panels that are drawn, with their axes.
  let panels: [FittedPanel]
  /// Points left out because the axes cannot show them.
  package var droppedPoints: Int { panels.reduce(0) { $0 + $1.droppedPoints } }
  /// Titles of panels left out because none of their points can be shown.
  package let droppedPanels: [FigureText]
  private let layout: FigureLayout
  private var blockCount = 0

  /// - Throws: `FigureError.nothingToDraw` where no panel has a point to show.
  package init(_ figure: Figure, name: String) throws(FigureError) {
    var panels: [FittedPanel] = [], dropped: [FigureText] = []
    for panel in figure.panels {
      if panels.count < GnuplotScript.mostPanels, let fitted = FittedPanel(panel) {
        panels.append(fitted)
      } else {
        dropped.append(panel.title.isEmpty ? figure.title : panel.title)
      }
    }
    guard panels.contains(where: { !$0.hasOnlyMarks }) else {
      throw .nothingToDraw(figure: name, panel: "\(dropped.first ?? figure.title)")
    }
    (self.panels, droppedPanels) = (FittedPanel.aligned(panels), dropped)
    layout = FigureLayout(figure, self.panels)
    body = """
      set multiplot
      set border 3 lw 1.2 lc rgb '#444444'
      set tics nomirror out scale 0.6,0.35 textcolor rgb '#222222' font ',\(FigureLayout.FontSize.tick)'
      set grid xtics ytics lt 1 lw 0.7 lc rgb '#E4E4E4'
      set grid back
      set format '%g'
      set minussign
      set style fill transparent solid 0.18 noborder
      set boxwidth 0.8

      """
    addFrame()
    for (panel, place) in zip(self.panels, layout.places) { add(panel, place) }
    body += "unset multiplot\n"
  }

  /// Draws the figure into the file `output`.
  func text(_ format: FigureFormat) -> String {
    let (width, height) = (Int(layout.width.rounded(.up)), Int(layout.height.rounded(.up)))
    let terminal =
      switch format {
      case .svg: "svg size \(width),\(height) fixed enhanced font 'sans-serif,15' background rgb '#FFFFFF'"
      case .png:
        // Cairo counts 96 pixels to 72 points of a font.
        "pngcairo size \(2 * width),\(2 * height) enhanced font 'sans-serif,15' fontscale 1.5 linewidth 2 "
          + "pointscale 2 dashlength 1.2 background rgb '#FFFFFF'"
      case .pdf:
        "pdfcairo size \(Double(width) / 72)in,\(Double(height) / 72)in enhanced font 'sans-serif,15' fontscale 0.75 linewidth 2 "
          + "pointscale 1 dashlength 1 background rgb '#FFFFFF'"
      }
    return "set encoding utf8\nset terminal \(terminal)\nset output '\(GnuplotScript.output)'\n" + body
  }

  /// More panels are left out: nobody could read them.
  static let mostPanels = 60

  /// A place as gnuplot's coordinates of the whole picture.
  private func screen(_ x: Double, _ y: Double) -> String { "screen \(x / layout.width),\(1 - y / layout.height)" }

  /// Title and footer of the figure, which the first panel draws.
  private mutating func addFrame() {
    var tag = 1
    func label(_ text: FigureText, _ place: String, _ size: Double, _ color: String) -> String {
      defer { tag += 1 }
      return "set label \(tag) \(GnuplotText.quoted(text)) at \(place) font ',\(size)' textcolor rgb '\(color)'\n"
    }
    for (line, text) in layout.title.enumerated() {
      let y = 26 + Double(line) * FigureLayout.FontSize.title * FigureLayout.lineSpacing
      body += label(text, screen(layout.width / 2, y) + " center", FigureLayout.FontSize.title, "#000000")
    }
    for (line, text) in layout.footer.enumerated() {
      let y = layout.footerTop + Double(line) * FigureLayout.FontSize.note * FigureLayout.lineSpacing
      body += label(text, screen(FigureLayout.padding, y) + " left", FigureLayout.FontSize.note, "#555555")
    }
  }

  private mutating func add(_ fitted: FittedPanel, _ place: FigureLayout.Place) {
    let panel = fitted.panel, right = place.right / layout.width, top = 1 - place.top / layout.height
    body += """
      set lmargin at screen \(place.left / layout.width)
      set rmargin at screen \(right)
      set tmargin at screen \(top)
      set bmargin at screen \(1 - place.bottom / layout.height)

      """
    for (line, text) in place.title.enumerated() {
      let y = place.top - 12 - Double(place.title.count - 1 - line) * FigureLayout.FontSize.panel * FigureLayout.lineSpacing
      body += "set label \(GnuplotText.quoted(text)) at \(screen((place.left + place.right) / 2, y)) center "
      body += "font ',\(FigureLayout.FontSize.panel)'\n"
    }
    add(fitted.x, "x", place.hasSlantedNames ? "rotate by 35 right" : "norotate offset 0,0.4")
    add(fitted.y, "y", "norotate")
    // gnuplot would place names of axes by the widths of ticks that it guesses, and outside of the picture.
    for (text, place) in [
      (panel.xAxis.label, screen((place.left + place.right) / 2, place.xLabel) + " center"),
      (panel.yAxis.label, screen(place.yLabel, (place.top + place.bottom) / 2) + " center rotate by 90"),
    ] where !text.isEmpty {
      body += "set label \(GnuplotText.quoted(text)) at \(place) font ',\(FigureLayout.FontSize.axis)'\n"
    }
    if fitted.droppedPoints > 0 {
      let note: FigureText = "\(fitted.droppedPoints) point\(fitted.droppedPoints == 1 ? "" : "s") without a place on these axes not shown"
      body += "set label \(GnuplotText.quoted(note)) at graph 0.995,0.02 right font ',10' textcolor rgb '#888888' front\n"
    }
    if let legend = place.legend {
      body += "set key at \(screen(legend.x, legend.y)) left top vertical maxrows \(legend.rows) Left reverse samplen 2.5 "
      body += "spacing \(FigureLayout.keySpacing) width 1 font ',\(FigureLayout.FontSize.legend)' nobox\n"
    } else {
      body += "unset key\n"
    }
    addSeries(fitted, hasLegend: place.legend != nil)
    body += "unset label\n"
  }

  private mutating func addSeries(_ fitted: FittedPanel, hasLegend: Bool) {
    var bands: [String] = [], marks: [String] = [], marked = 0
    for series in fitted.shownSeries {
      let isListed = hasLegend && series.isListed && !series.label.isEmpty
      var title = isListed ? "title \(GnuplotText.quoted(series.label, limit: GnuplotText.nameLimit))" : "notitle"
      if series.points.contains(where: fitted.isDrawable) {
        let elements = SeriesElements(series, block: addBlock(rows(series, fitted)), title: title)
        bands += elements.below
        marks += elements.above
        title = "notitle"
      }
      guard !series.marks.isEmpty else { continue }
      // Those of several series stand one beside the other.
      let inset = 0.03 + 0.045 * Double(marked)
      let places = series.marks.map { "\($0.x) \(fitted.y.value(at: $0.edge == .top ? 1 - inset : inset))\n" }.joined()
      marked += 1
      marks.append("\(addBlock(places)) using 1:2 with points \(GnuplotScript.mark) lc rgb '\(series.color.hexadecimal)' \(title)")
    }
    if hasLegend, fitted.hasMarks {
      marks.append("NaN with points \(GnuplotScript.mark) lc rgb '#555555' title \(GnuplotText.quoted(FigureLayout.markName))")
    }
    body += "plot " + (bands + marks).joined(separator: ", \\\n  ") + "\n"
  }

  /// The symbol of what was not reached: a cross.
  private static let mark = "pt 2 ps 1.3 lw 2.5"

  /// - Returns: the name of a block with these rows.
  private mutating func addBlock(_ rows: String) -> String {
    defer { blockCount += 1 }
    body += "$d\(blockCount) << END\n" + rows + "END\n"
    return "$d\(blockCount)"
  }

  private mutating func add(_ fit: AxisFit, _ letter: String, _ placement: String) {
    body += fit.isLog ? "set logscale \(letter)\n" : "unset logscale \(letter)\n"
    body += "set \(letter)range [\(fit.range.lowerBound):\(fit.range.upperBound)]\n"
    body += "set \(letter)tics \(placement)\n"
    guard let ticks = fit.ticks else {
      body += "set \(letter)tics autofreq\n"
      return
    }
    let majors = ticks.filter { !$0.label.isEmpty }.map { "\(GnuplotText.quotedTick($0.label)) \($0.value) 0" }
    let minors = ticks.filter(\.label.isEmpty).map { "'' \($0.value) 1" }
    body += "set \(letter)tics (\((majors + minors).joined(separator: ", ")))\n"
  }

  /// Rows `x y lower upper`; a point that cannot be drawn is an empty line, which interrupts a line. A lower bound below a
  /// logarithmic axis ends at the axis.
  private func rows(_ series: Series, _ fitted: FittedPanel) -> String {
    var text = ""
    for (index, point) in series.points.enumerated() {
      guard fitted.isDrawable(point) else {
        text += "\n"
        continue
      }
      let interval = series.band?[index] ?? Series.Interval(point.y, point.y)
      let lower = fitted.y.isLog ? max(interval.lower, fitted.y.range.lowerBound) : AxisFit.clamped(interval.lower)
      text += "\(point.x) \(point.y) \(lower) \(AxisFit.clamped(interval.upper))\n"
    }
    return text
  }
}
