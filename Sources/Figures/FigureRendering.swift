import DurableFiles
import Foundation

/// What was drawn.
public struct RenderedFigure: Equatable, Sendable {
  /// Name of the figure, without the ending.
  public let name: String
  /// Files of all formats; empty where there was nothing to draw.
  public let files: [URL]
  /// The numbers that are drawn, as CSV; nil where there was nothing to draw.
  public let table: URL?
  /// Points left out because the axes cannot show them; the figure says so too.
  public let droppedPoints: Int
  /// What is missing in it and why; nil where nothing is.
  public let note: String?

  init(name: String, files: [URL], table: URL?, droppedPoints: Int, note: String?) {
    (self.name, self.files, self.table, self.droppedPoints, self.note) = (name, files, table, droppedPoints, note)
  }

  /// What was not drawn, and why.
  package init(leftOut name: String, note: String) {
    self.init(name: name, files: [], table: nil, droppedPoints: 0, note: note)
  }
}

extension Figure {
  /// Draws `<directory>/<name>.<format>` for each format, and writes what is drawn to `<name>.csv`; older files are replaced by complete
  /// ones only.
  ///
  /// The columns of the CSV are `panel`, `curve`, `x`, `y`, `low` and `high`, of band or error bar.
  ///
  /// - Throws: `FigureError.nothingToDraw`, `.gnuplotFailed`, `.gnuplotTooSlow`, `.incompleteFile`, `.cannotWrite`.
  @discardableResult
  public func render(
    to directory: URL, name: String, formats: [FigureFormat] = FigureFormat.usual, with gnuplot: Gnuplot
  ) throws(FigureError) -> RenderedFigure {
    let script = try GnuplotScript(self, name: name), metadata = FigureMetadata(self)
    var files: [URL] = []
    try Figure.write { () throws(FileError) in try DurableFile.createFolder(directory) }
    for format in formats {
      let file = directory.appendingPathComponent("\(name).\(format.rawValue)")
      let data = try script.drawn(format, name: name, file: file.path, with: gnuplot)
      try Figure.write { () throws(FileError) in try DurableFile.replace(file, with: metadata.added(to: data, format)) }
      files.append(file)
    }
    let table = directory.appendingPathComponent("\(name).csv"), csv = FigureTable(script.panels, title: title).csv
    try Figure.write { () throws(FileError) in try DurableFile.replace(table, with: Data(csv.utf8)) }
    let panels = script.droppedPanels
    let note =
      panels.isEmpty
      ? nil : "figure '\(name)' is without \(panels.count) panel\(panels.count == 1 ? "" : "s") that had no point to show, or no room"
    return RenderedFigure(name: name, files: files, table: table, droppedPoints: script.droppedPoints, note: note)
  }

  /// The text of an SVG file of the figure, of which nothing is kept on the disk.
  ///
  /// - Parameter name: name of the figure, for errors.
  /// - Throws: `FigureError.nothingToDraw`, `.gnuplotFailed`, `.gnuplotTooSlow`, `.incompleteFile`, `.cannotWrite`.
  public func svg(name: String, with gnuplot: Gnuplot) throws(FigureError) -> String {
    let data = try GnuplotScript(self, name: name).drawn(.svg, name: name, file: "\(name).svg", with: gnuplot)
    return String(decoding: FigureMetadata(self).added(to: data, .svg), as: UTF8.self)
  }

  private static func write(_ body: () throws(FileError) -> Void) throws(FigureError) {
    do {
      try body()
    } catch {
      throw .cannotWrite(path: error.path, reason: error.reason)
    }
  }
}

extension GnuplotScript {
  /// What gnuplot draws, whole.
  fileprivate func drawn(_ format: FigureFormat, name: String, file: String, with gnuplot: Gnuplot) throws(FigureError) -> Data {
    let data = try gnuplot.run(text(format), figure: name)
    guard format.isComplete(data) else { throw .incompleteFile(path: file) }
    return data
  }
}
