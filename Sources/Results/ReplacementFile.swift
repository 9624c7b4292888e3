import Foundation

/// Takes the place of another file in one go: after a crash at any time that file holds its old content or all of the new.
///
/// A hidden file beside it is written, synchronised and renamed; then the folder is synchronised. Without `commit`, and after an error,
/// the other file is left alone. What a crash leaves of the hidden file is overwritten by the next replacement.
struct ReplacementFile: ~Copyable {
  private let url: URL
  private let partial: URL
  private let descriptor: Int32
  private let write: SystemFile.Write
  private var isCommitted = false

  /// - Throws: `ResultsError.cannotWrite`, as all operations here, with the path of the file to be replaced.
  init(of url: URL, write: @escaping SystemFile.Write = SystemFile.write) throws(ResultsError) {
    let partial = ReplacementFile.partial(of: url)
    let descriptor = open(partial.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: url.path, reason: SystemFile.lastError) }
    (self.url, self.partial, self.descriptor, self.write) = (url, partial, descriptor, write)
  }

  deinit {
    close(descriptor)
    if !isCommitted { unlink(partial.path) }
  }

  static func partial(of url: URL) -> URL {
    url.deletingLastPathComponent().appendingPathComponent("." + url.lastPathComponent + ".partial")
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(ResultsError) {
    var written = 0
    while written < bytes.count {
      let count = write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[written...]))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      written += count
    }
  }

  consuming func commit() throws(ResultsError) {
    guard fsync(descriptor) == 0, rename(partial.path, url.path) == 0 else { throw failure() }
    isCommitted = true
    SystemFile.synchroniseFolder(url.deletingLastPathComponent())
  }

  private func failure() -> ResultsError { .cannotWrite(path: url.path, reason: SystemFile.lastError) }
}
