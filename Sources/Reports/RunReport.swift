import Figures
import Foundation
import Results

/// Table and figures of one experiment, made from the files of a run alone.
public struct RunReport: Sendable {
  /// A figure as a description, with the name of its files.
  public typealias NamedFigure = (name: String, figure: Figure)

  /// The experiment whose runs are shown.
  public let experiment: String
  private let makeTable: @Sendable (URL) throws(ResultsError) -> ReportTable
  private let makeFigures: @Sendable (URL) throws(ResultsError) -> [NamedFigure]

  /// - Parameters:
  ///   - rowKeys: columns that tell the table's rows apart, and rows of two runs that belong together.
  ///   - furtherRowKeys: columns that tell rows with equal `rowKeys` apart; elsewhere they are figures like the others.
  ///   - figures: by name; nil where the records hold nothing to draw.
  ///   - arrays: figures of the run's arrays.
  init<Reading: RunReading>(
    _ experiment: String, rowKeys: [String], furtherRowKeys: [String] = [], table: @escaping @Sendable (Reading) -> ReportTable,
    figures: @escaping @Sendable (Reading) -> KeyValuePairs<String, Figure?>,
    arrays: @escaping @Sendable (URL) throws(ResultsError) -> [NamedFigure] = { _ in [] }
  ) {
    self.experiment = experiment
    makeTable = { (directory) throws(ResultsError) in
      var made = table(try Reading(reading: directory))
      (made.rowKeys, made.furtherRowKeys) = (rowKeys, furtherRowKeys)
      return made
    }
    makeFigures = { (directory) throws(ResultsError) in
      let drawn = figures(try Reading(reading: directory)).compactMap { name, figure in figure.map { (name: name, figure: $0) } }
      return drawn + (try arrays(directory))
    }
  }

  /// The table of a run of the experiment.
  ///
  /// - Throws: `ResultsError` where the records cannot be read.
  public func table(of runDirectory: URL) throws(ResultsError) -> ReportTable { try makeTable(runDirectory) }

  /// The figures of a run of the experiment; empty where its records hold nothing to draw.
  ///
  /// - Throws: `ResultsError` where the files cannot be read; `.malformedFile` where the folder holds a run of another experiment.
  public func figures(of runDirectory: URL) throws(ResultsError) -> [NamedFigure] {
    let manifest = try Manifest.read(runDirectory)
    guard manifest.experiment == experiment else {
      throw .malformedFile(
        path: runDirectory.path, reason: "holds a run of experiment '\(manifest.experiment)'; these figures need '\(experiment)'")
    }
    let provenance = RunProvenance(manifest)
    return try makeFigures(runDirectory).map { name, figure in
      var figure = figure
      figure.footer.append(provenance.footer)
      figure.details = provenance.details
      return (name: name, figure: figure)
    }
  }

  /// Draws all figures that the run has data for into its folder `figures`, each with a CSV of what is drawn.
  ///
  /// - Parameter formats: those that this gnuplot cannot draw are left out, and a note says so.
  /// - Returns: what was drawn; empty where the records hold nothing to draw.
  /// - Throws: `ReportError`; `.results` where the files of the run cannot be read, or belong to a run of another experiment.
  public func draw(
    _ runDirectory: URL, formats: [FigureFormat] = FigureFormat.usual, with gnuplot: Gnuplot
  ) throws(ReportError) -> [RenderedFigure] {
    let described: [NamedFigure]
    do {
      described = try figures(of: runDirectory)
    } catch {
      throw .results(error)
    }
    let folder = runDirectory.appendingPathComponent("figures")
    // A run that somebody gave away does not choose which other folder is written.
    guard (try? FileManager.default.destinationOfSymbolicLink(atPath: folder.path)) == nil else {
      throw .figure(
        .cannotWrite(path: folder.path, reason: "it is a symbolic link; expected a folder. Remove the link, then plot again."))
    }
    guard !described.isEmpty else { return [] }
    let available: [FigureFormat]
    do {
      available = try gnuplot.available(formats)
    } catch {
      throw .figure(error)
    }
    var rendered: [RenderedFigure] = []
    let missing = formats.filter { !available.contains($0) }
    if !missing.isEmpty {
      rendered.append(RenderedFigure(leftOut: "", note: FigureError.formatsNotAvailable(missing).summary))
    }
    for (name, figure) in described {
      do {
        rendered.append(try figure.render(to: folder, name: name, formats: available, with: gnuplot))
      } catch .nothingToDraw {
        // The others may have something.
        rendered.append(RenderedFigure(leftOut: name, note: "figure '\(name)' has no point that its axes can show, and is left out"))
      } catch {
        throw .figure(error)
      }
    }
    return rendered
  }
}
