import Foundation

/// Calls to the operating system for durable files; errors carry the text of `errno`.
enum SystemFile {
  static var lastError: String { String(cString: strerror(errno)) }

  /// Replaces `url` by `bytes` in one go: after a crash at any time the file holds either its old content or all of the new.
  ///
  /// A hidden file beside it is written, synchronised and renamed; then the folder is synchronised.
  static func replace(_ url: URL, with bytes: some ContiguousBytes) throws(ResultsError) {
    let partial = url.deletingLastPathComponent().appendingPathComponent("." + url.lastPathComponent + ".partial")
    let descriptor = open(partial.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: url.path, reason: lastError) }
    let failure: String? = bytes.withUnsafeBytes { bytes in
      writeAll(bytes, to: descriptor) ?? (fsync(descriptor) == 0 ? nil : lastError)
    }
    close(descriptor)
    if let reason = failure ?? (rename(partial.path, url.path) == 0 ? nil : lastError) {
      unlink(partial.path)
      throw .cannotWrite(path: url.path, reason: reason)
    }
    synchroniseFolder(url.deletingLastPathComponent())
  }

  /// - Returns: nil when all bytes were written, else the error's text.
  private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> String? {
    var written = 0
    while written < bytes.count {
      let count = write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return lastError }
      written += count
    }
    return nil
  }

  /// Makes names in the folder durable. Some file systems refuse this for folders; then their own journal has to do.
  private static func synchroniseFolder(_ folder: URL) {
    let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Makes a folder and those above it that are missing.
  ///
  /// - Throws: `ResultsError.notWritable` with the system's reason, for example where a file is in the way.
  static func createFolder(_ folder: URL) throws(ResultsError) {
    let folder = folder.absoluteURL
    guard mkdir(folder.path, 0o777) != 0 else { return }
    var code = errno
    if code == ENOENT, folder.path != "/" {
      try createFolder(folder.deletingLastPathComponent())
      guard mkdir(folder.path, 0o777) != 0 else { return }
      code = errno
    }
    var status = stat()
    if stat(folder.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    throw .notWritable(path: folder.path, reason: String(cString: strerror(code == EEXIST ? ENOTDIR : code)))
  }

  /// Writes a file in `folder` and removes it again.
  static func checkWritable(_ folder: URL) throws(ResultsError) {
    let probe = folder.appendingPathComponent(".writable.partial")
    do {
      try replace(probe, with: [UInt8(0)])
    } catch .cannotWrite(_, let reason) {
      throw .notWritable(path: folder.path, reason: reason)
    }
    unlink(probe.path)
  }

  /// Throws unless an unprivileged process can still write `expectedBytes` in `folder`.
  static func checkSpace(_ folder: URL, expectedBytes: Int) throws(ResultsError) {
    var status = statvfs()
    guard statvfs(folder.path, &status) == 0 else { throw .notWritable(path: folder.path, reason: lastError) }
    let (bytes, hasOverflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
    let available = hasOverflow ? Int.max : bytes
    guard available >= expectedBytes else {
      throw .notEnoughSpace(path: folder.path, expectedBytes: expectedBytes, availableBytes: available)
    }
  }

  static func contents(of url: URL) throws(ResultsError) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: url))
    } catch {
      throw .cannotRead(path: url.path, reason: FileManager.default.fileExists(atPath: url.path) ? "\(error)" : "no such file")
    }
  }
}
