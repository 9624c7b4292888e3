/// The points of a CSV file as they are read, line by line.
struct CSVRows {
  private let path: String
  private let columns: Int
  private let target: Int
  /// Whether the first point may be a header in truth.
  private let mayHaveHeader: Bool
  private var features: [Double] = []
  /// The line of every point.
  private var lines: [Int] = []
  private var numbers: [Double] = []
  /// Classes by name in the order in which they come, and those of the points.
  private var classOfName: [String: Int] = [:]
  private var classes: [Int] = []

  var count: Int { lines.count }

  init(path: String, columns: Int, target: Int, mayHaveHeader: Bool) {
    (self.path, self.columns, self.target, self.mayHaveHeader) = (path, columns, target, mayHaveHeader)
  }

  /// - Throws: `DatasetError.invalidLine`, `.needsMemory`.
  mutating func append(_ record: CSVScanner.Record) throws(DatasetError) {
    guard record.count == columns else {
      throw invalid(
        record, "expected \(columns) fields, found \(record.count)\(record[record.count - 1].isEmpty ? " (the last is empty)" : "")")
    }
    if features.count + columns > features.capacity {
      // Beside the old block the array takes a new one of twice the size.
      try MemoryBudget.check(24 * (features.count + columns + 2 * lines.count), path: path)
    }
    for field in 0..<columns where field != target { features.append(try number(record, field)) }
    lines.append(record.line)
    let text = DecimalText(record[target])
    if count == 1 ? text != .noNumber : classes.isEmpty {
      numbers.append(try number(record, target))
    } else {
      try appendClass(record, isNumber: text != .noNumber)
    }
  }

  /// - Parameter names: of the columns, if the file has a header.
  /// - Throws: `DatasetError.noPoints`; `.ambiguousHeader` where the first point's class is a class of this point alone, as the name of a
  ///   column would be.
  func table(names: [String]?, endsWithoutLineFeed: Bool) throws(DatasetError) -> CSVTable {
    guard count > 0 else { throw .noPoints(name: path) }
    if mayHaveHeader, let first = classes.first, !classes.dropFirst().contains(first) {
      let name = classOfName.first { $0.value == first }?.key ?? ""
      throw .ambiguousHeader(path: path, reason: "its class \(name.debugDescription) is that of no other line")
    }
    return CSVTable(
      path: path, features: features, columns: columns - 1, lines: lines,
      target: classes.isEmpty ? .numbers(numbers) : .names(classOfName, classes),
      reading: reading(names)
        + (endsWithoutLineFeed ? "; line \(lines[count - 1]) ends with the file and not in a line feed: is it complete?" : ""))
  }

  /// How the file was read, for a person.
  private func reading(_ names: [String]?) -> String {
    let column = "column \(target + 1) of \(columns)"
    guard let names else {
      return "\(path): line 1 is the first point (header=yes would make it the names of the columns); target: \(column)"
    }
    let unnamed = names.indices.filter { names[$0].isEmpty && $0 != target }.map { "column \($0 + 1)" }
    return "\(path): line 1 names the columns; target: \(names[target].debugDescription), \(column)"
      + (unnamed.isEmpty ? "" : "; \(unnamed.joined(separator: ", ")) without a name (an index of the rows?) is a feature")
  }

  private func number(_ record: CSVScanner.Record, _ field: Int) throws(DatasetError) -> Double {
    let found = record.shown(field)
    switch DecimalText(record[field]) {
    case .number(let number): return number
    case .notFinite: throw invalid(record, "expected a finite number in field \(field + 1), found \(found)")
    case .beyondRange: throw invalid(record, "expected a number within ±1.8e308 in field \(field + 1), found \(found)")
    case .noNumber:
      let before = field == target && count > 1 ? ", as in the lines before" : ""
      throw invalid(record, "expected a number in field \(field + 1)\(before), found \(found)\(advice(record, field))")
    }
  }

  /// What may be the matter with a field that is no number.
  private func advice(_ record: CSVScanner.Record, _ field: Int) -> String {
    guard let text = record.text(field) else { return " (which is no UTF-8)" }
    if text.contains(";") { return " (are fields separated by semicolons? Write commas, and decimal points)" }
    if Self.hasDecimalComma(text) { return " (a decimal comma? Write a point)" }
    if text.lowercased().hasPrefix("0x") { return " (hexadecimal numbers are not read; write decimal ones)" }
    if record.line == 1, mayHaveHeader { return " (if this line names the columns, add header=yes)" }
    if ["", "na", "n/a", "null", "none", "?", ".", "-"].contains(text.lowercased()) {
      return " (where a value is missing, fill it in or remove the line)"
    }
    return ""
  }

  private mutating func appendClass(_ record: CSVScanner.Record, isNumber: Bool) throws(DatasetError) {
    guard let name = record.text(target) else {
      throw invalid(record, "expected a class name in UTF-8 in field \(target + 1), found \(record.shown(target))")
    }
    if count > 1, isNumber || name.isEmpty {
      throw invalid(
        record,
        "expected a class name in field \(target + 1), as in the lines before, found \(record.shown(target))"
          + (mayHaveHeader ? " (if the first line names the columns, add header=yes)" : ""))
    }
    guard !name.isEmpty else {
      throw invalid(record, "expected a class name or a number in field \(target + 1), found nothing (does the line end with a comma?)")
    }
    if Self.hasDecimalComma(name) {
      throw invalid(
        record, "expected a class name or a number in field \(target + 1), found \(record.shown(target)) (a decimal comma? Write a point)")
    }
    let label = classOfName[name] ?? classOfName.count
    guard label <= Dataset.largestLabel else {
      throw invalid(
        record, "expected at most \(Dataset.largestLabel + 1) classes in field \(target + 1), found another, \(record.shown(target))")
    }
    classOfName[name] = label
    classes.append(label)
  }

  private static func hasDecimalComma(_ text: String) -> Bool {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { ArraySlice($0.utf8) }
    return parts.count == 2 && parts.allSatisfy { DecimalText($0) != .noNumber }
  }

  private func invalid(_ record: CSVScanner.Record, _ reason: String) -> DatasetError {
    .invalidLine(path: path, line: record.line, reason: reason)
  }
}
