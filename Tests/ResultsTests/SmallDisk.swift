import Foundation
import Synchronization

/// A disk that takes some bytes, and then none.
final class SmallDisk: Sendable {
  /// Bytes that still fit.
  let room: Mutex<Int>

  init(room: Int) { self.room = Mutex(room) }

  /// Writes as many of the bytes as fit, as the system's `write` does.
  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    let count = room.withLock { room in
      let count = min(room, bytes.count)
      room -= count
      return count
    }
    guard count > 0 else {
      errno = ENOSPC
      return -1
    }
    return Foundation.write(descriptor, bytes.baseAddress, count)
  }
}
