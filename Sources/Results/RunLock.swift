import Foundation

/// Exclusive right to write one run, held by an advisory lock (`flock`) on the file `lock` in its folder.
///
/// The kernel gives the lock back when the process ends, however it ends; the file stays and means nothing by itself.
struct RunLock: ~Copyable {
  private let descriptor: Int32

  /// - Throws: `.locked` if another holder keeps the lock for a quarter of a second; listings take it for an instant only.
  init(_ directory: URL) throws(ResultsError) {
    let path = RunLock.file(in: directory).path
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .notWritable(path: path, reason: SystemFile.lastError) }
    var isHeld = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    for _ in 0..<5 where !isHeld {
      usleep(50_000)
      isHeld = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }
    guard isHeld else {
      let error: ResultsError =
        errno == EWOULDBLOCK
        ? .locked(directory: directory.path) : .notWritable(path: path, reason: SystemFile.lastError)
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// True while some process writes the run.
  static func isHeld(in directory: URL) -> Bool {
    let descriptor = open(file(in: directory).path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private static func file(in directory: URL) -> URL { directory.appendingPathComponent("lock") }
}
