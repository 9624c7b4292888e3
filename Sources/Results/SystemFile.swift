import Foundation

/// Calls to the operating system for durable files; errors carry the text of `errno`.
enum SystemFile {
  static var lastError: String { String(cString: strerror(errno)) }

  /// `write(2)`, or a stand-in that fails like a full disk.
  typealias Write = @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int

  static let write: Write = { Foundation.write($0, $1.baseAddress, $1.count) }

  /// Replaces `url` by `bytes` in one go; see `ReplacementFile`.
  static func replace(_ url: URL, with bytes: [UInt8]) throws(ResultsError) {
    let file = try ReplacementFile(of: url)
    try bytes.withUnsafeBufferPointer { (bytes) throws(ResultsError) in try file.append(UnsafeRawBufferPointer(bytes)) }
    try file.commit()
  }

  /// Removes a file; that there is none is no error.
  static func remove(_ url: URL) throws(ResultsError) {
    guard unlink(url.path) == 0 || errno == ENOENT else { throw .cannotWrite(path: url.path, reason: lastError) }
    synchroniseFolder(url.deletingLastPathComponent())
  }

  /// Makes names in the folder durable. Some file systems refuse this for folders; then their own journal has to do.
  static func synchroniseFolder(_ folder: URL) {
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

  static func contents(of url: URL) throws(ResultsError) -> [UInt8] { [UInt8](try data(of: url)) }

  /// The bytes of a file that is read from the disk as they are touched. It must not be shortened meanwhile; replacing it is harmless.
  static func mapped(_ url: URL) throws(ResultsError) -> Data { try data(of: url, .alwaysMapped) }

  private static func data(of url: URL, _ options: Data.ReadingOptions = []) throws(ResultsError) -> Data {
    do {
      return try Data(contentsOf: url, options: options)
    } catch {
      throw .cannotRead(path: url.path, reason: FileManager.default.fileExists(atPath: url.path) ? "\(error)" : "no such file")
    }
  }
}
