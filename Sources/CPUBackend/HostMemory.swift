import Compute
import Foundation
import Synchronization

/// Aligned host memory, returned to the backend's cache with its last tensor.
final class HostBuffer: DeviceBuffer {
  let byteCount: Int
  nonisolated(unsafe) let base: UnsafeMutableRawPointer
  private let capacity: Int
  private let memory: HostMemory

  fileprivate init(base: UnsafeMutableRawPointer, byteCount: Int, capacity: Int, memory: HostMemory) {
    self.base = base
    self.byteCount = byteCount
    self.capacity = capacity
    self.memory = memory
  }

  deinit { memory.free(base, capacity: capacity) }
}

/// Allocates host memory and keeps some of what was freed: fresh pages cost more than most passes over them.
final class HostMemory: Sendable {
  /// Bytes at most that wait for their next use.
  private static let cacheLimit = 1 << 30
  /// Below this the allocator of the C library is as good.
  private static let smallest = 1 << 16
  /// Room for vectors that read past the last element.
  private static let alignment = 64

  /// Memory from this size on is asked for in pages of this size.
  private static let hugePage = 1 << 21

  private struct Cache {
    var blocks: [Int: [UInt]] = [:]
    var bytes = 0
  }
  private let cache = Mutex(Cache())

  deinit { trim() }

  /// The bytes that an allocation takes: large ones in steps of an eighth of a power of two, so that they can be used again.
  private static func capacity(_ byteCount: Int) -> Int {
    guard byteCount > smallest else { return (byteCount + alignment - 1) / alignment * alignment }
    let step = 1 << (Int.bitWidth - byteCount.leadingZeroBitCount - 4)
    return (byteCount + step - 1) / step * step
  }

  func allocate(_ byteCount: Int, device: String) throws(ComputeError) -> HostBuffer {
    let failure = ComputeError.outOfMemory(
      device: device, requestedBytes: byteCount, hint: "Take fewer points, a smaller --memory budget, or float32.")
    guard byteCount >= 0, byteCount < 1 << 60 else { throw failure }
    let capacity = Self.capacity(max(byteCount, 1))
    if let base = takeCached(capacity) { return HostBuffer(base: base, byteCount: byteCount, capacity: capacity, memory: self) }
    if capacity > 1 << 26, let available = Self.availableBytes(), capacity > available {
      trim()
      guard let left = Self.availableBytes(), capacity <= left else { throw failure }
    }
    var pointer: UnsafeMutableRawPointer?
    let isLarge = capacity >= Self.hugePage
    guard posix_memalign(&pointer, isLarge ? Self.hugePage : Self.alignment, capacity) == 0, let pointer else { throw failure }
    #if os(Linux)
    if isLarge { madvise(pointer, capacity, MADV_HUGEPAGE) }
    #endif
    return HostBuffer(base: pointer, byteCount: byteCount, capacity: capacity, memory: self)
  }

  private func takeCached(_ capacity: Int) -> UnsafeMutableRawPointer? {
    guard capacity > Self.smallest else { return nil }
    let address = cache.withLock { cache -> UInt? in
      guard let address = cache.blocks[capacity]?.popLast() else { return nil }
      cache.bytes -= capacity
      return address
    }
    return address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
  }

  fileprivate func free(_ base: UnsafeMutableRawPointer, capacity: Int) {
    let isKept = cache.withLock { cache in
      guard capacity > Self.smallest, cache.bytes + capacity <= Self.cacheLimit else { return false }
      cache.blocks[capacity, default: []].append(UInt(bitPattern: base))
      cache.bytes += capacity
      return true
    }
    if !isKept { Foundation.free(base) }
  }

  /// Gives what is kept back to the system.
  private func trim() {
    let blocks = cache.withLock { cache in
      defer { cache = Cache() }
      return cache.blocks.values.flatMap { $0 }
    }
    for address in blocks { Foundation.free(UnsafeMutableRawPointer(bitPattern: address)) }
  }

  /// Bytes that the system can give without swapping, nil where it does not tell.
  static func availableBytes() -> Int? {
    #if os(Linux)
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      let fields = line.split(whereSeparator: \.isWhitespace)
      return fields.count > 1 ? Int(fields[1]).map { $0 * 1024 } : nil
    }
    return nil
    #else
    return Int(ProcessInfo.processInfo.physicalMemory)
    #endif
  }
}
