import PrintableText

/// Runs as a table for a person, no wider than asked for: what tells them apart in columns, what they have in common above it.
public struct RunOverview {
  private let runs: [RunSummary]
  /// Settings in columns of their own.
  private let settings: [String]
  /// Longest text of a setting.
  private static let longestValue = 24

  private struct Column {
    let name: String
    var heading: String
    let cells: [String]
    let alignment: TextTable.Alignment
    let cellWidth: Int

    init(name: String, heading: String, cells: [String], alignment: TextTable.Alignment) {
      (self.name, self.heading, self.cells, self.alignment) = (name, heading, cells, alignment)
      cellWidth = cells.map(\.count).max() ?? 0
    }

    var width: Int { max(heading.count, cellWidth) }
  }

  /// - Parameter settings: those to show; nil for the ones in which the runs differ.
  public init(_ runs: [RunSummary], settings: [String]? = nil) {
    self.runs = runs
    self.settings = settings ?? runs.differingSettings
  }

  /// The table with its notes; ends with a line feed.
  ///
  /// Where it would be wider than `width` characters, headings longer than what stands below them are shortened, and a line says what they
  /// stand for; then settings are left out from the last on, and a line names them.
  public func text(width: Int) -> String {
    var columns = ownColumns + settings.map { column($0) }
    let count = columns.count - settings.count
    shorten(&columns, from: count, to: width)
    var left: [String] = []
    while columns.count > count, Self.width(columns) > width { left.insert(columns.removeLast().name, at: 0) }
    var table = TextTable(columns: columns.map { .init($0.heading, $0.alignment) })
    for row in runs.indices { table.append(columns.map { $0.cells[row] }) }
    let shortened = columns.filter { $0.heading != $0.name && settings.contains($0.name) }.map { "\($0.heading) = \($0.name)" }
    let notes =
      Self.lines("", shortened, width)
      + Self.lines("differ too (--columns NAME,NAME or --json shows them):", left, width)
      + (runs.contains { $0.state.reason != nil } ? ["`isthmus results show RUN` says why a run failed or cannot be read."] : [])
    return common + table.text + notes.map { $0 + "\n" }.joined()
  }

  /// A line for what all runs have in common; empty for none.
  private var common: String {
    let shared = ["experiment", "device"].filter { !differs($0) }.compactMap { name in
      runs.first?[name].map { "\(name) \($0.plain.printable(limit: 60))" }
    }
    return runs.count > 1 && !shared.isEmpty ? "all: \(shared.joined(separator: ", "))\n" : ""
  }

  private func differs(_ name: String) -> Bool { runs.count < 2 || runs.contains { $0[name] != runs[0][name] } }

  private var ownColumns: [Column] {
    func column(_ name: String, _ alignment: TextTable.Alignment = .left, _ text: (RunSummary) -> String) -> Column {
      Column(name: name, heading: name, cells: runs.map { text($0).printable(limit: Self.longestValue) }, alignment: alignment)
    }
    return (differs("experiment") ? [column("experiment") { $0.experiment }] : [])
      + [column("run") { $0.run }, column("state") { $0.state.name }, column("started") { Self.minute($0.started) }]
      + (differs("device") ? [column("device") { $0.device }] : [])
  }

  private func column(_ setting: String) -> Column {
    let values = runs.map { $0[setting] }
    let isNumeric = values.allSatisfy { $0 == nil || $0 == .null || $0?.double != nil }
    return Column(
      name: setting, heading: setting.printable(limit: 40),
      cells: values.map { value in
        guard let value, value != .null else { return "–" }
        return value.plain.printable(limit: Self.longestValue)
      }, alignment: isNumeric ? .right : .left)
  }

  /// `2026-11-30T12:59:55Z` as `2026-11-30 12:59`.
  private static func minute(_ time: String) -> String { String(time.prefix(16)).replacing("T", with: " ") }

  private static func width(_ columns: [Column]) -> Int { columns.reduce(-2) { $0 + $1.width + 2 } }

  /// Shortens headings of settings while the table is too wide, those first that win most.
  private func shorten(_ columns: inout [Column], from start: Int, to width: Int) {
    while Self.width(columns) > width {
      var taken = Set(columns.map(\.heading)), best: (index: Int, heading: String, gain: Int)?
      for index in columns.indices.dropFirst(start) where columns[index].heading == columns[index].name {
        let column = columns[index], heading = Self.abbreviation(column.name, not: taken)
        let gain = column.width - max(heading.count, column.cellWidth)
        if gain > best?.gain ?? 0 { best = (index, heading, gain) }
      }
      guard let best else { return }
      taken.insert(best.heading)
      columns[best.index].heading = best.heading
    }
  }

  /// The first letters of the parts of a name, more of them where that is taken.
  private static func abbreviation(_ name: String, not taken: Set<String>) -> String {
    let parts = name.split { $0 == "-" || $0 == "_" }
    for length in (parts.count == 1 ? 3 : 1)..<max(name.count, 4) {
      let text = parts.map { $0.prefix(length) }.joined(separator: length == 1 ? "" : "-")
      if !taken.contains(text) { return text.printable(limit: 40) }
    }
    return name
  }

  /// Parts behind a heading, separated by commas, in lines no wider than asked for where the parts allow.
  private static func lines(_ heading: String, _ parts: [String], _ width: Int) -> [String] {
    guard !parts.isEmpty else { return [] }
    var lines = [heading]
    for (index, part) in parts.map({ $0.printable(limit: width - 3) }).enumerated() {
      let line = lines[lines.count - 1], isFirst = index == 0
      if line.count + part.count + 3 > width {
        lines[lines.count - 1] += isFirst ? "" : ","
        lines.append("  " + part)
      } else {
        lines[lines.count - 1] += (line.isEmpty ? "" : isFirst ? " " : ", ") + part
      }
    }
    return lines
  }
}
