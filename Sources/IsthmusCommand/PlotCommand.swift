import ArgumentParser
import Figures
import Foundation
import Reports
import Results

/// `isthmus plot`.
struct PlotCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "plot",
      abstract: "Draw the figures of a run from its records.",
      discussion: """
        The run may be finished, failed or still running. Figures go to the run's folder figures/ and replace older ones. \
        Needs gnuplot (Debian: apt-get install gnuplot-nox).

        Examples:
          isthmus plot                                         the newest run in results/
          isthmus plot results/bottleneck/3f2a90b1c4d5 --formats png
        """)
  }

  @Argument(help: "Folder of a run; the newest run by default.", completion: .directory) var directory: String?
  @Option(help: "Folder of all results.", completion: .directory) var results = "results"
  @Option(help: "Formats, separated by commas: svg, png.") var formats = "svg,png"

  func run() throws {
    let formats = try formats.split(separator: ",", omittingEmptySubsequences: false).map { name throws(CommandLineError) in
      guard let format = FigureFormat(rawValue: String(name)) else {
        throw CommandLineError.unknownFormat(String(name), known: FigureFormat.allCases.map(\.rawValue))
      }
      return format
    }
    let directory = try chosenDirectory()
    let experiment = try Manifest.read(directory).experiment
    guard let report = ReportCatalog.report(experiment) else { throw CommandLineError.noFigures(experiment: experiment) }
    if let caveat = RunRecords.caveat(in: directory) { Terminal.writeError("note: \(caveat)") }
    let figures = try report.draw(directory, formats: formats, with: Gnuplot()), files = figures.flatMap(\.files)
    for note in figures.compactMap(\.note) { Terminal.writeError("note: \(note)") }
    if files.isEmpty { Terminal.write("\(directory.relativePath) has nothing to draw yet") }
    for file in files { Terminal.write(file.relativePath) }
  }

  private func chosenDirectory() throws -> URL {
    if let path = directory {
      let directory = URL(fileURLWithPath: path)
      guard FileManager.default.fileExists(atPath: directory.appendingPathComponent("manifest.json").path) else {
        throw CommandLineError.notARun(directory: path)
      }
      return directory
    }
    guard let newest = RunListing.runs(in: URL(fileURLWithPath: results)).last(where: { !$0.started.isEmpty }) else {
      throw CommandLineError.noRuns(results: results)
    }
    return newest.directory
  }
}
