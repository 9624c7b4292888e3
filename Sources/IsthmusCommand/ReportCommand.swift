import ArgumentParser
import Foundation
import ReportPages
import Results

/// `isthmus report`.
struct ReportCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "report",
      abstract: "Make one page of HTML of a run, or of several: settings, table, figures, and where the numbers come from.",
      discussion: """
        The page is one file that asks for nothing else: it can be read without a network, on a phone, and sent to somebody. It is made of \
        the run's files, at any time; of a run that is not finished it says so. Several runs are put side by side too. An older \
        page is replaced, another file never. Figures need gnuplot (Debian: apt-get install gnuplot-nox); without it the page has the tables.

        Examples:
          isthmus report                      the newest run in results/
          isthmus report 3f2a 90b1 --output two.html
          isthmus report --where bottlenecks=2 --state finished
        """)
  }

  @Argument(
    help: ArgumentHelp("Runs: folders, run-ids or beginnings of them; the newest run by default.", valueName: "run"),
    completion: .directory)
  var runs: [String] = []
  @OptionGroup(title: "Choice of runs") var filter: RunFilter
  @Flag(help: "All runs of the folder.") var all = false
  @OptionGroup var folder: ResultsFolderOption
  @Option(
    help: "File of the page (default: report.html in the folder of the run, of several runs in the folder where you are).",
    completion: .file())
  var output: String?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard [!runs.isEmpty, !filter.isEmpty, all].count(where: \.self) < 2 else {
      throw ValidationError("Expected either runs, or a choice of them by --where and the like, or --all, got more than one of these.")
    }
  }

  /// More would be a page that no browser likes.
  private static let mostRuns = 100

  func run() throws {
    let directories = try directories()
    guard directories.count <= Self.mostRuns else { throw CommandLineError.tooManyRuns(directories.count, most: Self.mostRuns) }
    if let output { try OutputFile.checkFolder(of: output) }
    let url =
      output.map { URL(fileURLWithPath: $0) }
      ?? (directories.count == 1 ? directories[0].appendingPathComponent("report.html") : URL(fileURLWithPath: "report.html"))
    let file = try PageFile(url), drawing = FigureDrawing()
    if let reason = drawing.reason { Terminal.writeError("note: \(reason)") }
    let page = try HTMLPage(of: directories.map(account), drawing: drawing)
    try file.write(page)
    guard json else { return Terminal.write(file.url.relativePath) }
    let runs = directories.map { directory -> JSONValue in
      let run = RunListing.run(in: directory)
      return ["experiment": .string(run.experiment), "run": .string(run.run), "directory": .string(directory.path)]
    }
    let value: JSONValue = [
      "file": .string(file.url.path), "runs": .array(runs), "figures": .integer(Int128(page.figureCount)),
      "notes": .array(page.notices.map { .string($0) }),
    ]
    Terminal.write(lines: value.prettyText.trimmingLineFeed)
  }

  private func directories() throws -> [URL] {
    guard !runs.isEmpty || !filter.isEmpty || all else { return [try folder.directory(of: nil)] }
    return try RunSelection.directories(runs, filter, in: folder)
  }

  /// What the folder says of a run, with what this program knows of its experiment.
  private func account(_ directory: URL) throws -> RunAccount {
    var account = try RunAccount(directory)
    let results = directory.deletingLastPathComponent().deletingLastPathComponent()
    let settings = try RecordedSettings(account.manifest, in: results)
    account.defaults = settings.map { Dictionary($0.changes.map { ($0.name, $0.standard) }) { first, _ in first } }
    account.command = settings?.command
    return account
  }
}
