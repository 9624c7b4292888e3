import ArgumentParser
import Foundation
import Results

/// `isthmus results show`.
struct ResultsShowCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "show",
      abstract: "Say what a run is: its settings, data, device, times, files, and how it goes on.",
      discussion: """
        Examples:
          isthmus results show                      the newest run in results/
          isthmus results show 3f2a
          isthmus results show results/bottleneck/3f2a90b1c4d5 --json
        """)
  }

  @Argument(
    help: ArgumentHelp("Folder of a run, its run-id or the beginning of it; the newest run by default.", valueName: "run"),
    completion: .directory)
  var name: String?
  @OptionGroup var folder: ResultsFolderOption
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let page = try RunPage(try folder.directory(of: name))
    if json { Terminal.write(lines: page.json.prettyText.trimmingLineFeed) } else { Terminal.write(lines: page.text) }
  }
}

extension ResultsFolderOption {
  /// The folder of a run that was named, or of the newest one.
  ///
  /// - Throws: as `RunListing.directory`; `CommandLineError.noRuns`.
  func directory(of run: String?) throws -> URL {
    if let run { return try RunListing.directory(of: run, in: url) }
    guard let newest = RunListing.runs(in: try existing()).last(where: { !$0.started.isEmpty }) else {
      throw CommandLineError.noRuns(results: results)
    }
    return newest.directory
  }
}
