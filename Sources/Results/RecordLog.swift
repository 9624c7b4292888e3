import DurableFiles
import Foundation

/// An append-only file of lines of which only whole ones ever count, and their checksums in a file beside it (`RecordChecksums`).
///
/// Each line is one `write`; the line feed at its end is what makes it finished. Its checksum follows. After a failed or partial write both
/// files are cut back to the finished lines. They are synchronised at intervals and when asked for.
package struct RecordLog: ~Copyable {
  private static let synchronisationInterval: Duration = .seconds(10)

  private let lines: AppendedFile
  private let sums: AppendedFile
  /// Bytes of the finished lines.
  private var length: Int
  /// CRC-32 of the file up to the end of each finished line.
  private(set) var checksums: [UInt32]
  private var hasTornTail = false
  private var lastSynchronisation = ContinuousClock.now

  /// Opens or creates both files and cuts them back to what is finished; checksums that are missing are added.
  ///
  /// - Parameters:
  ///   - length: the end of the last finished line.
  ///   - checksums: of the finished lines.
  ///   - kept: how many of them stand in the file already.
  package init(
    _ url: URL, length: Int, checksums: [UInt32] = [], in checksumFile: URL, kept: Int = 0,
    write: @escaping ReplacementFile.Write = ReplacementFile.write
  ) throws(ResultsError) {
    let lines = try AppendedFile(url, length: length, write: write)
    let sums = try AppendedFile(checksumFile, length: RecordChecksums.width * kept, write: write)
    if kept < checksums.count { try sums.append(checksums[kept...].flatMap(RecordChecksums.line)) }
    self.lines = lines
    self.sums = sums
    self.length = length
    self.checksums = checksums
  }

  /// What has been appended so far.
  package var prefix: RecordPrefix { RecordPrefix(count: checksums.count, checksum: checksums.last ?? 0) }

  /// Appends one line, which ends with a line feed.
  package mutating func append(_ line: [UInt8]) throws(ResultsError) {
    try removeTornTail()
    var checksum = CRC32(checksums.last ?? 0)
    line.withUnsafeBytes { checksum.update($0) }
    do {
      try lines.append(line)
      try sums.append(RecordChecksums.line(checksum.value))
    } catch {
      hasTornTail = true
      // The first failure is the one to report; a tail that cannot be removed now is removed before the next line.
      try? removeTornTail()
      throw error
    }
    length += line.count
    checksums.append(checksum.value)
    if ContinuousClock.now - lastSynchronisation >= RecordLog.synchronisationInterval { try synchronise() }
  }

  /// Waits until everything appended so far is on the disk.
  package mutating func synchronise() throws(ResultsError) {
    try lines.synchronise()
    try sums.synchronise()
    lastSynchronisation = .now
  }

  private mutating func removeTornTail() throws(ResultsError) {
    guard hasTornTail else { return }
    try lines.cut(to: length)
    try sums.cut(to: RecordChecksums.width * checksums.count)
    hasTornTail = false
  }
}
