/// One file with one or more panels; knows nothing of experiments or of how it is drawn.
public struct Figure: Equatable, Sendable {
  /// Title above all panels.
  public var title: String
  /// Panels in the order of reading.
  public var panels: [Panel]
  /// Panels in a row, at most `mostColumns`.
  public var columns: Int
  /// Panels that a row may have.
  public static let mostColumns = 8
  /// Size in points of the screen; PNG files have twice as many pixels each way.
  public var size: Size

  /// Width and height of a figure.
  public struct Size: Equatable, Sendable {
    /// Width in points.
    public var width: Int
    /// Height in points.
    public var height: Int

    public init(width: Int, height: Int) {
      (self.width, self.height) = (width, height)
    }
  }

  /// - Parameter size: nil gives a single panel 900×600, panels in a grid 640×500 each.
  public init(title: String, panels: [Panel], columns: Int? = nil, size: Size? = nil) {
    let columns = min(max(1, columns ?? min(2, panels.count)), Figure.mostColumns), rows = max(1, (panels.count + columns - 1) / columns)
    (self.title, self.panels, self.columns) = (title, panels, columns)
    self.size = size ?? (panels.count <= 1 ? Size(width: 900, height: 600) : Size(width: 640 * columns, height: 500 * rows + 40))
  }

  /// A figure of one panel.
  public init(title: String, xAxis: Axis, yAxis: Axis, series: [Series], legend: Legend = .inside(.topRight)) {
    self.init(title: title, panels: [Panel(title: "", xAxis: xAxis, yAxis: yAxis, series: series, legend: legend)])
  }
}

/// Axes with the series drawn in them.
public struct Panel: Equatable, Sendable {
  /// Title above the axes.
  public var title: String
  /// The horizontal axis.
  public var xAxis: Axis
  /// The vertical axis.
  public var yAxis: Axis
  /// Series, drawn one over the other.
  public var series: [Series]
  /// Place of the names of the series.
  public var legend: Legend
  /// Draws the axes square, for pictures of a plane.
  public var isSquare: Bool

  public init(
    title: String, xAxis: Axis, yAxis: Axis, series: [Series], legend: Legend = .inside(.topRight), isSquare: Bool = false
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
  public var label: String
  /// Spacing of the values.
  public var scale: Scale
  /// Values at the ends of the axis; nil fits them to the data.
  public var range: ClosedRange<Double>?
  /// Names at 0, 1, 2, … in place of numbers; empty for an ordinary axis.
  public var categories: [String]

  public init(_ label: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
    (self.label, self.scale, self.range, categories) = (label, scale, range, [])
  }

  /// An axis of names: the points of name i have the coordinate i.
  public init(_ label: String, categories: [String]) {
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
    /// A dashed line, with the band shaded around it.
    case dashedLine
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

  /// Name in the legend; with an empty one the series is not in it.
  public var label: String
  /// Points in the order in which a line joins them.
  public var points: [Point]
  /// Form in which the points are drawn.
  public var style: Style
  /// One interval per point, or nil.
  public var band: [Interval]?
  /// Colour of line, symbols and band.
  public var color: Color

  /// - Precondition: a band has one interval per point.
  public init(_ label: String, points: [Point], style: Style = .line, band: [Interval]? = nil, color: Color) {
    precondition(band.map { $0.count == points.count } ?? true, "a band needs one interval per point")
    (self.label, self.points, self.style, self.band, self.color) = (label, points, style, band, color)
  }
}

/// Where the names of the series stand.
public enum Legend: Equatable, Sendable {
  /// Corners of the axes.
  public enum Corner: Sendable {
    /// Upper and lower corners at the left and right.
    case topLeft, topRight, bottomLeft, bottomRight
  }

  /// A corner within the axes.
  case inside(Corner)
  /// A list beside the axes, at the right.
  case right
  /// One row under the axes.
  case below
  /// Each name at the right end of its own line, moved apart where they would overlap.
  case direct
  /// No names at all.
  case hidden
}
