import Foundation

/// Whole files and folders whose changes survive a crash.
public enum DurableFile {
  /// Replaces `url` by `bytes` in one go; see `ReplacementFile`.
  ///
  /// - Throws: `FileError.cannotWrite`.
  public static func replace(_ url: URL, with bytes: some ContiguousBytes) throws(FileError) {
    let file = try ReplacementFile(of: url)
    let result = bytes.withUnsafeBytes { bytes in Result { () throws(FileError) in try file.append(bytes) } }
    try result.get()
    try file.commit()
  }

  /// Removes a file; that there is none is no error.
  ///
  /// - Throws: `FileError.cannotWrite`.
  public static func remove(_ url: URL) throws(FileError) {
    guard unlink(url.path) == 0 || errno == ENOENT else { throw .cannotWrite(path: url.path, reason: FileError.systemReason) }
    synchroniseFolder(url.deletingLastPathComponent())
  }

  /// Makes names in the folder durable. Some file systems refuse this for folders; then their own journal has to do.
  public static func synchroniseFolder(_ folder: URL) {
    let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Makes a folder and those above it that are missing.
  ///
  /// - Parameter mode: of the folder and of each that is made above it, less the umask.
  /// - Throws: `FileError.cannotWrite` with the system's reason, for example where a file is in the way.
  public static func createFolder(_ folder: URL, mode: mode_t = 0o777) throws(FileError) {
    let folder = folder.absoluteURL
    guard mkdir(folder.path, mode) != 0 else { return }
    var code = errno
    if code == ENOENT, folder.path != "/" {
      try createFolder(folder.deletingLastPathComponent(), mode: mode)
      guard mkdir(folder.path, mode) != 0 else { return }
      code = errno
    }
    var status = stat()
    if stat(folder.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    throw .cannotWrite(path: folder.path, reason: String(cString: strerror(code == EEXIST ? ENOTDIR : code)))
  }
}
