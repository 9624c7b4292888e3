import Foundation
import PrintableText
import Results
import Statistics
import StudyRecords

/// The table at the end of a run, for reading and for programs.
public struct ReportTable: Sendable {
  /// Lines above the table for a reader; empty for none.
  public internal(set) var heading: [String] = []
  /// Columns of `numbers` that tell its rows apart, and rows of two runs that belong together.
  public internal(set) var rowKeys: [String] = []
  /// Columns that tell rows with equal `rowKeys` apart; elsewhere they are figures like the others.
  public internal(set) var furtherRowKeys: [String] = []
  /// The table for a reader.
  public private(set) var text: TextTable
  /// Rows for programs, with equal keys.
  private var rows: [[JSONValue.Member]] = []
  /// What stands beside the rows in JSON, and the name that they have there.
  var beside: (rows: String, members: [JSONValue.Member])?

  /// Columns that tell the rows of `text` apart, from the left.
  package let keys: Int
  /// What holds of all cells, for the legend; empty for nothing.
  package let note: String

  /// - Parameters:
  ///   - keys: columns that tell the rows for a reader apart, from the left.
  ///   - note: what holds of all cells.
  init(keys: Int, note: String = "", columns: [TextTable.Column]) {
    text = TextTable(columns: columns)
    (self.keys, self.note) = (keys, note)
  }

  /// The table for a terminal of 100 columns: its heading, what does not fit below, and what the heads of columns stand for.
  public var page: String {
    let width = 100
    func lines(_ text: String) -> String {
      text.wrapped(to: width - 2).enumerated().map { ($0 == 0 ? "" : "  ") + $1 + "\n" }.joined()
    }
    let legend = (note.isEmpty ? "" : lines(note)) + text.legend(width: width)
    return heading.map(lines).joined() + text.text(width: width, keys: keys) + (legend.isEmpty ? "" : "\n" + legend)
  }

  /// The table for programs: one number per column, empty where there is none, errors as fractions.
  public var numbers: TextTable { TextTable(numbers: rows) }

  /// An array with one object per row of `numbers`, null where there is no number; an object with it where other things stand beside it.
  public var json: JSONValue {
    let all = JSONValue.array(rows.map { .object($0) })
    return beside.map { .object([.init($0.rows, all)] + $0.members) } ?? all
  }

  /// Appends a row for a reader.
  mutating func add(_ cells: [String]) { text.append(cells) }

  /// Appends a row for programs.
  mutating func add(_ numbers: TableNumbers) { rows.append(numbers.members) }

  /// Appends a row for both.
  mutating func add(_ cells: [String], _ numbers: TableNumbers) {
    add(cells)
    add(numbers)
  }
}

extension TextTable.Column {
  /// A column of numbers, or of texts, whose heading stands for something.
  static func column(
    _ title: String, _ meaning: String, _ alignment: TextTable.Alignment = .right, isBeside: Bool = false
  ) -> TextTable.Column {
    .init(title, alignment, meaning: meaning, isBeside: isBeside)
  }

  /// A column of what a field holds.
  static func column(_ title: String, _ field: some AnyField, _ alignment: TextTable.Alignment = .right) -> TextTable.Column {
    column(title, field.legend, alignment)
  }
}

extension AnyField {
  /// The meaning for readers of a table: without the marks of Markdown, and with the dash that stands for null there.
  var legend: String { meaning.replacing("`", with: "").replacing("\\|", with: "|").replacing("null", with: "–") }
}

/// A number as a cell shows it; a dash where there is none.
func cell(_ value: Double?, _ format: String, times factor: Double = 1) -> String {
  value.map { String(format: format, factor * $0) } ?? "–"
}

/// A median with its quartiles, `50 [45, 55]`; the median alone where they are shown alike.
func cell(_ quartiles: Quartiles, _ format: String, times factor: Double = 1) -> String {
  let parts = [quartiles.median, quartiles.lower, quartiles.upper].map { cell($0, format, times: factor) }
  return parts[1] == parts[0] && parts[0] == parts[2] ? parts[0] : "\(parts[0]) [\(parts[1]), \(parts[2])]"
}

/// A row for programs: values by name, in the order in which they were given.
struct TableNumbers: ExpressibleByDictionaryLiteral {
  private(set) var members: [JSONValue.Member] = []

  init(dictionaryLiteral values: (String, any TableValue)...) { for (key, value) in values { self.add(key, value) } }

  mutating func add(_ key: String, _ value: some TableValue) {
    for (key, value) in zip(type(of: value).keys(key), value.values) { members.append(.init(key, value)) }
  }

  mutating func add(_ numbers: TableNumbers) { members += numbers.members }
}

/// What a row for programs can hold under a name, in one column or several.
protocol TableValue {
  static func keys(_ key: String) -> [String]
  var values: [JSONValue] { get }
}

extension TableValue {
  static func keys(_ key: String) -> [String] { [key] }
}

extension Int: TableValue { var values: [JSONValue] { [.integer(Int128(self))] } }
extension String: TableValue { var values: [JSONValue] { [.string(self)] } }

extension Double: TableValue {
  /// Null for what is beyond every number, such as a quotient of extremes.
  var values: [JSONValue] { [isFinite ? .number(self) : .null] }
}

extension Quartiles: TableValue {
  static func keys(_ key: String) -> [String] { [key, key + "Lower", key + "Upper"] }
  var values: [JSONValue] { [median, lower, upper].flatMap(\.values) }
}

extension WidthSlope: TableValue {
  static func keys(_ key: String) -> [String] { [key + "Slope", key + "SlopeError"] }
  var values: [JSONValue] { exponent.values + standardError.values }
}

extension Optional: TableValue where Wrapped: TableValue {
  static func keys(_ key: String) -> [String] { Wrapped.keys(key) }
  var values: [JSONValue] { self?.values ?? Wrapped.keys("").map { _ in .null } }
}
