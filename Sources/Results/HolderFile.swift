import DurableFiles
import Foundation

/// The right to write one run on a file system without locks: the file `lock.held`, which is made only where there is none and names the
/// process that made it.
///
/// It is removed with its owner. What a killed process of this host leaves is recognised; whether one of another host lives cannot be known.
struct HolderFile: ~Copyable {
  private let path: String

  /// - Throws: `.locked`, `.heldElsewhere` with the file to delete where its process is known to have ended, `.notWritable`.
  init(in directory: URL) throws(ResultsError) {
    let path = HolderFile.file(in: directory).path
    for _ in 0..<3 {
      if try HolderFile.make(path) {
        self.path = path
        return
      }
      guard let holder = HolderFile.holder(path) else { continue }
      guard !holder.mayBeAlive else {
        throw holder.host == ProcessMark.own.host
          ? .locked(directory: directory.path)
          : .heldElsewhere(directory: directory.path, file: path, host: holder.host, process: Int(holder.process))
      }
      HolderFile.remove(path, of: holder)
    }
    throw .locked(directory: directory.path)
  }

  deinit {
    // Where the folder was moved away, the file may be another process's.
    if HolderFile.holder(path) == .own { unlink(path) }
  }

  static func isHeld(in directory: URL) -> Bool { holder(file(in: directory).path)?.mayBeAlive ?? false }

  private static func file(in directory: URL) -> URL { directory.appendingPathComponent("lock.held") }

  /// Makes the file; false where there is one. It appears with its content: a link to a file that is written before.
  private static func make(_ path: String) throws(ResultsError) -> Bool {
    let own = "\(path).\(ProcessMark.own.text)"
    let descriptor = open(own, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .notWritable(path: own, reason: SystemFile.lastError) }
    defer { unlink(own) }
    let text = Array((ProcessMark.own.text + "\n").utf8)
    let isWritten = write(descriptor, text, text.count) == text.count && fsync(descriptor) == 0
    close(descriptor)
    guard isWritten else { throw .notWritable(path: own, reason: SystemFile.lastError) }
    if link(own, path) == 0 { return true }
    guard errno == EEXIST else { throw .notWritable(path: path, reason: SystemFile.lastError) }
    return false
  }

  /// Who made the file; nil where it is gone or not one of ours.
  private static func holder(_ path: String) -> ProcessMark? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return ProcessMark(parsing: text.trimmingCharacters(in: .newlines))
  }

  /// Removes the file that `holder` left. Another process may have done so and made its own meanwhile: that one is put back.
  private static func remove(_ path: String, of holder: ProcessMark) {
    let aside = "\(path).stale.\(ProcessMark.own.text)"
    guard rename(path, aside) == 0 else { return }
    if self.holder(aside) != holder { link(aside, path) }
    unlink(aside)
  }
}
