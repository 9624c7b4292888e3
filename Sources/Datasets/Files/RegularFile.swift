import Foundation

/// A regular file that is open for reading. It is read and never mapped, so that a file that is shortened meanwhile ends in an error.
package final class RegularFile: Sendable {
  let path: String
  /// Size at the opening.
  let byteCount: Int
  private let descriptor: Int32
  private let modified: timespec

  /// - Throws: `DatasetError.fileNotFound`, `.isDirectory`, `.unreadable`, `.emptyFile`.
  init(_ path: String) throws(DatasetError) {
    // The C library would take the part before the NUL for the path.
    guard !path.utf8.contains(0) else { throw .unreadable(path: path, reason: "its path holds a NUL") }
    // Without O_NONBLOCK the opening of a pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR { throw .fileNotFound(path: path) }
      throw .unreadable(path: path, reason: String(cString: strerror(code)))
    }
    do throws(DatasetError) {
      (byteCount, modified) = try RegularFile.checkedSize(descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
    (self.path, self.descriptor) = (path, descriptor)
  }

  deinit { close(descriptor) }

  private static func checkedSize(_ descriptor: Int32, path: String) throws(DatasetError) -> (Int, timespec) {
    let status = try status(descriptor, path: path)
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { throw .isDirectory(path: path) }
    guard kind == S_IFREG else { throw .unreadable(path: path, reason: "it is not a regular file") }
    guard status.st_size > 0 else { throw .emptyFile(path: path) }
    return (Int(status.st_size), status.modified)
  }

  private static func status(_ descriptor: Int32, path: String) throws(DatasetError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
    return status
  }

  /// Fills the buffer with the bytes from `offset` on, which must lie within `byteCount`.
  ///
  /// - Throws: `DatasetError.unreadable`, `.changedWhileRead` where the file has become shorter.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DatasetError) {
    guard let base = buffer.baseAddress else { return }
    var count = 0
    while count < buffer.count {
      let got = pread(descriptor, base + count, buffer.count - count, off_t(offset + count))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
      guard got > 0 else { throw .changedWhileRead(path: path) }
      count += got
    }
  }

  /// - Throws: `DatasetError.changedWhileRead` if size or time of the file are not those at its opening.
  func checkUnchanged() throws(DatasetError) {
    let status = try RegularFile.status(descriptor, path: path)
    let now = status.modified
    guard Int(status.st_size) == byteCount, now.tv_sec == modified.tv_sec, now.tv_nsec == modified.tv_nsec else {
      throw .changedWhileRead(path: path)
    }
  }
}

extension stat {
  fileprivate var modified: timespec {
    #if canImport(Darwin)
    st_mtimespec
    #else
    st_mtim
    #endif
  }
}
