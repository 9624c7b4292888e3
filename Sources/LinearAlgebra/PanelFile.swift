import Foundation

/// A temporary file of float64 numbers. It has no name and is gone with its descriptor.
package final class PanelFile: Sendable {
  private let descriptor: Int32
  private let path: String

  /// Opens a file without a name in a folder that has room for it.
  package convenience init(in folder: URL, expectedBytes: Int) throws(FactorisationError) {
    let path = folder.appendingPathComponent(".panels-\(UUID().uuidString)").path
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .storage(path: folder.path, reason: String(cString: strerror(errno))) }
    unlink(path)
    self.init(descriptor: descriptor, path: folder.path)
    var status = statvfs()
    guard fstatvfs(descriptor, &status) == 0 else { return }
    let (available, overflows) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
    guard overflows || available >= expectedBytes else {
      throw .storage(path: folder.path, reason: "\(expectedBytes) bytes are needed and \(available) are free")
    }
  }

  /// Takes over an open file; `path` is for messages.
  package init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Writes numbers from a place on.
  package func write(_ values: [Double], at offset: Int) throws(FactorisationError) {
    let reason: String? = values.withUnsafeBytes { bytes in
      transfer(bytes.count) { done in
        pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      }
    }
    if let reason { throw .storage(path: path, reason: reason) }
  }

  func read(_ count: Int, at offset: Int) throws(FactorisationError) -> [Double] {
    var values = [Double](repeating: 0, count: count)
    let reason: String? = values.withUnsafeMutableBytes { bytes in
      transfer(bytes.count) { done in
        pread(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      }
    }
    if let reason { throw .storage(path: path, reason: reason) }
    return values
  }

  /// Calls `step` until all bytes are moved.
  ///
  /// - Returns: nil, or what the system said.
  private func transfer(_ byteCount: Int, _ step: (_ done: Int) -> Int) -> String? {
    var done = 0
    while done < byteCount {
      let count = step(done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? "the file ended early" : String(cString: strerror(errno)) }
      done += count
    }
    return nil
  }
}
