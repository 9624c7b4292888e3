import Foundation

/// What the file system says of a manifest. Equal stamps: the same content.
///
/// Manifests are replaced, never written into, so another content has another inode; what writes into one all the same, or gives it its
/// old time back, changes the time of the last change of the inode, which nobody can set.
struct ManifestStamp: Equatable {
  let size, inode: UInt64
  let modified, changed: Instant

  struct Instant: Equatable {
    /// Seconds of the epoch, as a bit pattern.
    let seconds: UInt64
    let nanoseconds: UInt64
  }

  init(size: UInt64, inode: UInt64, modified: Instant, changed: Instant) {
    (self.size, self.inode, self.modified, self.changed) = (size, inode, modified, changed)
  }

  /// The stamp of a file; nil where there is none.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
    let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
    #else
    let (modified, changed) = (status.st_mtim, status.st_ctim)
    #endif
    self.init(
      size: UInt64(truncatingIfNeeded: status.st_size), inode: UInt64(status.st_ino), modified: Instant(modified), changed: Instant(changed)
    )
  }

  /// Whether a later change will show in the stamp: the last one lies further back than file systems round their times.
  ///
  /// - Parameter now: seconds of the epoch, from before the stamp was made.
  func isSettled(at now: Int) -> Bool { Int(Int64(bitPattern: changed.seconds)) < now - 2 }
}

extension ManifestStamp.Instant {
  fileprivate init(_ time: timespec) {
    self.init(seconds: UInt64(bitPattern: Int64(time.tv_sec)), nanoseconds: UInt64(time.tv_nsec))
  }
}
