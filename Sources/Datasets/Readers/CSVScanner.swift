/// Cuts the text of a CSV file into records and fields.
struct CSVScanner {
  /// One record of a file and the line where it begins, from 1.
  struct Record {
    let line: Int
    let fields: [String]
  }

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let path: String
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  private init(_ contents: FileContents) {
    (path, bytes) = (contents.path, contents.bytes)
    if bytes.starts(with: Self.byteOrderMark) { position = Self.byteOrderMark.count }
  }

  /// Every record of the file. Empty lines at the end are left out.
  ///
  /// - Throws: `DatasetError.invalidLine` for quotes that do not enclose a whole field.
  static func records(of contents: FileContents) throws(DatasetError) -> [Record] {
    var scanner = CSVScanner(contents)
    var records: [Record] = []
    while scanner.position < scanner.bytes.count { records.append(try scanner.nextRecord()) }
    while let last = records.last, last.fields == [""] { records.removeLast() }
    return records
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func nextRecord() throws(DatasetError) -> Record {
    let start = line
    var fields: [String] = []
    while true {
      fields.append(try current == Self.quote ? quotedField() : plainField())
      if current == Self.carriageReturn, position + 1 == bytes.count || bytes[position + 1] == Self.lineFeed { position += 1 }
      let separator = current
      guard separator == nil || separator == Self.lineFeed || separator == Self.comma else {
        throw .invalidLine(path: path, line: line, reason: "expected a comma after the closing quote, found another character")
      }
      position += 1
      if separator == Self.lineFeed { line += 1 }
      if separator != Self.comma { return Record(line: start, fields: fields) }
    }
  }

  /// From the opening quote past the closing one. Two quotes inside stand for one.
  private mutating func quotedField() throws(DatasetError) -> String {
    let start = line
    var field: [UInt8] = []
    position += 1
    while let byte = current {
      position += 1
      if byte == Self.quote {
        guard current == Self.quote else { return String(decoding: field, as: UTF8.self) }
        position += 1
      }
      if byte == Self.lineFeed { line += 1 }
      field.append(byte)
    }
    throw .invalidLine(path: path, line: start, reason: "expected a closing quote, found the end of the file")
  }

  /// Up to the comma or the end of the line, whose carriage return is left to be skipped.
  private mutating func plainField() throws(DatasetError) -> String {
    let start = position
    while let byte = current, byte != Self.comma, byte != Self.lineFeed {
      guard byte != Self.quote else {
        throw .invalidLine(path: path, line: line, reason: "expected quotes around a whole field, found one inside")
      }
      position += 1
    }
    if position > start, bytes[position - 1] == Self.carriageReturn, current != Self.comma { position -= 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }
}
