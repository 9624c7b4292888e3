/// One file with one or more panels; knows nothing of experiments or of how it is drawn.
///
/// Axes of one name have one range in all panels, so that panels compare.
public struct Figure: Equatable, Sendable {
  /// Title above all panels.
  public var title: FigureText
  /// Panels in the order of reading.
  public var panels: [Panel]
  /// Panels in a row, at most `mostColumns`.
  public var columns: Int
  /// Panels that a row may have.
  public static let mostColumns = 8
  /// Small lines under the panels: what lines and bands are, and where the numbers come from.
  public var footer: [FigureText]
  /// Metadata of its files beside title and footer: lines such as `seed: 1`.
  public var details: [String] = []

  public init(title: FigureText, panels: [Panel], columns: Int? = nil, footer: [FigureText] = []) {
    self.title = title
    self.panels = panels
    self.columns = min(max(1, columns ?? min(2, panels.count)), Figure.mostColumns)
    self.footer = footer
  }

  /// A figure of one panel.
  public init(title: FigureText, xAxis: Axis, yAxis: Axis, series: [Series], legend: Legend = .right) {
    self.init(title: title, panels: [Panel(title: "", xAxis: xAxis, yAxis: yAxis, series: series, legend: legend)])
  }
}

/// Axes with the series drawn in them.
public struct Panel: Equatable, Sendable {
  /// Title above the axes.
  public var title: FigureText
  /// The horizontal axis.
  public var xAxis: Axis
  /// The vertical axis.
  public var yAxis: Axis
  /// Series, drawn one over the other.
  public var series: [Series]
  /// Place of the names of the series.
  public var legend: Legend
  /// Draws a plane: the axes are square and have one range.
  public var isSquare: Bool

  public init(
    title: FigureText, xAxis: Axis, yAxis: Axis, series: [Series], legend: Legend = .right, isSquare: Bool = false
  ) {
    (self.title, self.xAxis, self.yAxis, self.series, self.legend, self.isSquare) = (title, xAxis, yAxis, series, legend, isSquare)
  }
}

/// One axis.
public struct Axis: Equatable, Sendable {
  /// The spacing of values along an axis.
  public enum Scale: Sendable {
    /// Values ≤ 0 cannot be drawn: they leave a gap in a line, and the figure says how many are missing.
    case log
    /// Equal differences are equally far apart.
    case linear
  }

  /// Name of the quantity.
  public var label: FigureText
  /// Spacing of the values.
  public var scale: Scale
  /// Values at the ends of the axis; nil fits them to the data.
  public var range: ClosedRange<Double>?
  /// Values that have a tick, as far as they have room; empty leaves the ticks to the figure.
  public var ticks: [Double] = []
  /// Names at 0, 1, 2, … in place of numbers; empty for an ordinary axis.
  public var categories: [String]

  public init(_ label: FigureText, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
    (self.label, self.scale, self.range, categories) = (label, scale, range, [])
  }

  /// An axis of names: the points of name i have the coordinate i.
  public init(_ label: FigureText, categories: [String]) {
    self.label = label
    self.categories = categories
    scale = .linear
    range = -0.5...(Double(max(categories.count, 1)) - 0.5)
  }
}

/// Points drawn in one style and colour.
public struct Series: Equatable, Sendable {
  /// Forms in which points are drawn.
  public enum Style: Equatable, Sendable {
    /// A line, with the band shaded around it.
    case line
    /// An interrupted line, with the band shaded around it.
    case dashedLine, dottedLine, dashDottedLine
    /// Symbols, with the band as error bars.
    case points(Symbol)
    /// Bars from zero, with the band as error bars; not for a logarithmic axis.
    case bars
  }

  /// Shapes that differ without colour too.
  public enum Symbol: Int, CaseIterable, Sendable {
    /// Filled and open symbols.
    case disc, circle, square, openSquare, triangle, openTriangle, diamond, openDiamond
  }

  /// A point of a series.
  public struct Point: Equatable, Sendable {
    /// Value on the horizontal axis.
    public var x: Double
    /// Value on the vertical axis.
    public var y: Double

    public init(_ x: Double, _ y: Double) {
      (self.x, self.y) = (x, y)
    }
  }

  /// Lower and upper bound at a point, for example quartiles.
  public struct Interval: Equatable, Sendable {
    /// Lower bound.
    public var lower: Double
    /// Upper bound.
    public var upper: Double

    public init(_ lower: Double, _ upper: Double) {
      (self.lower, self.upper) = (lower, upper)
    }
  }

  /// A place whose value lies beyond what was computed, marked at an edge of the axes.
  public struct Mark: Equatable, Sendable {
    /// Edges at which it can stand: where larger or smaller values are.
    public enum Edge: Sendable {
      /// The upper and the lower end of the vertical axis.
      case top, bottom
    }

    /// Value on the horizontal axis.
    public var x: Double
    /// The edge beyond which the value lies.
    public var edge: Edge

    public init(_ x: Double, _ edge: Edge) {
      (self.x, self.edge) = (x, edge)
    }
  }

  /// Name in the legend and in the table of what is drawn.
  public var label: FigureText
  /// Whether the legend has the series.
  public var isListed = true
  /// Points in the order in which a line joins them.
  public var points: [Point]
  /// Form in which the points are drawn.
  public var style: Style
  /// Symbol on a line: at its points, or at some of many.
  public var symbol: Symbol?
  /// One interval per point, or nil. An infinite bound lies beyond every axis.
  public var band: [Interval]?
  /// What was not reached; the legend says so.
  public var marks: [Mark] = []
  /// Colour of line, symbols and band.
  public var color: Color

  /// - Precondition: a band has one interval per point.
  public init(
    _ label: FigureText, points: [Point], style: Style = .line, symbol: Symbol? = nil, band: [Interval]? = nil, color: Color
  ) {
    precondition(band.map { $0.count == points.count } ?? true, "a band needs one interval per point")
    (self.label, self.points, self.style, self.symbol, self.band, self.color) = (label, points, style, symbol, band, color)
  }
}

/// Where the names of the series stand: beside the axes, so that they hide nothing.
public enum Legend: Equatable, Sendable {
  /// A list at the right of the axes. A panel has none where one at the end of its row, or of a row above, has its names.
  case right
  /// A list under the axes, for long names.
  case below
  /// No names at all.
  case hidden
}
