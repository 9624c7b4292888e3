import Foundation

/// Comma-separated values (RFC 4180): quoted fields, doubled quotes, LF or CRLF, an optional byte order mark, an optional header.
enum CSVReader {
  /// Whether the first line names the columns.
  enum Header: String, Sendable, Hashable {
    /// A first line without a single number is a header.
    case automatic, yes, no
  }

  /// One record of a file and the line where it begins.
  private struct Record {
    let line: Int
    let fields: [String]
  }

  /// - Parameter target: name, or number from 1, of the column to be learnt; nil takes the last one. All others are features.
  /// - Throws: `DatasetError.invalidLine` for text where a number is due, a line with another number of fields, or bad quoting;
  ///   `.notFinite`, `.noPoints`, `.invalidParameter` for a column that is not there.
  static func read(_ contents: FileContents, target: String?, header: Header) throws(DatasetError) -> CSVTable {
    let path = contents.path
    var records = try records(contents)
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
    _ fields: [String], records: [Record], column: Int, path: String
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

  /// The records of the file. Empty lines at the end are skipped.
  private static func records(_ contents: FileContents) throws(DatasetError) -> [Record] {
    let (comma, quote, lf, cr) = (UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = contents.bytes
    let path = contents.path
    var position = bytes.starts(with: byteOrderMark) ? 3 : 0
    var line = 1
    var records: [Record] = []

    while position < bytes.count {
      let startLine = line
      var fields: [String] = []
      var isInRecord = true
      while isInRecord {
        var field: [UInt8] = []
        if position < bytes.count, bytes[position] == quote {
          position += 1
          var isClosed = false
          while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == quote {
              guard position < bytes.count, bytes[position] == quote else {
                isClosed = true
                break
              }
              position += 1
            }
            if byte == lf { line += 1 }
            field.append(byte)
          }
          guard isClosed else {
            throw .invalidLine(path: path, line: startLine, reason: "expected a closing quote, found the end of the file")
          }
        } else {
          while position < bytes.count, bytes[position] != comma, bytes[position] != lf {
            guard bytes[position] != quote else {
              throw .invalidLine(path: path, line: line, reason: "expected quotes around a whole field, found one inside")
            }
            field.append(bytes[position])
            position += 1
          }
          if field.last == cr, position >= bytes.count || bytes[position] == lf { field.removeLast() }
        }
        fields.append(String(decoding: field, as: UTF8.self))
        if position + 1 < bytes.count, bytes[position] == cr, bytes[position + 1] == lf { position += 1 }
        if position >= bytes.count {
          isInRecord = false
        } else if bytes[position] == lf {
          isInRecord = false
          position += 1
          line += 1
        } else if bytes[position] == comma {
          position += 1
        } else {
          throw .invalidLine(path: path, line: line, reason: "expected a comma after the closing quote, found another character")
        }
      }
      records.append(Record(line: startLine, fields: fields))
    }
    while let last = records.last, last.fields == [""] { records.removeLast() }
    return records
  }
}
