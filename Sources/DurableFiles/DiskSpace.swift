import Foundation

extension DurableFile {
  /// Bytes that an unprivileged process can still write in a folder.
  ///
  /// - Throws: `FileError.cannotWrite` for a folder that is not there.
  public static func availableBytes(in folder: URL) throws(FileError) -> Int {
    var status = statvfs()
    guard statvfs(folder.path, &status) == 0 else { throw .cannotWrite(path: folder.path, reason: FileError.systemReason) }
    let (bytes, hasOverflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
    return hasOverflow ? .max : bytes
  }
}

extension ReplacementFile {
  /// Waits until everything appended so far is on the disk; `commit` then has nothing to wait for.
  public func synchronise() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw .cannotWrite(path: partial.path, reason: FileError.systemReason) }
  }
}
