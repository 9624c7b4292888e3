import ArgumentParser
import Foundation
import Reports
import Results

/// `isthmus results compare`.
struct ResultsCompareCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "compare",
      abstract: "Put runs side by side: settings that differ, and the figures of their tables.",
      discussion: """
        Figures are those of the experiment's table, for rows that two or more of the runs have; medians without their quartiles, which \
        --json shows too. Runs of different experiments are compared by their settings alone.

        Examples:
          isthmus results compare 3f2a 90b1
          isthmus results compare --where bottlenecks=1,2,inf --json
        """)
  }

  @OptionGroup var selection: RunSelection
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let directories = try selection.directories()
    guard directories.count > 1 else { throw CommandLineError.nothingToCompare(run: directories[0].relativePath) }
    let manifests = try directories.map { try Manifest.read($0) }, runs = directories.map { RunListing.run(in: $0) }
    let settings = differences(runs), numerics = numerics(manifests)
    let isAlike = Set(manifests.map(\.experiment)).count == 1
    let report = isAlike ? ReportCatalog.report(manifests[0].experiment) : nil
    let comparison = try report.map { report in RunComparison(try directories.map { try report.table(of: $0) }) }
    if json { return Terminal.write(lines: value(runs, settings, numerics, comparison).prettyText.trimmingLineFeed) }

    let headings = isAlike ? runs.map(\.run) : runs.map { "\($0.experiment)/\($0.run)" }
    var table = TextTable(columns: [.init("setting", .left)] + headings.map { .init($0) })
    for (name, values) in settings { table.append([name] + values.map { $0 == .null ? "–" : $0.plain }) }
    for (name, values) in numerics { table.append(["numerics: \(name)"] + values.map { $0 == .null ? "–" : $0.plain }) }
    Terminal.write(lines: table.rows.isEmpty ? "no setting differs" : table.text(width: RunListingText.width, keys: 1).trimmingLineFeed)
    guard let comparison else {
      return Terminal.write(isAlike ? "the experiment has no table" : "tables of different experiments have no rows in common")
    }
    Terminal.write("")
    let figures = comparison.text(runs: headings)
    let text = figures.text(width: RunListingText.width, keys: figures.columns.count - headings.count)
    Terminal.write(lines: comparison.rows.isEmpty ? "their tables have no row in common" : text.trimmingLineFeed)
    if comparison.unmatched > 0 { Terminal.write("\(comparison.unmatched) rows stand in the table of one run alone") }
  }

  /// What the bits of numbers depend on beside the settings and the device, where the runs' last starts differ in it.
  private func numerics(_ manifests: [Manifest]) -> [(name: String, values: [JSONValue])] {
    let numerics = manifests.map { $0.segments.last?.numerics ?? [:] }
    let names = Set(numerics.flatMap(\.keys)).subtracting(["backend", "device"]).sorted()
    return names.map { name in (name, numerics.map { $0[name].map { .string($0) } ?? .null }) }.filter { Set($0.1.map(\.text)).count > 1 }
  }

  /// Fields and settings that are not equal in all runs; null where a run has none.
  private func differences(_ runs: [RunSummary]) -> [(name: String, values: [JSONValue])] {
    let names = ["experiment", "state", "device", "precision"] + runs.settingNames
    return names.map { name in (name, runs.map { $0[name] ?? .null }) }.filter { Set($0.1.map(\.canonicalText)).count > 1 }
  }

  private func value(
    _ runs: [RunSummary], _ settings: [(name: String, values: [JSONValue])], _ numerics: [(name: String, values: [JSONValue])],
    _ comparison: RunComparison?
  ) -> JSONValue {
    [
      "runs": .array(runs.map(\.json)), "settings": .object(settings.map { .init($0.name, .array($0.values)) }),
      "numerics": .object(numerics.map { .init($0.name, .array($0.values)) }),
      "rows": comparison?.json ?? .array([]), "unmatchedRows": .integer(Int128(comparison?.unmatched ?? 0)),
    ]
  }
}
