import ArgumentParser
import Foundation
import Results

/// `isthmus results rm`.
struct ResultsRemoveCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "rm",
      abstract: "Remove runs with all their files.",
      discussion: """
        Shows the runs and asks; where there is no terminal to ask on, --yes is needed. If one of them is being written none is removed.

        Examples:
          isthmus results rm 3f2a
          isthmus results rm --state failed --until 2026-10 --yes
        """)
  }

  @OptionGroup var selection: RunSelection
  @Flag(help: "Do not ask.") var yes = false
  @Flag(help: "Print JSON: what was removed.") var json = false

  func run() throws {
    let directories = try selection.directories(), runs = directories.map { RunListing.run(in: $0) }
    guard try yes || isConfirmed(runs) else { return Terminal.writeError("nothing is removed") }
    try RunRemoval.remove(directories)
    guard json else { return directories.forEach { Terminal.write("removed \($0.relativePath)") } }
    let removed = zip(runs, directories).map { run, directory -> JSONValue in
      ["experiment": .string(run.experiment), "run": .string(run.run), "directory": .string(directory.path)]
    }
    Terminal.write(lines: JSONValue.object([.init("removed", .array(removed))]).prettyText.trimmingLineFeed)
  }

  private func isConfirmed(_ runs: [RunSummary]) throws -> Bool {
    guard Terminal.canAsk else { throw CommandLineError.notConfirmed(runs: runs.count) }
    Terminal.writeError(lines: RunOverview(runs).text(width: RunListingText.width).trimmingLineFeed)
    return Terminal.isAgreed(to: runs.count == 1 ? "Remove this run for good?" : "Remove these \(runs.count) runs for good?")
  }
}
