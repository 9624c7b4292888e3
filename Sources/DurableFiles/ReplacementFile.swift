import CSignals
import Foundation

/// Takes the place of another file in one go: after a crash at any time that file holds its old content or all of the new.
///
/// A hidden file of a name of its own beside it (see `PartialName`) is written, synchronised and renamed; then the folder is synchronised.
/// A symbolic link at the place itself is replaced, what it points to is left alone. Without `commit`, after an error and at an ordered
/// end by a signal (`isthmus_unfinished_remove_all`) the hidden file is removed; what a killed process leaves,
/// `removeLeftovers` removes later. Its mode follows the umask.
public struct ReplacementFile: ~Copyable {
  /// `write(2)`, or a stand-in that fails like a full disk.
  public typealias Write = @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int

  /// Where the content lies until `commit`.
  public let partial: URL
  /// Open for writing until `commit`, or until this value ends.
  public let descriptor: Int32
  private let url: URL
  private let slot: Int32
  private let write: Write
  private var isCommitted = false

  /// - Throws: `FileError.cannotWrite`, as all operations here, with the path of the file to be replaced.
  public init(of url: URL, write: @escaping Write = ReplacementFile.write) throws(FileError) {
    let partial = url.deletingLastPathComponent().appendingPathComponent(PartialName(of: url.lastPathComponent).text)
    let slot = isthmus_unfinished_add(partial.path)
    // An existing file, or a link that somebody laid there, is not opened.
    let descriptor = open(partial.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let reason = FileError.systemReason
      isthmus_unfinished_forget(slot)
      throw .cannotWrite(path: url.path, reason: reason)
    }
    (self.url, self.partial, self.descriptor, self.slot, self.write) = (url, partial, descriptor, slot, write)
  }

  deinit {
    close(descriptor)
    if !isCommitted { unlink(partial.path) }
    isthmus_unfinished_forget(slot)
  }

  /// The system's `write`.
  public static let write: Write = { Foundation.write($0, $1.baseAddress, $1.count) }

  /// Writes bytes at the end of the unfinished file.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[written...]))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      written += count
    }
  }

  /// Puts the content in its place.
  public consuming func commit() throws(FileError) {
    guard fsync(descriptor) == 0, rename(partial.path, url.path) == 0 else { throw failure() }
    isCommitted = true
    DurableFile.synchroniseFolder(url.deletingLastPathComponent())
  }

  private func failure() -> FileError { .cannotWrite(path: url.path, reason: FileError.systemReason) }
}
