import Figures
import Foundation
import Results

/// What the figures of every experiment have in common: they belong to one run, and lie in its folder `figures`.
enum RunFigures {
  typealias Named = (name: String, figure: Figure)

  /// Draws the figures that `describe` makes of the files of a run.
  ///
  /// - Throws: `ReportError`; `.results` where the files of the run cannot be read.
  static func render(
    _ runDirectory: URL, formats: [FigureFormat], with gnuplot: Gnuplot, _ describe: (URL) throws(ResultsError) -> [Named]
  ) throws(ReportError) -> [RenderedFigure] {
    let figures: [Named]
    do {
      figures = try describe(runDirectory)
    } catch {
      throw .results(error)
    }
    let folder = runDirectory.appendingPathComponent("figures")
    // A run that somebody gave away does not choose which other folder is written.
    guard (try? FileManager.default.destinationOfSymbolicLink(atPath: folder.path)) == nil else {
      throw .figure(
        .cannotWrite(path: folder.path, reason: "it is a symbolic link; expected a folder. Remove the link, then plot again."))
    }
    var rendered: [RenderedFigure] = []
    for (name, figure) in figures {
      do {
        rendered.append(try figure.render(to: folder, name: name, formats: formats, with: gnuplot))
      } catch .nothingToDraw {
        // The others may have something.
        let note = "figure '\(name)' has no point that its axes can show, and is left out"
        rendered.append(RenderedFigure(name: name, files: [], droppedPoints: 0, note: note))
      } catch {
        throw .figure(error)
      }
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
