import Foundation

/// Reads the records of a run, finished or not.
public enum RunRecords {
  /// All records in the order in which they were written.
  ///
  /// A last line without a line feed was torn by a crash or is being written; it is left out.
  /// - Throws: `ResultsError.cannotRead`, `.malformedRecord` naming the line.
  public static func read(_ directory: URL) throws(ResultsError) -> [Record] {
    var records: [Record] = []
    try forEach(directory) { record in records.append(record) }
    return records
  }

  /// Calls `body` for each record as it is read; memory does not grow with the file.
  ///
  /// - Throws: as `read`; a `RecordFault` of `body` becomes `.malformedRecord` with its line.
  public static func forEach(_ directory: URL, _ body: (Record) throws(RecordFault) -> Void) throws(ResultsError) {
    _ = try scan(file(in: directory), body)
  }

  /// A line is held as a whole.
  private static let longestLine = 16 << 20

  static func file(in directory: URL) -> URL { directory.appendingPathComponent("records.jsonl") }

  /// - Returns: the number of bytes of the finished lines.
  static func scan(_ url: URL, _ body: (Record) throws(RecordFault) -> Void) throws(ResultsError) -> Int {
    let descriptor = try SystemFile.openForReading(url)
    defer { close(descriptor) }
    var pending: [UInt8] = [], chunk = [UInt8](repeating: 0, count: 1 << 16)
    var finished = 0, line = 0
    while true {
      let count = chunk.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .cannotRead(path: url.path, reason: SystemFile.lastError) }
      if count == 0 { return finished }
      // Only the new bytes are searched: a long line is not searched again with every chunk.
      var searched = pending.count, start = 0
      pending.append(contentsOf: chunk[..<count])
      while let end = pending[searched...].firstIndex(of: 0x0A) {
        line += 1
        let record: Record
        do {
          record = try Record(line: pending[start..<end])
        } catch {
          throw .malformedRecord(path: url.path, line: line, reason: "\(error.reason) at byte \(error.offset)")
        }
        do {
          try body(record)
        } catch {
          throw .malformedRecord(path: url.path, line: line, reason: error.reason)
        }
        finished += end + 1 - start
        start = end + 1
        searched = start
      }
      pending.removeFirst(start)
      guard pending.count <= longestLine else {
        throw .malformedRecord(path: url.path, line: line + 1, reason: "longer than \(longestLine >> 20) MiB")
      }
    }
  }
}
