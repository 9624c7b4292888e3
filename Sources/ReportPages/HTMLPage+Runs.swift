import Reports
import Results

extension HTMLPage {
  /// The page of one run.
  ///
  /// - Throws: `ResultsError` where the files of the run cannot be read.
  public init(of run: RunAccount, drawing figures: FigureDrawing) throws(ResultsError) {
    self.init(title: run.name, notices: run.notices, parts: try run.parts(drawing: figures))
  }

  /// The page of several runs: how they differ, their tables side by side, and each run by itself.
  ///
  /// - Precondition: there is a run.
  /// - Throws: `ResultsError` where the files of a run cannot be read.
  public init(of runs: [RunAccount], drawing figures: FigureDrawing) throws(ResultsError) {
    guard runs.count > 1 else {
      precondition(!runs.isEmpty, "a page of no run")
      try self.init(of: runs[0], drawing: figures)
      return
    }
    let experiments = Set(runs.map(\.manifest.experiment)), common = experiments.count == 1 ? experiments.first : nil
    let unfinished = runs.filter { $0.summary.state != .finished }
    var parts: [PagePart] = [.section("Runs", [.table(Self.overview(runs))])]
    if let common, let report = ReportCatalog.report(common) { parts.append(try Self.comparison(runs, report)) }
    for run in runs { parts.append(.section(run.name, run.notices.map { .notice($0) } + (try run.parts(drawing: figures)))) }
    self.init(
      title: "\(runs.count) runs" + (common.map { " of \($0)" } ?? ""),
      notices: unfinished.isEmpty
        ? [] : ["\(unfinished.count) of \(runs.count) runs are not finished: \(unfinished.map(\.name).joined(separator: ", "))."],
      parts: parts)
  }

  private static func overview(_ runs: [RunAccount]) -> PageTable {
    let summaries = runs.map(\.summary), names = summaries.differingSettings
    let own = ["run", "state", "started", "device"]
    var table = TextTable(columns: (own + names).map { .init($0, .left) })
    for (run, summary) in zip(runs, summaries) {
      table.append(
        [run.name, summary.state.name, summary.started, summary.device]
          + names.map { name in summary[name].map { $0 == .null ? "none" : $0.plain } ?? "–" })
    }
    return PageTable(caption: "Runs with the settings in which they differ", content: table, keys: 1)
  }

  private static func comparison(_ runs: [RunAccount], _ report: RunReport) throws(ResultsError) -> PagePart {
    var tables: [ReportTable] = []
    for run in runs { tables.append(try report.table(of: run.directory)) }
    let comparison = RunComparison(tables), text = comparison.text(runs: runs.map(\.manifest.run))
    guard !text.rows.isEmpty else { return .section("Side by side", [.paragraph("Their tables have no row in common.")]) }
    let keys = text.columns.count - runs.count
    let table = PageTable(
      caption: "What stands in the tables of two or more runs; medians without their quartiles", content: text.repeating(keys: keys),
      keys: keys)
    let left = comparison.unmatched
    return .section(
      "Side by side", [.table(table)] + (left == 0 ? [] : [.paragraph("\(left) rows stand in the table of one run alone.")]))
  }
}

extension TextTable {
  /// The table with the first cells of a row in all rows below that leave them out: who scrolls does not see those above.
  fileprivate func repeating(keys: Int) -> TextTable {
    var table = TextTable(columns: columns)
    for row in rows {
      guard let above = table.rows.last, row[0].isEmpty else {
        table.append(row)
        continue
      }
      table.append(row.indices.map { $0 < keys && row[$0].isEmpty ? above[$0] : row[$0] })
    }
    return table
  }
}
