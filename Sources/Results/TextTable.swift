import PrintableText

/// A small table of texts: aligned for reading, or as CSV.
public struct TextTable: Equatable, Sendable {
  /// How a column is aligned: text left, numbers right.
  public enum Alignment: Sendable {
    /// The left or the right edge.
    case left, right
  }

  /// A column's heading and alignment.
  public struct Column: Equatable, Sendable {
    /// Heading of the column.
    public var title: String
    /// Alignment of the heading and the cells.
    public var alignment: Alignment
    /// What the heading stands for, in the legend; empty where it explains itself.
    public var meaning: String
    /// Whether the column says nothing without the one before it.
    public var isBeside: Bool

    public init(_ title: String, _ alignment: Alignment = .right, meaning: String = "", isBeside: Bool = false) {
      self.title = title
      self.alignment = alignment
      self.meaning = meaning
      self.isBeside = isBeside
    }
  }

  /// Columns from left to right.
  public let columns: [Column]
  /// Cells row by row, one per column.
  public private(set) var rows: [[String]] = []

  public init(columns: [Column]) { self.columns = columns }

  /// A table for programs: the keys of the first row are the columns, cells are empty where there is no number.
  ///
  /// - Parameters:
  ///   - rows: all with the same keys in the same order.
  ///   - written: a value that is neither null nor a text, as it is written.
  public init(numbers rows: [[JSONValue.Member]], written: (JSONValue.Member) -> String = { $0.value.text }) {
    self.init(columns: (rows.first ?? []).map { .init($0.key) })
    for row in rows {
      append(
        row.map { member in
          switch member.value {
          case .null: ""
          case .string(let text): text
          default: written(member)
          }
        })
    }
  }

  /// Appends a row.
  ///
  /// - Precondition: one cell per column.
  public mutating func append(_ row: [String]) {
    precondition(row.count == columns.count, "a row of \(row.count) cells in a table of \(columns.count) columns")
    rows.append(row)
  }

  /// Columns two spaces apart, a rule under the headings, no spaces at line ends; ends with a line feed.
  ///
  /// Widths count characters as a reader sees them, not bytes. Line breaks and controls within a cell are visible escapes: no cell makes a row.
  public var text: String { text(of: Array(columns.indices), columns.map { _ in TextTable.cellLimit }) }

  /// Headings and rows as they are shown, no cell longer than the limit of its column.
  private func lines(_ limits: [Int]) -> [[String]] {
    ([columns.map(\.title)] + rows).map { zip($0, limits).map { $0.printable(limit: $1) } }
  }

  /// Characters that the columns take.
  func widths(_ limits: [Int]) -> [Int] {
    let lines = lines(limits)
    return columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
  }

  /// Some of the columns.
  func text(of shown: [Int], _ limits: [Int]) -> String {
    let lines = lines(limits), widths = widths(limits)
    func line(_ cells: [String]) -> String {
      let padded = shown.map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        return columns[column].alignment == .left ? cells[column] + space : space + cells[column]
      }
      let joined = padded.joined(separator: "  ")
      return String(joined[..<(joined.lastIndex { $0 != " " }.map { joined.index(after: $0) } ?? joined.startIndex)])
    }
    let rule = shown.map { String(repeating: "─", count: widths[$0]) }.joined(separator: "  ")
    return ([line(lines[0]), rule] + lines.dropFirst().map(line)).joined(separator: "\n") + "\n"
  }

  /// A longer text would push all others out of sight.
  private static let cellLimit = 200

  /// Comma-separated values with a line of headings; quoted where needed, lines end with CR LF.
  ///
  /// Line breaks and controls within a cell are visible escapes. A text that a spreadsheet would take for a formula begins with `'`.
  public var csv: String { ([columns.map(\.title)] + rows).map(\.csvLine).joined() }
}
