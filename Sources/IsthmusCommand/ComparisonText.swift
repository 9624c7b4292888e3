import DeviceBenchmarks
import PrintableText

/// A comparison of two reports: what is printed of it, and whether it ends the program with an error.
struct ComparisonText {
  let comparison: BenchmarkComparison
  let new: BenchmarkReport
  let old: BenchmarkReport
  let path: String

  /// The table, the notes below it, and how many cases have which verdict.
  var lines: String {
    let heading =
      "against \(path) of \(old.date), revision \(old.revision); "
      + "speed is the old median over the new one, slower below \(comparison.bound)"
    let notes = comparison.notes(new, old).map { "note: \($0.printable)" }
    return ([heading.printable, comparison.table.text.trimmingLineFeed] + notes + [comparison.summary.printable]).joined(separator: "\n")
  }

  /// What `--fail-below` asks for.
  ///
  /// - Throws: `CommandLineError.slower`; `.failedRows` for rows that counted before and failed now; `.nothingToJudge` where no pair of
  ///   rows has an interval, since a comparison of nothing tells nothing.
  func judge() throws(CommandLineError) {
    let failed = comparison.newFailures
    guard failed.isEmpty else { throw .failedRows(failed.map { "\($0.name) \($0.precision)" }, of: new.rows.count) }
    let slower = comparison.changes(.slower)
    guard slower.isEmpty else {
      throw .slower(
        cases: slower.map { "\($0.row.name) \($0.row.precision) on \($0.row.device)" }, of: comparison.changes.count,
        bound: comparison.bound)
    }
    guard !comparison.changes.isEmpty else {
      throw .nothingToJudge(reason: "the reports have no row in common. Measure the same cases on the same device, with the same threads.")
    }
    guard comparison.changes.contains(where: { $0.interval != nil }) else {
      throw .nothingToJudge(
        reason: "no row has an interval in both reports, which takes \(RoundInterval.fewestRounds) rounds. "
          + "Measure both again with this program.")
    }
  }
}
