import Foundation

/// Comma-separated values (RFC 4180): quoted fields, doubled quotes, LF or CRLF, an optional byte order mark, an optional header.
enum CSVReader {
  /// Whether the first line names the columns.
  enum Header: Sendable {
    /// A first line without a single number is a header.
    case automatic, yes, no
  }

  /// - Parameter target: name, or number from 1, of the column to be learnt; nil takes the last one. All others are features.
  /// - Throws: `DatasetError.invalidLine` for text where a number is due, a line with another number of fields, or bad quoting;
  ///   `.notFinite`, `.noPoints`, `.invalidParameter` for a column that is not there.
  static func read(_ contents: FileContents, target: String?, header: Header) throws(DatasetError) -> CSVTable {
    let path = contents.path
    var records = try CSVScanner.records(of: contents)
    guard let first = records.first else { throw .noPoints(name: path) }
    let columns = first.fields.count
    guard columns >= 2 else {
      throw .invalidLine(
        path: path, line: first.line, reason: "expected at least 2 fields with commas between them (features and a target), found 1")
    }
    let hasHeader = header == .yes || header == .automatic && first.fields.allSatisfy { number($0) == nil }
    if hasHeader { records.removeFirst() }
    let column = try targetColumn(target, names: hasHeader ? first.fields : nil, columns: columns, path: path)
    guard !records.isEmpty else { throw .noPoints(name: path) }

    var features: [Double] = []
    features.reserveCapacity(records.count * (columns - 1))
    var targets: [String] = []
    targets.reserveCapacity(records.count)
    for (row, record) in records.enumerated() {
      guard record.fields.count == columns else {
        throw .invalidLine(path: path, line: record.line, reason: "expected \(columns) fields, found \(record.fields.count)")
      }
      for (index, field) in record.fields.enumerated() where index != column {
        guard let value = number(field) else {
          let hint = row == 0 && !hasHeader ? " (if this line names the columns, add header=yes)" : ""
          throw .invalidLine(
            path: path, line: record.line, reason: "expected a number in field \(index + 1), found \(field.debugDescription)\(hint)")
        }
        guard value.isFinite else { throw .notFinite(name: path, row: row, column: index) }
        features.append(value)
      }
      targets.append(record.fields[column])
    }
    return CSVTable(
      path: path, features: features, columns: columns - 1, target: try targetValues(targets, records: records, column: column, path: path))
  }

  /// The target column as numbers if its first field is one, else as names of classes; a mixture is an error.
  private static func targetValues(
    _ fields: [String], records: [CSVScanner.Record], column: Int, path: String
  ) throws(DatasetError) -> CSVTable.Target {
    guard let first = fields.first, number(first) != nil else {
      if let row = fields.firstIndex(where: { number($0) != nil || $0.isEmpty }) {
        throw .invalidLine(
          path: path, line: records[row].line,
          reason: "expected a class name in field \(column + 1), as in the lines before, found \(fields[row].debugDescription) "
            + "(if the first line names the columns, add header=yes)")
      }
      return .names(fields)
    }
    var numbers: [Double] = []
    numbers.reserveCapacity(fields.count)
    for (row, field) in fields.enumerated() {
      guard let value = number(field) else {
        throw .invalidLine(
          path: path, line: records[row].line,
          reason: "expected a number in field \(column + 1), as in the lines before, found \(field.debugDescription)")
      }
      guard value.isFinite else { throw .notFinite(name: path, row: row, column: column) }
      numbers.append(value)
    }
    return .numbers(numbers)
  }

  private static func targetColumn(_ target: String?, names: [String]?, columns: Int, path: String) throws(DatasetError) -> Int {
    guard let target else { return columns - 1 }
    let matches = names.map { names in names.indices.filter { names[$0] == target } } ?? []
    if matches.count == 1 { return matches[0] }
    if matches.isEmpty, let number = Int(target), (1...columns).contains(number) { return number - 1 }
    let known = names.map { "one of \($0.joined(separator: ", "))" } ?? "a column 1...\(columns) (the file has no header)"
    throw .invalidParameter(name: "target column of \(path)", value: "'\(target)'", expected: "\(known), exactly once")
  }

  /// A number with spaces around it allowed; nil for anything else. "nan" and "inf" are numbers, and refused later.
  private static func number(_ field: String) -> Double? {
    Double(field) ?? Double(field.trimmingCharacters(in: .whitespaces))
  }
}
