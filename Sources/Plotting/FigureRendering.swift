import DurableFiles
import Foundation

/// A file format of figures.
public enum FigureFormat: String, CaseIterable, Sendable {
  case svg, png
}

/// What was drawn.
public struct RenderedFigure: Equatable, Sendable {
  public let name: String
  public let files: [URL]
  /// Points left out because a logarithmic axis cannot show them; the figure says so too.
  public let droppedPoints: Int
}

extension Figure {
  /// Draws `<directory>/<name>.<format>` for each format, replacing older files only by complete ones.
  ///
  /// - Throws: `PlottingError.nothingToDraw`, `.gnuplotFailed`, `.incompleteFile`, `.cannotWrite`.
  @discardableResult
  public func render(
    to directory: URL, name: String, formats: [FigureFormat] = FigureFormat.allCases, with gnuplot: Gnuplot
  ) throws(PlottingError) -> RenderedFigure {
    let script = try GnuplotScript(self, name: name)
    var files: [URL] = []
    do {
      try DurableFile.createFolder(directory)
      for format in formats {
        let file = directory.appendingPathComponent("\(name).\(format.rawValue)")
        let replacement = try ReplacementFile(of: file), partial = replacement.partial
        try gnuplot.run(GnuplotScript.header(format, size: size, output: partial.path) + script.body, figure: name)
        guard let data = try? Data(contentsOf: partial), format.isComplete(data) else {
          throw PlottingError.incompleteFile(path: file.path)
        }
        try replacement.commit()
        files.append(file)
      }
    } catch let error as PlottingError {
      throw error
    } catch {
      let file = error as? FileError
      throw .cannotWrite(path: file?.path ?? directory.path, reason: file?.reason ?? "\(error)")
    }
    return RenderedFigure(name: name, files: files, droppedPoints: script.droppedPoints)
  }
}

extension FigureFormat {
  /// True for a file that begins and ends as its format demands.
  func isComplete(_ data: Data) -> Bool {
    switch self {
    case .png: data.starts(with: [0x89, 0x50, 0x4E, 0x47]) && data.suffix(8).starts(with: Array("IEND".utf8))
    case .svg:
      data.count > 200 && data.prefix(400).range(of: Data("<svg".utf8)) != nil && data.suffix(20).range(of: Data("</svg>".utf8)) != nil
    }
  }
}
