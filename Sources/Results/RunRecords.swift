import Foundation
import PrintableText

/// Reads the records of a run, finished or not.
public enum RunRecords {
  /// All records in the order in which they were written.
  ///
  /// A last line without a line feed was torn by a crash or is being written; it is left out.
  /// - Throws: `ResultsError.cannotRead`, `.malformedRecord` naming the line, `.damagedRecords` where a line was changed, `.lostRecords` where
  ///   some are missing at the end.
  public static func read(_ directory: URL) throws(ResultsError) -> [Record] {
    var records: [Record] = []
    try forEach(directory) { record in records.append(record) }
    return records
  }

  /// Calls `body` for each record as it is read; memory does not grow with the file but for 4 bytes a line.
  ///
  /// - Throws: as `read`; a `RecordFault` of `body` becomes `.malformedRecord` with its line.
  public static func forEach(_ directory: URL, _ body: (Record) throws(RecordFault) -> Void) throws(ResultsError) {
    // Checksums first: a line that is written meanwhile has none yet.
    let recorded = try Recorded(in: directory)
    let scanned = try scan(file(in: directory), recorded, body)
    guard scanned.checksums.count >= recorded.count else {
      throw .lostRecords(path: file(in: directory).path, found: scanned.checksums.count, recorded: recorded.count)
    }
  }

  /// Finished lines of records, by their checksums; where none were kept, by their line feeds. 0 where there is no file.
  public static func count(in directory: URL) throws(ResultsError) -> Int {
    if let checksums = try RecordChecksums.read(directory) { return checksums.count }
    guard FileManager.default.fileExists(atPath: file(in: directory).path) else { return 0 }
    return try SystemFile.mapped(file(in: directory)).count { $0 == 0x0A }
  }

  /// What should be said to those who read records of an older version, which has no checksums; nil otherwise.
  public static func caveat(in directory: URL) -> String? {
    guard FileManager.default.fileExists(atPath: file(in: directory).path),
      !FileManager.default.fileExists(atPath: RecordChecksums.file(in: directory).path)
    else { return nil }
    return "\(file(in: directory).path) has no checksums (records.crc): it is of an older version of this program, and a change of it "
      + "would not be noticed."
  }

  /// A line is held as a whole.
  private static let longestLine = 16 << 20

  static func file(in directory: URL) -> URL { directory.appendingPathComponent("records.jsonl") }

  /// What is known of the lines beside themselves.
  struct Recorded {
    /// Checksums of the lines; nil where none were kept.
    let checksums: [UInt32]?
    /// The records at the last ordered end.
    let end: RecordPrefix?

    init(in directory: URL) throws(ResultsError) {
      checksums = try RecordChecksums.read(directory)
      end = (try? Manifest.read(directory))?.records
    }

    init(checksums: [UInt32]?, end: RecordPrefix?) { (self.checksums, self.end) = (checksums, end) }

    /// Lines that there were at least.
    var count: Int { max(checksums?.count ?? 0, end?.count ?? 0) }
  }

  struct Scanned {
    /// Bytes of the finished lines.
    var bytes = 0
    var checksums: [UInt32] = []
  }

  /// Reads the finished lines and compares them with what is known of them; some may be missing at the end.
  static func scan(_ url: URL, _ recorded: Recorded, _ body: (Record) throws(RecordFault) -> Void) throws(ResultsError) -> Scanned {
    let descriptor = try SystemFile.openForReading(url)
    defer { close(descriptor) }
    var pending: [UInt8] = [], chunk = [UInt8](repeating: 0, count: 1 << 16)
    var scanned = Scanned(), checksum = CRC32()
    while true {
      let count = chunk.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .cannotRead(path: url.path, reason: SystemFile.lastError) }
      if count == 0 { return scanned }
      // Only the new bytes are searched: a long line is not searched again with every chunk.
      var searched = pending.count, start = 0
      pending.append(contentsOf: chunk[..<count])
      while let end = pending[searched...].firstIndex(of: 0x0A) {
        pending[start...end].withUnsafeBytes { checksum.update($0) }
        scanned.checksums.append(checksum.value)
        let line = scanned.checksums.count
        if let known = recorded.checksums, line <= known.count, known[line - 1] != checksum.value {
          throw .damagedRecords(path: url.path, line: line)
        }
        if let end = recorded.end, end.count == line, end.checksum != checksum.value {
          throw .damagedRecords(path: url.path, line: line)
        }
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
        scanned.bytes += end + 1 - start
        start = end + 1
        searched = start
      }
      pending.removeFirst(start)
      guard pending.count <= longestLine else {
        throw .malformedRecord(path: url.path, line: scanned.checksums.count + 1, reason: "longer than \(longestLine.byteText)")
      }
    }
  }
}
