/// A series as elements of gnuplot's `plot`.
struct SeriesElements {
  /// Bands and bars, which stand behind all lines.
  private(set) var below: [String] = []
  private(set) var above: [String] = []

  /// - Parameters:
  ///   - block: name of the rows `x y lower upper`.
  ///   - title: what the legend has of it, as gnuplot's clause.
  init(_ series: Series, block: String, title: String) {
    let color = "lc rgb '\(series.color.hexadecimal)'", hasBand = series.band != nil
    func errorBars(_ color: String) -> String { "\(block) using 1:2:3:4 with yerrorbars pt 0 lw 1.5 \(color) notitle" }
    switch series.style {
    case .line, .dashedLine, .dottedLine, .dashDottedLine:
      if hasBand { below = ["\(block) using 1:3:4 with filledcurves \(color) notitle"] }
      let look = "dt \(SeriesElements.dash(series.style)) lw 2.4 \(color)"
      guard let symbol = series.symbol else {
        above = ["\(block) using 1:2 with lines \(look) \(title)"]
        break
      }
      // Of many points the symbols of some keep lines of like colours apart.
      let interval = max(1, series.points.count / SeriesElements.symbolsOfALine)
      above = ["\(block) using 1:2 with linespoints \(look) pt \(SeriesElements.pointType(symbol)) ps 1 pi \(interval) \(title)"]
    case .points(let symbol):
      if hasBand { below = [errorBars(color)] }
      let size = series.points.count > 60 ? 0.7 : 1.2
      above = ["\(block) using 1:2 with points pt \(SeriesElements.pointType(symbol)) ps \(size) lw 1.5 \(color) \(title)"]
    case .bars:
      below = ["\(block) using 1:2 with boxes fill solid 0.85 noborder \(color) \(title)"]
      if hasBand { above = [errorBars("lc rgb '#333333'")] }
    }
  }

  private static let symbolsOfALine = 12

  private static func dash(_ style: Series.Style) -> String {
    switch style {
    case .dashedLine: "(9,4)"
    case .dottedLine: "(2,3)"
    case .dashDottedLine: "(9,4,2,4)"
    case .line, .points, .bars: "1"
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
