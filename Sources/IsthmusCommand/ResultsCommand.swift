import ArgumentParser
import Foundation
import Results

/// `isthmus results`.
struct ResultsCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "results",
      abstract: "List runs, show and compare them, make tables of their records, remove them.",
      discussion: """
        Without a subcommand runs are listed. A RUN is a folder, a run-id, or the beginning of one, also behind its experiment: \
        3f2a, bottleneck/3f2a. Every subcommand has --json; Documentation/results-format.md says what its keys mean.

        Examples:
          isthmus results                         all runs in results/
          isthmus results --where 'seed>3'        those with such settings
          isthmus results show 3f2a
          isthmus results compare 3f2a 90b1
          isthmus results table 3f2a 90b1 --output records.csv
          isthmus results rm --where state=failed
        """,
      subcommands: [
        ResultsListCommand.self, ResultsShowCommand.self, ResultsCompareCommand.self, ResultsTableCommand.self, ResultsRemoveCommand.self,
      ],
      defaultSubcommand: ResultsListCommand.self)
  }
}

/// Where runs lie.
struct ResultsFolderOption: ParsableArguments {
  @Option(help: "Folder of all results.", completion: .directory) var results = "results"

  var url: URL { URL(fileURLWithPath: results) }

  /// The folder, which is there.
  ///
  /// - Throws: `CommandLineError.noResults`.
  func existing() throws(CommandLineError) -> URL {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw .noResults(results: results)
    }
    return url
  }
}

/// Which runs are meant, by what they are.
struct RunFilter: ParsableArguments {
  @Option(help: "Runs of this experiment.") var experiment: String?
  @Option(help: "Runs in this state: \(RunSummary.State.names.joined(separator: ", ")).") var state: String?
  @Option(help: "Runs that started at this time or later: 2026-11-30, or as much of 2026-11-30T12:59:55Z as is wanted.") var since: String?
  @Option(help: "Runs that started at this time or before; 2026-11 is all of November.") var until: String?
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Runs that fulfil a condition, such as bottlenecks=2, 'seed>3', state!=finished or bottlenecks~inf; repeat it for several.",
      discussion:
        "The name is that of a setting, or one of \(RunSummary.fields.joined(separator: ", ")). =, !=, <, <=, >, >= compare; "
        + "~ asks whether a list has a member. Quote < and > for the shell.", valueName: "condition"))
  var conditions: [String] = []

  var isEmpty: Bool { experiment == nil && state == nil && since == nil && until == nil && conditions.isEmpty }

  func validate() throws {
    if let state, !RunSummary.State.names.contains(state) {
      throw ValidationError("--state: expected \(RunSummary.State.names.joined(separator: ", ")), got '\(state)'.")
    }
    for (option, time) in [("--since", since), ("--until", until)] {
      guard let time, time.wholeMatch(of: /[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}(:[0-9]{2}(:[0-9]{2}Z?)?)?)?)?)?/) == nil else { continue }
      throw ValidationError("\(option): expected a time such as 2026-11-30 or 2026-11-30T12:59, in UTC, got '\(time)'.")
    }
  }

  /// The runs of a folder that fulfil everything, by start time.
  func runs(in results: URL) throws -> [RunSummary] { try choose(RunListing.runs(in: results, experiment: experiment)) }

  func choose(_ runs: [RunSummary]) throws -> [RunSummary] {
    let conditions =
      try conditions.map { text throws(ResultsError) in try RunCondition(text) } + (experiment.map { [.experiment($0)] } ?? [])
      + (state.map { [.state($0)] } ?? []) + (since.map { [.since($0)] } ?? []) + (until.map { [.until($0)] } ?? [])
    try runs.check(conditions.map(\.name))
    return runs.filter { run in conditions.allSatisfy { $0.holds(for: run) } }
  }
}

/// Runs by name, or by what they are.
struct RunSelection: ParsableArguments {
  @Argument(help: "Runs: folders, run-ids or beginnings of them; none with --where and the like.") var runs: [String] = []
  @OptionGroup(title: "Choice of runs") var filter: RunFilter
  @OptionGroup var folder: ResultsFolderOption

  func validate() throws {
    guard runs.isEmpty != filter.isEmpty else {
      throw ValidationError(
        runs.isEmpty
          ? "Expected runs, or a choice of them by --where, --experiment, --state, --since or --until."
          : "Expected either runs or a choice of them by --where and the like, got both.")
    }
  }

  /// Folders of the runs, each once.
  ///
  /// - Throws: `CommandLineError.noRuns` where the choice leaves none.
  func directories() throws -> [URL] { try Self.directories(runs, filter, in: folder) }

  /// Folders of runs by name, or where none is named of those that a filter leaves; each once.
  ///
  /// - Throws: `CommandLineError.noSuchRuns` where the choice leaves none.
  static func directories(_ runs: [String], _ filter: RunFilter, in folder: ResultsFolderOption) throws -> [URL] {
    let chosen =
      runs.isEmpty
      ? try filter.runs(in: folder.existing()).map(\.directory) : try runs.map { try RunListing.directory(of: $0, in: folder.url) }
    guard !chosen.isEmpty else { throw CommandLineError.noSuchRuns(results: folder.results) }
    var paths: Set<String> = []
    return chosen.filter { paths.insert($0.standardizedFileURL.path).inserted }
  }
}
