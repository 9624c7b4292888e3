import DurableFiles
import Foundation

/// A file format of figures.
public enum FigureFormat: String, CaseIterable, Sendable {
  /// Scalable vector graphics, and pixels.
  case svg, png
}

/// What was drawn.
public struct RenderedFigure: Equatable, Sendable {
  /// Name of the figure, without the ending.
  public let name: String
  /// Files of all formats; empty where there was nothing to draw.
  public let files: [URL]
  /// Points left out because the axes cannot show them; the figure says so too.
  public let droppedPoints: Int
  /// What is missing in it and why; nil where nothing is.
  public let note: String?

  package init(name: String, files: [URL], droppedPoints: Int, note: String?) {
    (self.name, self.files, self.droppedPoints, self.note) = (name, files, droppedPoints, note)
  }
}

extension Figure {
  /// Draws `<directory>/<name>.<format>` for each format, replacing older files only by complete ones.
  ///
  /// - Throws: `FigureError.nothingToDraw`, `.gnuplotFailed`, `.gnuplotTooSlow`, `.incompleteFile`, `.cannotWrite`.
  @discardableResult
  public func render(
    to directory: URL, name: String, formats: [FigureFormat] = FigureFormat.allCases, with gnuplot: Gnuplot
  ) throws(FigureError) -> RenderedFigure {
    let script = try GnuplotScript(self, name: name)
    var files: [URL] = []
    try Figure.write { () throws(FileError) in try DurableFile.createFolder(directory) }
    for format in formats {
      let file = directory.appendingPathComponent("\(name).\(format.rawValue)")
      let data = try gnuplot.run(script.text(format), figure: name)
      guard format.isComplete(data) else { throw .incompleteFile(path: file.path) }
      try Figure.write { () throws(FileError) in try DurableFile.replace(file, with: data) }
      files.append(file)
    }
    let panels = script.droppedPanels
    let note =
      panels.isEmpty
      ? nil : "figure '\(name)' is without \(panels.count) panel\(panels.count == 1 ? "" : "s") that had no point to show, or no room"
    return RenderedFigure(name: name, files: files, droppedPoints: script.droppedPoints, note: note)
  }

  private static func write(_ body: () throws(FileError) -> Void) throws(FigureError) {
    do {
      try body()
    } catch {
      throw .cannotWrite(path: error.path, reason: error.reason)
    }
  }
}

extension FigureFormat {
  /// Whether a file begins and ends as its format demands.
  func isComplete(_ data: Data) -> Bool {
    switch self {
    case .png: data.starts(with: [0x89, 0x50, 0x4E, 0x47]) && data.suffix(8).starts(with: Array("IEND".utf8))
    case .svg:
      data.count > 200 && data.prefix(400).range(of: Data("<svg".utf8)) != nil && data.suffix(20).range(of: Data("</svg>".utf8)) != nil
    }
  }
}
