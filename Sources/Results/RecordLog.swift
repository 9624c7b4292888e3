import DurableFiles
import Foundation

/// An append-only file of lines of which only whole ones ever count.
///
/// Each line is one `write`; the line feed at its end is what makes it finished. After a failed or partial write the file is cut
/// back to its finished lines. The file is synchronised at intervals and when asked for.
struct RecordLog: ~Copyable {
  private static let synchronisationInterval: Duration = .seconds(10)

  private let descriptor: Int32
  private let path: String
  private let write: ReplacementFile.Write
  /// Bytes of the finished lines.
  private var length: Int
  private var hasTornTail = false
  private var lastSynchronisation = ContinuousClock.now

  /// Opens or creates the file and cuts it back to `length` bytes, the end of its last finished line.
  init(_ url: URL, length: Int, write: @escaping ReplacementFile.Write = ReplacementFile.write) throws(ResultsError) {
    let descriptor = open(url.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .notWritable(path: url.path, reason: SystemFile.lastError) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) <= length || ftruncate(descriptor, off_t(length)) == 0 else {
      let reason = SystemFile.lastError
      close(descriptor)
      throw .cannotWrite(path: url.path, reason: reason)
    }
    self.descriptor = descriptor
    self.write = write
    self.length = length
    path = url.path
  }

  deinit { close(descriptor) }

  /// Appends one line, which ends with a line feed.
  mutating func append(_ line: [UInt8]) throws(ResultsError) {
    try removeTornTail()
    var written = 0
    while written < line.count {
      let count = line.withUnsafeBytes { write(descriptor, UnsafeRawBufferPointer(rebasing: $0[written...])) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let reason = SystemFile.lastError
        hasTornTail = written > 0
        // The first failure is the one to report; a tail that cannot be removed now is removed before the next line.
        if hasTornTail, ftruncate(descriptor, off_t(length)) == 0 { hasTornTail = false }
        throw .cannotWrite(path: path, reason: reason)
      }
      written += count
    }
    length += line.count
    if ContinuousClock.now - lastSynchronisation >= RecordLog.synchronisationInterval { try synchronise() }
  }

  /// Waits until everything appended so far is on the disk.
  mutating func synchronise() throws(ResultsError) {
    guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, reason: SystemFile.lastError) }
    lastSynchronisation = .now
  }

  private mutating func removeTornTail() throws(ResultsError) {
    guard hasTornTail else { return }
    guard ftruncate(descriptor, off_t(length)) == 0 else { throw .cannotWrite(path: path, reason: SystemFile.lastError) }
    hasTornTail = false
  }
}
