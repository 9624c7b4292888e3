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
        The run may be finished, failed or still running. Figures go to the run's folder figures/ and replace older ones; \
        beside each a CSV has what is drawn: panel, curve, x, y, low, high (of band or error bar). \
        Needs gnuplot (Debian: apt-get install gnuplot-nox).

        Examples:
          isthmus plot                            the newest run in results/
          isthmus plot 3f2a
          isthmus plot results/bottleneck/3f2a90b1c4d5 --format png,pdf
        """)
  }

  @Argument(
    help: ArgumentHelp("Folder of a run, its run-id or the beginning of it; the newest run by default.", valueName: "run"),
    completion: .directory)
  var name: String?
  @OptionGroup var folder: ResultsFolderOption
  @Option(
    name: [.customLong("format"), .customLong("formats")], help: ArgumentHelp(stringLiteral: FigureFormats.help),
    transform: FigureFormats.parse)
  var formats = FigureFormats()

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let directory = try folder.directory(of: name)
    let experiment = try Manifest.read(directory).experiment
    guard let report = ReportCatalog.report(experiment) else { throw CommandLineError.noFigures(experiment: experiment) }
    if let caveat = RunRecords.caveat(in: directory) { Terminal.writeError("note: \(caveat)") }
    let figures = try report.draw(directory, formats: formats.list, with: Gnuplot())
    let files = figures.flatMap { $0.files + [$0.table].compactMap { $0 } }
    for note in figures.compactMap(\.note) { Terminal.writeError("note: \(note)") }
    if json { return Terminal.write(lines: try value(figures, directory).prettyText.trimmingLineFeed) }
    if files.isEmpty { Terminal.write("\(directory.relativePath) has nothing to draw yet") }
    for file in files { Terminal.write(file.relativePath) }
  }

  private func value(_ figures: [RenderedFigure], _ directory: URL) throws -> JSONValue {
    let manifest = try Manifest.read(directory)
    return [
      "experiment": .string(manifest.experiment), "run": .string(manifest.run), "directory": .string(directory.path),
      "figures": .array(
        figures.map { figure in
          [
            "name": .string(figure.name), "files": .array(figure.files.map { .string($0.path) }),
            "table": figure.table.map { .string($0.path) } ?? .null, "note": figure.note.map { .string($0) } ?? .null,
          ]
        }),
    ]
  }
}
