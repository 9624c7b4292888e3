import Figures
import Foundation
import Results

/// The figures of one experiment, made from the files of a run alone.
public protocol RunFigures: Sendable {
  /// A figure as a description, with the name of its files.
  typealias Named = (name: String, figure: Figure)

  /// The experiment whose runs are drawn.
  static var experiment: String { get }
  /// The figures of a run of that experiment; empty where its records hold nothing to draw.
  static func describe(_ runDirectory: URL) throws(ResultsError) -> [Named]
}

extension RunFigures {
  /// Draws all figures that the run has data for into its folder `figures`.
  ///
  /// - Returns: what was drawn; empty where the records hold nothing to draw.
  /// - Throws: `ReportError`; `.results` where the files of the run cannot be read, or belong to a run of another experiment.
  public static func make(
    from runDirectory: URL, formats: [FigureFormat] = FigureFormat.allCases, with gnuplot: Gnuplot
  ) throws(ReportError) -> [RenderedFigure] {
    let described: [Named]
    do {
      described = try figures(from: runDirectory)
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
    for (name, figure) in described {
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

  /// The figures of a run, of which it is certain that it is one of the experiment.
  ///
  /// - Throws: `ResultsError.malformedFile` where the folder holds a run of another experiment.
  package static func figures(from runDirectory: URL) throws(ResultsError) -> [Named] {
    let manifest = try Manifest.read(runDirectory)
    guard manifest.experiment == experiment else {
      throw .malformedFile(
        path: runDirectory.path, reason: "holds a run of experiment '\(manifest.experiment)'; these figures need '\(experiment)'")
    }
    return try describe(runDirectory)
  }
}
