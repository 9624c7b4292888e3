import Figures
import Results

/// What a page is put together from. All texts are shown as they are, whatever is in them.
public indirect enum PagePart: Equatable, Sendable {
  /// Parts under a heading.
  case section(String, [PagePart])
  /// Parts that show when a reader opens them.
  case fold(String, [PagePart])
  /// A paragraph.
  case paragraph(String)
  /// What a reader should know before the numbers are believed.
  case notice(String)
  /// Names with what there is to say of each, one or several lines.
  case facts([PageFact])
  /// A table, which scrolls sideways where it is too wide.
  case table(PageTable)
  /// A picture with its caption.
  case figure(PageFigure)
  /// A line for a shell.
  case command(String)
}

/// A name with what there is to say of it.
public struct PageFact: Equatable, Sendable {
  /// Name of the thing.
  public var name: String
  /// Lines about it.
  public var values: [String]

  /// - Returns: nil where there is nothing to say.
  public init?(_ name: String, _ values: [String]) {
    let values = values.filter { !$0.isEmpty }
    guard !values.isEmpty else { return nil }
    (self.name, self.values) = (name, values)
  }
}

/// A table of a page.
public struct PageTable: Equatable, Sendable {
  /// What the table shows.
  public var caption: String
  /// Headings and cells.
  public var content: TextTable
  /// Columns from the left that say what a row is of.
  public var keys: Int

  public init(caption: String, content: TextTable, keys: Int) {
    (self.caption, self.content, self.keys) = (caption, content, keys)
  }

  /// What the headings of the columns stand for, in a fold; nil where all explain themselves.
  public var legend: PagePart? {
    let facts = content.meanings.compactMap { PageFact($0.titles.joined(separator: ", "), [$0.meaning]) }
    return facts.isEmpty ? nil : .fold("What the columns are", [.facts(facts)])
  }
}

/// A drawn figure.
public struct PageFigure: Equatable, Sendable {
  /// The figure as it is described.
  public let figure: Figure
  /// A whole SVG file.
  let drawing: String

  /// Draws the figure.
  ///
  /// - Parameter name: name of the figure, for errors.
  /// - Throws: as `Figure.svg`.
  public init(_ figure: Figure, name: String, with gnuplot: Gnuplot) throws(FigureError) {
    self.init(figure, drawing: try figure.svg(name: name, with: gnuplot))
  }

  /// A figure that was drawn before, as the text of an SVG file.
  package init(_ figure: Figure, drawing: String) { (self.figure, self.drawing) = (figure, drawing) }

  /// The figure in words, for readers who do not see it.
  var alternative: String {
    let panels = figure.panels.map { panel in
      let curves = panel.series.filter { $0.isListed && !$0.label.isEmpty }.map(\.label.description)
      let axes = [panel.yAxis.label, panel.xAxis.label].map(\.description).filter { !$0.isEmpty }.joined(separator: " against ")
      let head = [panel.title.description, axes].filter { !$0.isEmpty }.joined(separator: ": ")
      return head + (curves.isEmpty ? "" : " (\(curves.joined(separator: ", ")))")
    }.filter { !$0.isEmpty }
    return ([figure.title.description] + panels).joined(separator: ". ")
  }
}
