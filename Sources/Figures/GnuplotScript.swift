import Foundation
import PrintableText

/// A figure as a gnuplot script. No text of a label stands in it: see `quoted`. Markup is switched off.
package struct GnuplotScript {
  /// The file that gnuplot writes, in the folder where it is started.
  static let output = "figure"

  /// The commands and the data, apart from terminal and output.
  package private(set) var body = ""
  /// Points left out because the axes cannot show them.
  package private(set) var droppedPoints = 0
  /// Titles of panels left out because none of their points can be shown.
  package private(set) var droppedPanels: [String] = []
  private var size: Figure.Size
  private var blockCount = 0

  /// - Throws: `FigureError.nothingToDraw` where no panel has a point to show.
  package init(_ figure: Figure, name: String) throws(FigureError) {
    size = figure.size
    let isGrid = figure.panels.count > 1
    var panels: [FittedPanel] = []
    for panel in figure.panels {
      if panels.count < GnuplotScript.mostPanels, let fitted = FittedPanel(panel) {
        panels.append(fitted)
      } else {
        droppedPanels.append(isGrid ? panel.title : figure.title)
      }
    }
    guard !panels.isEmpty else { throw .nothingToDraw(figure: name, panel: droppedPanels.first ?? figure.title) }
    if isGrid {
      let columns = min(figure.columns, panels.count), rows = (panels.count + columns - 1) / columns
      // The size was chosen for all panels.
      size.height = size.height * rows / max((figure.panels.count + figure.columns - 1) / figure.columns, 1)
      body += "set multiplot layout \(rows),\(columns) title \(GnuplotScript.quoted(figure.title)) font ',18' offset 0,-0.2\n"
    }
    body += """
      set border 3 lw 1.2 lc rgb '#444444'
      set tics nomirror out scale 0.6,0.35 textcolor rgb '#222222'
      set grid xtics ytics lt 1 lw 0.7 lc rgb '#E4E4E4'
      set grid back
      set format '%g'
      set style fill transparent solid 0.18 noborder
      set boxwidth 0.8
      set tmargin 2.4

      """
    for panel in panels { add(panel, title: isGrid ? panel.panel.title : figure.title, isGrid: isGrid) }
    body += isGrid ? "unset multiplot\n" : ""
  }

  /// Draws the figure into the file `output`.
  func text(_ format: FigureFormat) -> String {
    // Cairo has pictures of up to 32767 pixels.
    let width = min(size.width, 16000), height = min(size.height, 16000)
    let terminal =
      switch format {
      case .svg: "svg size \(width),\(height) fixed noenhanced font 'sans-serif,15' background rgb '#FFFFFF'"
      case .png:
        "pngcairo size \(2 * width),\(2 * height) noenhanced font 'sans-serif,15' fontscale 2 linewidth 2 "
          + "pointscale 2 dashlength 1.2 background rgb '#FFFFFF'"
      }
    return "set encoding utf8\nset terminal \(terminal)\nset output '\(GnuplotScript.output)'\n" + body
  }

  /// A string of gnuplot's that shows `text`, made printable and shortened.
  package static func quoted(_ text: String, limit: Int = 160) -> String { literal(text.printable(limit: limit)) }

  /// The name of a tick, which gnuplot takes for a format.
  package static func quotedTick(_ text: String) -> String {
    literal(text.printable(limit: labelLimit).unicodeScalars.map { $0 == "%" ? "%%" : String($0) }.joined())
  }

  /// Letters of ASCII and spaces stand as they are, every other byte in octal. So no quote, backquote, `@`, `$` or line end of a text
  /// comes into a script, whatever gnuplot or a shell would make of it.
  private static func literal(_ text: String) -> String {
    let bytes = text.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: " "): String(Unicode.Scalar(byte))
      default: String(format: "\\%03o", Int(byte))
      }
    }
    return "\"" + bytes.joined() + "\""
  }

  /// Longest name of a series or a tick.
  private static let labelLimit = 80
  /// More panels are left out: nobody could read them.
  static let mostPanels = 60

  private mutating func add(_ fitted: FittedPanel, title: String, isGrid: Bool) {
    let panel = fitted.panel, x = fitted.x, y = fitted.y
    droppedPoints += fitted.droppedPoints

    body += "unset label\nset title \(GnuplotScript.quoted(title)) font ',\(isGrid ? 15 : 17)' offset 0,-0.3\n"
    body += panel.isSquare ? "set size ratio 1\n" : "set size noratio\n"
    add(x, panel.xAxis, "x")
    add(y, panel.yAxis, "y")
    if fitted.droppedPoints > 0 {
      let note = "\(fitted.droppedPoints) point\(fitted.droppedPoints == 1 ? "" : "s") without a place on these axes not shown"
      body += "set label \(GnuplotScript.quoted(note)) at graph 0.995,0.02 right font ',10' textcolor rgb '#888888' front\n"
    }
    addLegend(panel, y)
    var bands: [String] = [], marks: [String] = []
    for series in panel.series where series.points.contains(where: fitted.isDrawable) {
      let block = "$d\(blockCount)", hasTitle = panel.legend != .direct && panel.legend != .hidden && !series.label.isEmpty
      blockCount += 1
      body += "\(block) << END\n" + rows(series, fitted) + "END\n"
      let title = hasTitle ? "title \(GnuplotScript.quoted(series.label, limit: GnuplotScript.labelLimit))" : "notitle"
      let (below, above) = GnuplotScript.elements(series, block: block, title: title)
      bands += below
      marks += above
    }
    body += "plot " + (bands + marks).joined(separator: ", \\\n  ") + "\n"
  }

  private mutating func add(_ fit: AxisFit, _ axis: Axis, _ letter: String) {
    body += fit.isLog ? "set logscale \(letter)\n" : "unset logscale \(letter)\n"
    body += "set \(letter)range [\(fit.range.lowerBound):\(fit.range.upperBound)]\n"
    body += "set \(letter)label \(GnuplotScript.quoted(axis.label))\(letter == "x" ? " offset 0,0.2" : "")\n"
    guard let ticks = fit.ticks else {
      body += "set \(letter)tics autofreq\n"
      return
    }
    let majors = ticks.filter { !$0.label.isEmpty }.map { "\(GnuplotScript.quotedTick($0.label)) \($0.value) 0" }
    let minors = ticks.filter(\.label.isEmpty).map { "'' \($0.value) 1" }
    body += "set \(letter)tics (\((majors + minors).joined(separator: ", ")))\n"
  }

  private mutating func addLegend(_ panel: Panel, _ y: AxisFit) {
    let longest = min(panel.series.map(\.label.count).max() ?? 0, 40)
    body += "set rmargin \(panel.legend == .direct ? 3 + longest : 3)\nset bmargin \(panel.legend == .below ? 5.4 : 3.8)\n"
    switch panel.legend {
    case .hidden: body += "unset key\n"
    case .right: body += "unset rmargin\nset key outside right center Left reverse samplen 2 spacing 1.25 font ',13'\n"
    case .below: body += "set key outside bottom center horizontal Left reverse samplen 1.5 font ',13'\n"
    case .inside(let corner):
      let position =
        switch corner {
        case .topLeft: "top left"
        case .topRight: "top right"
        case .bottomLeft: "bottom left"
        case .bottomRight: "bottom right"
        }
      body += "set key inside \(position) Left reverse samplen 2 spacing 1.25 font ',13' nobox\n"
    case .direct:
      body += "unset key\n"
      let ends = panel.series.compactMap { series in
        series.label.isEmpty
          ? nil
          : series.points.last { AxisFit.isDrawable($0.y, panel.yAxis) }.map { (series, min(max(y.fraction(of: $0.y), 0), 1)) }
      }
      let heights = GnuplotScript.spread(ends.map(\.1), gap: 0.058)
      for ((series, _), height) in zip(ends, heights) {
        body += "set label \(GnuplotScript.quoted(series.label, limit: GnuplotScript.labelLimit)) at graph 1.02,\(height) left font ',13' "
        body += "textcolor rgb '\(series.color.hexadecimal)'\n"
      }
    }
  }

  /// Moves positions in 0...1 apart to at least `gap`, keeping their order, around where they were; within 0...1 as long as there is room.
  package static func spread(_ positions: [Double], gap: Double) -> [Double] {
    let order = positions.indices.sorted { (positions[$0], $0) < (positions[$1], $1) }
    // Clusters of touching labels, each centred on the mean of its members.
    func center(_ members: [Int]) -> Double {
      let mean = members.map { positions[$0] }.reduce(0, +) / Double(members.count), half = gap * Double(members.count - 1) / 2
      return max(min(mean, 1 - half), half)
    }
    var clusters: [(members: [Int], center: Double)] = []
    for index in order {
      clusters.append(([index], center([index])))
      while clusters.count > 1 {
        let upper = clusters[clusters.count - 1], lower = clusters[clusters.count - 2]
        let reach = gap * Double(upper.members.count + lower.members.count) / 2
        guard upper.center - lower.center < reach else { break }
        let members = lower.members + upper.members
        clusters.removeLast(2)
        clusters.append((members, center(members)))
      }
    }
    var result = positions
    for cluster in clusters {
      for (rank, index) in cluster.members.enumerated() {
        result[index] = cluster.center + gap * (Double(rank) - Double(cluster.members.count - 1) / 2)
      }
    }
    return result
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

  private static func elements(_ series: Series, block: String, title: String) -> (below: [String], above: [String]) {
    let color = "lc rgb '\(series.color.hexadecimal)'", hasBand = series.band != nil
    switch series.style {
    case .line, .dashedLine:
      let band = "\(block) using 1:3:4 with filledcurves \(color) notitle"
      let dash = series.style == .dashedLine ? "dt (9,4)" : "dt 1"
      return (hasBand ? [band] : [], ["\(block) using 1:2 with lines \(dash) lw 2.4 \(color) \(title)"])
    case .points(let symbol):
      let shape = "pt \(pointType(symbol)) ps \(series.points.count > 60 ? 0.7 : 1.2) lw 1.5 \(color)"
      let bars = "\(block) using 1:2:3:4 with yerrorbars pt 0 lw 1.5 \(color) notitle"
      return (hasBand ? [bars] : [], ["\(block) using 1:2 with points \(shape) \(title)"])
    case .bars:
      let bars = "\(block) using 1:2 with boxes fill solid 0.85 noborder \(color) \(title)"
      return ([bars], hasBand ? ["\(block) using 1:2:3:4 with yerrorbars pt 0 lw 1.5 lc rgb '#333333' notitle"] : [])
    }
  }

  private static func pointType(_ symbol: Series.Symbol) -> Int {
    switch symbol {
    case .disc: 7
    case .circle: 6
    case .square: 5
    case .openSquare: 4
    case .triangle: 9
    case .openTriangle: 8
    case .diamond: 13
    case .openDiamond: 12
    }
  }
}
