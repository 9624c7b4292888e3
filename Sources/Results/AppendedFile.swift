import DurableFiles
import Foundation

/// A file that only grows, except for what is cut off again.
struct AppendedFile: ~Copyable {
  private let descriptor: Int32
  private let path: String
  private let write: ReplacementFile.Write

  /// Opens or creates the file and cuts it back to `length` bytes.
  init(_ url: URL, length: Int, write: @escaping ReplacementFile.Write) throws(ResultsError) {
    // Not through a symbolic link: what lies elsewhere is somebody else's.
    let descriptor = open(url.path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .notWritable(path: url.path, reason: SystemFile.lastError) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) <= length || ftruncate(descriptor, off_t(length)) == 0 else {
      let reason = SystemFile.lastError
      close(descriptor)
      throw .cannotWrite(path: url.path, reason: reason)
    }
    (self.descriptor, path, self.write) = (descriptor, url.path, write)
  }

  deinit { close(descriptor) }

  func append(_ bytes: [UInt8]) throws(ResultsError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { write(descriptor, UnsafeRawBufferPointer(rebasing: $0[written...])) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .cannotWrite(path: path, reason: SystemFile.lastError) }
      written += count
    }
  }

  func cut(to length: Int) throws(ResultsError) {
    guard ftruncate(descriptor, off_t(length)) == 0 else { throw .cannotWrite(path: path, reason: SystemFile.lastError) }
  }

  func synchronise() throws(ResultsError) {
    guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, reason: SystemFile.lastError) }
  }
}
