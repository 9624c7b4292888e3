import Foundation
import Results

/// What the figures of every experiment have in common: they belong to one run, and lie in its folder `figures`.
enum RunFigures {
  typealias Named = (name: String, figure: Figure)

  /// Draws the figures that `describe` makes of the files of a run.
  ///
  /// - Throws: `PlottingError`; `.results` where the files of the run cannot be read.
  static func render(
    _ runDirectory: URL, formats: [FigureFormat], with gnuplot: Gnuplot, _ describe: (URL) throws(ResultsError) -> [Named]
  ) throws(PlottingError) -> [RenderedFigure] {
    let figures: [Named]
    do {
      figures = try describe(runDirectory)
    } catch {
      throw .results(error)
    }
    var rendered: [RenderedFigure] = []
    for (name, figure) in figures {
      let folder = runDirectory.appendingPathComponent("figures")
      rendered.append(try figure.render(to: folder, name: name, formats: formats, with: gnuplot))
    }
    return rendered
  }

  /// - Throws: `ResultsError.malformedFile` where the folder holds a run of another experiment.
  static func check(_ runDirectory: URL, isOf experiment: String) throws(ResultsError) {
    let manifest = try Manifest.read(runDirectory)
    guard manifest.experiment == experiment else {
      throw .malformedFile(
        path: runDirectory.path, reason: "holds a run of experiment '\(manifest.experiment)'; these figures need '\(experiment)'")
    }
  }
}
