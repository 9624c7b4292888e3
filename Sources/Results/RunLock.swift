import DurableFiles
import Foundation

/// Exclusive right to write one run, held by an advisory lock (`flock`) on the file `lock` in its folder; where the file system has no locks,
/// by a file that names its holder (`HolderFile`).
///
/// The kernel gives the lock back when the process ends, however it ends; the file stays and means nothing by itself.
package struct RunLock: ~Copyable {
  /// The system's function that locks a file.
  package typealias Flock = @Sendable (_ descriptor: Int32, _ operation: Int32) -> Int32

  private let descriptor: Int32
  private let holder: HolderFile?

  /// - Parameter flock: `flock(2)`, or a stand-in that fails like a file system without locks.
  /// - Throws: `.locked` if another holder keeps the lock for a quarter of a second; listings take it for an instant only.
  package init(_ directory: URL, flock: Flock = systemFlock) throws(ResultsError) {
    let path = RunLock.file(in: directory).path
    let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .notWritable(path: path, reason: SystemFile.lastError) }
    var code = RunLock.code(flock(descriptor, LOCK_EX | LOCK_NB))
    for _ in 0..<5 where code == EWOULDBLOCK || code == EINTR {
      usleep(50_000)
      code = RunLock.code(flock(descriptor, LOCK_EX | LOCK_NB))
    }
    do throws(ResultsError) {
      switch code {
      case 0: holder = nil
      case EWOULDBLOCK: throw .locked(directory: directory.path)
      case _ where RunLock.hasNoLocks(code): holder = try HolderFile(in: directory)
      default: throw .notWritable(path: path, reason: String(cString: strerror(code)))
      }
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Whether some process writes the run.
  static func isHeld(in directory: URL) -> Bool {
    // A pipe without a writer would block.
    let descriptor = open(file(in: directory).path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let code = code(systemFlock(descriptor, LOCK_SH | LOCK_NB))
    return code == EWOULDBLOCK || hasNoLocks(code) && HolderFile.isHeld(in: directory)
  }

  private static func code(_ result: Int32) -> Int32 { result == 0 ? 0 : errno }

  /// Some network file systems, and some that are mounted from user space.
  private static func hasNoLocks(_ code: Int32) -> Bool { [ENOLCK, EOPNOTSUPP, ENOTSUP, ENOSYS].contains(code) }

  private static func file(in directory: URL) -> URL { directory.appendingPathComponent("lock") }
}

/// Outside of the type, whose parameters have this name.
private let systemFlock: RunLock.Flock = { flock($0, $1) }
