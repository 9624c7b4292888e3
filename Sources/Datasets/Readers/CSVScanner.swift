/// Cuts the text of a CSV file into records and fields, record by record, so that only one lies in memory.
struct CSVScanner {
  /// The fields of one record.
  struct Record {
    /// The line where it begins, from 1.
    fileprivate(set) var line = 0
    /// All fields, one behind the other, without quotes.
    fileprivate var bytes: [UInt8] = []
    fileprivate var ends: [Int] = []
    fileprivate var quoted: [Bool] = []

    var count: Int { ends.count }
    var isBlank: Bool { count == 1 && !quoted[0] && self[0].trimmingSpaces.isEmpty }
    var isQuoted: Bool { quoted.allSatisfy { $0 } }

    subscript(field: Int) -> ArraySlice<UInt8> { bytes[(field == 0 ? 0 : ends[field - 1])..<ends[field]] }

    /// The text of a field; spaces around it count between quotes only. Nil where it is no UTF-8.
    func text(_ field: Int) -> String? { String(validating: quoted[field] ? self[field] : self[field].trimmingSpaces, as: UTF8.self) }

    /// Text of a field for messages: in quotes, cut where it is long.
    func shown(_ field: Int) -> String {
      let text = String(decoding: self[field].prefix(60), as: UTF8.self).debugDescription
      return self[field].count > 60 ? "\(text)…" : text
    }
  }

  /// Longer fields are no data.
  static let largestField = 1 << 20
  static let largestCount = 1 << 24

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  /// Whether a byte is nothing but a part of a field.
  private static let isPlain: [Bool] = (0...255).map { $0 == 9 || $0 >= 32 && $0 != 127 && $0 != 44 && $0 != 34 }

  private let stream: DataStream
  private var chunk = [UInt8](repeating: 0, count: 1 << 17)
  private var position = 0
  private var end = 0
  private var line = 1
  /// Whether the last record that was read ends with the file and not with its line.
  private(set) var endsWithoutLineFeed = false

  /// - Throws: what the stream throws.
  init(_ stream: DataStream) throws(DatasetError) {
    self.stream = stream
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if try stream.peek(3).elementsEqual(byteOrderMark) { _ = try stream.take(3) }
  }

  /// The next record; false at the end of the file. Blank lines at the end are left out.
  ///
  /// - Throws: `DatasetError.invalidLine` for quotes that do not enclose a whole field, controls, blank lines between others, and fields
  ///   that are too long.
  mutating func next(_ record: inout Record) throws(DatasetError) -> Bool {
    guard try current() != nil else { return false }
    try scan(&record)
    guard record.isBlank else { return true }
    let blank = record.line
    while try current() != nil {
      try scan(&record)
      guard record.isBlank else { throw invalid("expected fields, found an empty line", at: blank) }
    }
    return false
  }

  private mutating func scan(_ record: inout Record) throws(DatasetError) {
    record.line = line
    record.bytes.removeAll(keepingCapacity: true)
    record.ends.removeAll(keepingCapacity: true)
    record.quoted.removeAll(keepingCapacity: true)
    while true {
      let isQuoted = try current() == Self.quote
      if isQuoted { try quotedField(&record) } else { try plainField(&record) }
      record.ends.append(record.bytes.count)
      record.quoted.append(isQuoted)
      guard record.count <= Self.largestCount else { throw invalid("expected at most \(Self.largestCount) fields, found more") }
      if try current() == Self.carriageReturn {
        position += 1
        let next = try current()
        guard next == nil || next == Self.lineFeed else {
          throw invalid("expected lines that end in LF or CR LF, found a carriage return in field \(record.count)")
        }
      }
      guard let separator = try current() else {
        endsWithoutLineFeed = true
        return
      }
      guard separator == Self.lineFeed || separator == Self.comma else {
        throw invalid("expected a comma after the closing quote, found another character")
      }
      position += 1
      if separator == Self.lineFeed {
        line += 1
        return
      }
    }
  }

  /// Reads from the opening quote past the closing one. Two quotes inside stand for one.
  private mutating func quotedField(_ record: inout Record) throws(DatasetError) {
    let (start, first) = (line, record.bytes.count)
    position += 1
    while true {
      try takePlain(&record, from: first)
      guard let byte = try current() else { throw invalid("expected a closing quote, found the end of the file", at: start) }
      position += 1
      switch byte {
      case Self.quote:
        guard try current() == Self.quote else { return }
        position += 1
      case Self.lineFeed: line += 1
      case Self.comma, Self.carriageReturn: break
      default: throw control(byte, record)
      }
      record.bytes.append(byte)
    }
  }

  /// Up to the comma or the end of the line.
  private mutating func plainField(_ record: inout Record) throws(DatasetError) {
    try takePlain(&record, from: record.bytes.count)
    switch try current() {
    case nil, Self.comma, Self.lineFeed, Self.carriageReturn: return
    case Self.quote: throw invalid("expected quotes around a whole field, found one inside")
    case let byte?: throw control(byte, record)
    }
  }

  /// Appends bytes up to one with a meaning of its own.
  private mutating func takePlain(_ record: inout Record, from first: Int) throws(DatasetError) {
    while try current() != nil {
      let start = position
      while position < end, Self.isPlain[Int(chunk[position])] { position += 1 }
      record.bytes.append(contentsOf: chunk[start..<position])
      guard record.bytes.count - first <= Self.largestField else {
        throw invalid("expected a field of at most \(Self.largestField) bytes, found a longer one in field \(record.count + 1)")
      }
      if position < end { return }
    }
  }

  private mutating func current() throws(DatasetError) -> UInt8? {
    if position == end {
      var got = 0
      try chunk.fill(first: chunk.count) { buffer throws(DatasetError) in got = try stream.read(buffer) }
      (position, end) = (0, got)
    }
    return position < end ? chunk[position] : nil
  }

  private func invalid(_ reason: String, at line: Int? = nil) -> DatasetError {
    .invalidLine(path: stream.path, line: line ?? self.line, reason: reason)
  }

  private func control(_ byte: UInt8, _ record: Record) -> DatasetError {
    let name = byte == 0 ? "a NUL" : "the control character \(byte)"
    return invalid("expected text in field \(record.count + 1), found \(name)")
  }
}
