/// Comma-separated values (RFC 4180): quoted fields, doubled quotes, LF or CRLF, an optional byte order mark, an optional header.
package enum CSVReader {
  /// Whether the first line names the columns.
  package enum Header: Sendable {
    /// A judgement by the fields: names where none is a number or one is the target's name; else a point, unless it may be a header
    /// of numbers: then the user is asked.
    case automatic, yes, no
  }

  /// Reads a table of numbers with one column to be learnt.
  ///
  /// - Parameter target: name, or number from 1, of the column to be learnt; nil takes the last one. All others are features.
  /// - Throws: `DatasetError.invalidLine` for text where a number is due, a line with another number of fields, or bad quoting;
  ///   `.ambiguousHeader`, `.noPoints`, `.needsMemory`, `.invalidParameter` for a column that is not there.
  package static func read(_ stream: DataStream, target: String?, header: Header) throws(DatasetError) -> CSVTable {
    let path = stream.path
    if let foreign = try stream.foreign("comma-separated values") { throw foreign }
    var scanner = try CSVScanner(stream)
    var record = CSVScanner.Record()
    guard try scanner.next(&record) else { throw .noPoints(name: path) }
    guard record.count >= 2 else { throw Self.oneField(record, path: path) }
    let names = try header == .no ? nil : Self.names(record, target: target, isCertain: header == .yes, path: path)
    let column = try targetColumn(target, names: names, columns: record.count, path: path)
    var rows = CSVRows(path: path, columns: record.count, target: column, mayHaveHeader: header == .automatic && names == nil)
    if names == nil {
      if header == .automatic { try refuseNumbersInARow(record, path: path) }
      try rows.append(record)
    }
    let isFirstQuoted = record.isQuoted
    while try scanner.next(&record) {
      if rows.count == 1, header == .automatic, names == nil, isFirstQuoted, !record.isQuoted {
        throw .ambiguousHeader(path: path, reason: "its fields stand in quotes, those of the next line do not")
      }
      try rows.append(record)
    }
    try stream.finish()
    return try rows.table(names: names, endsWithoutLineFeed: scanner.endsWithoutLineFeed)
  }

  /// The fields of the first line where they name the columns.
  private static func names(
    _ first: CSVScanner.Record, target: String?, isCertain: Bool, path: String
  ) throws(DatasetError) -> [String]? {
    var names: [String] = []
    for field in 0..<first.count {
      guard let name = first.text(field) else {
        throw .invalidLine(
          path: path, line: first.line, reason: "expected text in UTF-8 in field \(field + 1), found \(first.shown(field))")
      }
      names.append(name)
    }
    if isCertain { return names }
    let isNumbered = target.flatMap { Int($0) }.map((1...first.count).contains) ?? false
    if let target, names.contains(target), !isNumbered { return names }
    return (0..<first.count).allSatisfy { DecimalText(first[$0]) == .noNumber } ? names : nil
  }

  /// Columns named by numbers (0, 1, 2, … as pandas writes them, years, wavelengths) cannot be told from a point.
  private static func refuseNumbersInARow(_ first: CSVScanner.Record, path: String) throws(DatasetError) {
    guard first.count >= 3 else { return }
    var numbers: [Double] = []
    for field in 0..<first.count {
      guard case .number(let number) = DecimalText(first[field]) else { return }
      numbers.append(number)
    }
    let step = numbers[1] - numbers[0]
    // Steps of decimal fractions are equal up to their rounding.
    let rounding = 4 * max(abs(numbers[0]), abs(numbers[numbers.count - 1])) * Double.ulpOfOne
    guard step > 0, zip(numbers, numbers.dropFirst()).allSatisfy({ abs($1 - $0 - step) <= rounding }) else { return }
    throw .ambiguousHeader(path: path, reason: "its fields count up from \(first.shown(0)) to \(first.shown(first.count - 1)) by one step")
  }

  private static func targetColumn(_ target: String?, names: [String]?, columns: Int, path: String) throws(DatasetError) -> Int {
    guard let target else { return columns - 1 }
    let matches = names.map { names in names.indices.filter { names[$0] == target } } ?? []
    if matches.count == 1 { return matches[0] }
    if matches.isEmpty, let number = Int(target), (1...columns).contains(number) { return number - 1 }
    let known =
      names.map { "one of \($0.prefix(20).joined(separator: ", "))\($0.count > 20 ? ", …" : "")" }
      ?? "a column 1...\(columns) (line 1 was not taken for the names of the columns; if it is that, add header=yes)"
    throw .invalidParameter(name: "target column of \(path)", value: "'\(target)'", expected: "\(known), exactly once")
  }

  private static func oneField(_ first: CSVScanner.Record, path: String) -> DatasetError {
    let other = [(";", "semicolons"), ("\t", "tabs")].first { first[0].contains($0.0.utf8.first ?? 0) }
    return .invalidLine(
      path: path, line: first.line,
      reason: "expected at least 2 fields with commas between them (features and a target), found 1"
        + (other.map { "; fields seem to be separated by \($0.1), write commas (and decimal points)" } ?? ""))
  }
}
