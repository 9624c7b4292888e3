import ArgumentParser
import Foundation
import Results

/// `isthmus results list`.
struct ResultsListCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "list",
      abstract: "List runs with the settings in which they differ.",
      discussion: """
        Oldest first, in at most \(RunListingText.width) columns. --json prints an object a line.

        What manifests say is kept in RESULTS/.run-index; it is compared with the folders every time, and may be deleted.

        Examples:
          isthmus results --limit 10
          isthmus results list --experiment bottleneck --state finished --sort seed
          isthmus results list --since 2026-11 --columns seed,draws --json
        """)
  }

  @OptionGroup(title: "Choice of runs") var filter: RunFilter
  @OptionGroup var folder: ResultsFolderOption
  @Option(help: "Order by a setting or by one of \(RunSummary.fields.joined(separator: ", ")); by start time by default.") var sort: String?
  @Flag(help: "The other way round.") var reverse = false
  @Option(help: "At most so many: the newest ones, or the first ones of --sort and --reverse.") var limit: Int?
  @Option(help: "Settings to show, separated by commas, in place of those in which the runs differ.") var columns: String?
  @Flag(help: "Read every manifest again, and replace the index.") var rebuildIndex = false
  @Flag(help: "Print JSON, a line for each run.") var json = false

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit: expected a number from 1, got \(limit).") }
  }

  func run() throws {
    let url = try folder.existing()
    let all = rebuildIndex ? try RunListing.rebuildIndex(in: url) : RunListing.runs(in: url, experiment: filter.experiment)
    let columns = columns.map { $0.split(separator: ",").map(String.init) }
    try all.check((columns ?? []) + (sort.map { [$0] } ?? []))
    let chosen = try filter.choose(all), shown = ordered(chosen)
    Terminal.endWithReader()
    if json {
      for run in shown { Terminal.write(lines: run.json.text) }
      return
    }
    guard !shown.isEmpty else {
      return Terminal.write(all.isEmpty ? "no runs in \(folder.results)" : "none of \(all.count) runs in \(folder.results) is meant")
    }
    Terminal.write(lines: RunOverview(shown, settings: columns).text(width: RunListingText.width).trimmingLineFeed)
    if shown.count < all.count { Terminal.write("\(shown.count) of \(all.count) runs") }
  }

  private func ordered(_ runs: [RunSummary]) -> [RunSummary] {
    guard sort != nil || reverse else { return limit.map { runs.suffix($0) } ?? runs }
    let sorted = sort.map { runs.sorted(by: $0) } ?? runs, ordered = reverse ? sorted.reversed() : sorted
    return limit.map { Array(ordered.prefix($0)) } ?? ordered
  }
}

/// How a listing of runs looks, wherever it is printed.
enum RunListingText {
  static let width = 100
}
