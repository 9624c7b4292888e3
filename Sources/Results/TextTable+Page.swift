import PrintableText

extension TextTable {
  /// The table in lines of at most `width` characters: columns that have no room stand in further tables below, beside the first `keys` again.
  ///
  /// A cell is cut where it would not fit even so; a table of one column beside its keys is as wide as it has to be.
  public func text(width: Int, keys: Int) -> String {
    let heads = Array(columns.indices.prefix(keys))
    let headWidth = widths(columns.map { _ in TextTable.keyLimit }).prefix(keys).reduce(0) { $0 + $1 + 2 }
    let limits = columns.indices.map { $0 < keys ? TextTable.keyLimit : max(width - headWidth, TextTable.keyLimit) }
    let widths = widths(limits)
    func length(_ columns: [Int]) -> Int { columns.reduce(2 * (columns.count - 1)) { $0 + widths[$1] } }

    var units: [[Int]] = []
    for column in columns.indices.dropFirst(keys) {
      if columns[column].isBeside, !units.isEmpty { units[units.count - 1].append(column) } else { units.append([column]) }
    }
    units = units.flatMap { length(heads + $0) <= width ? [$0] : $0.map { [$0] } }
    var tables: [[Int]] = []
    for unit in units {
      if let last = tables.last, length(last + unit) <= width { tables[tables.count - 1] += unit } else { tables.append(heads + unit) }
    }
    return (tables.isEmpty ? [heads] : tables).map { text(of: $0, limits) }.joined(separator: "\n")
  }

  /// What the headings stand for, one or several of one meaning a line; empty where all explain themselves.
  public func legend(width: Int) -> String {
    let entries = meanings
    let heads = entries.map { $0.titles.joined(separator: ", ").printable }
    let indent = min(heads.map(\.count).max() ?? 0, TextTable.keyLimit) + 2
    return zip(heads, entries).map { head, entry in
      let space = String(repeating: " ", count: indent)
      let text = entry.meaning.printable.wrapped(to: width - indent).joined(separator: "\n" + space)
      guard head.count > TextTable.keyLimit else { return head + space.dropFirst(head.count) + text + "\n" }
      return head.wrapped(to: width).joined(separator: "\n") + "\n" + space + text + "\n"
    }.joined()
  }

  /// Headings with what they stand for, those of one meaning together; those that explain themselves are left out.
  package var meanings: [(titles: [String], meaning: String)] {
    var entries: [(titles: [String], meaning: String)] = []
    for column in columns where !column.meaning.isEmpty {
      if let place = entries.firstIndex(where: { $0.meaning == column.meaning }) {
        if !entries[place].titles.contains(column.title) { entries[place].titles.append(column.title) }
      } else {
        entries.append(([column.title], column.meaning))
      }
    }
    return entries
  }

  /// What tells rows apart is short, or is cut.
  private static let keyLimit = 30
}
