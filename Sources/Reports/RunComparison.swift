import Foundation
import Results

/// Figures of the tables of several runs of one experiment, row by row side by side.
public struct RunComparison: Equatable, Sendable {
  /// What the tables say of one thing.
  public struct Row: Equatable, Sendable {
    /// Columns that say which thing it is, with their values.
    public let keys: [JSONValue.Member]
    /// All other columns in which some run has a value.
    public let figures: [Figure]
  }

  /// One column of a row, in all runs.
  public struct Figure: Equatable, Sendable {
    /// Heading of the column in `ReportTable.numbers`.
    public let name: String
    /// A value for each run; null where its table has no such row, or no value there.
    public let values: [JSONValue]
  }

  /// Rows that at least two of the tables have.
  public let rows: [Row]
  /// Rows that one table alone has.
  public let unmatched: Int

  /// Puts tables side by side, which are of one experiment.
  public init(_ tables: [ReportTable]) {
    guard let first = tables.first, !first.rowKeys.isEmpty else {
      (rows, unmatched) = ([], tables.reduce(0) { $0 + $1.numbers.rows.count })
      return
    }
    let numbers = tables.map(\.numbers), keys = first.rowKeys, further = first.furtherRowKeys
    let repeated = numbers.reduce(into: Set<[String]>()) { repeated, table in
      var seen: Set<[String]> = []
      for row in table.rows where !seen.insert(table.cells(row, keys)).inserted { repeated.insert(table.cells(row, keys)) }
    }
    var order: [[String]] = [], found: [[String]: [Int: [String]]] = [:]
    for (index, table) in numbers.enumerated() {
      for row in table.rows {
        let base = table.cells(row, keys), key = base + (repeated.contains(base) ? table.cells(row, further) : [])
        if found[key] == nil { order.append(key) }
        found[key, default: [:]][index] = row
      }
    }
    let matched = order.filter { (found[$0]?.count ?? 0) > 1 }
    unmatched = order.count - matched.count
    var titles: [String] = []
    for table in numbers { for column in table.columns where !titles.contains(column.title) { titles.append(column.title) } }
    rows = matched.map { key in
      let names = (keys + further).prefix(key.count)
      let figures = titles.filter { !names.contains($0) }.map { title in
        Figure(
          name: title,
          values: numbers.indices.map { index in
            guard let row = found[key]?[index], let cell = numbers[index].cells(row, [title]).first else { return .null }
            return JSONValue(cell: cell)
          })
      }
      return Row(
        keys: zip(names, key).map { JSONValue.Member($0, JSONValue(cell: $1)) },
        figures: figures.filter { $0.values.contains { $0 != .null } })
    }
  }

  /// The rows for a reader, a line for each figure but the quartiles around a median.
  ///
  /// - Parameter runs: headings of the runs' columns.
  public func text(runs: [String]) -> TextTable {
    let keys = rows.max { $0.keys.count < $1.keys.count }?.keys.map(\.key) ?? []
    var table = TextTable(columns: keys.map { .init($0, .left) } + [.init("figure", .left)] + runs.map { .init($0) })
    for row in rows {
      var names = keys.map { key in row.keys.first { $0.key == key }?.value.plain ?? "" }
      for figure in row.figures where !isBound(figure, of: row) {
        table.append(names + [figure.name] + figure.values.map(Self.text))
        names = keys.map { _ in "" }
      }
    }
    return table
  }

  private func isBound(_ figure: Figure, of row: Row) -> Bool {
    ["Lower", "Upper"].contains { bound in
      figure.name.hasSuffix(bound) && row.figures.contains { $0.name == figure.name.dropLast(bound.count) }
    }
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .null: "–"
    case .number(let value): String(format: "%.4g", value)
    default: value.plain
    }
  }

  /// The rows as a value of JSON: `keys`, and for each of `figures` an array with a value for each run.
  public var json: JSONValue {
    .array(
      rows.map { row in
        ["keys": .object(row.keys), "figures": .object(row.figures.map { JSONValue.Member($0.name, .array($0.values)) })]
      })
  }
}

extension TextTable {
  /// The cells of a row under headings, empty where there is no such heading.
  fileprivate func cells(_ row: [String], _ titles: [String]) -> [String] {
    titles.map { title in columns.firstIndex { $0.title == title }.map { row[$0] } ?? "" }
  }
}

extension JSONValue {
  /// The value of a cell of `ReportTable.numbers`: a number where it is one, null where it is empty, else its text.
  fileprivate init(cell: String) {
    let value = try? JSONValue(parsing: Array(cell.utf8))
    self = cell.isEmpty ? .null : value?.double == nil ? .string(cell) : value ?? .null
  }
}
