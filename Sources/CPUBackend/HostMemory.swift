import Compute
import Foundation

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

/// Allocates host memory and keeps some of what was freed.
final class HostMemory: Sendable {
  /// Blocks kept for use again; below 64 kB the allocator of the C library is as good.
  private let freed = FreedBlocks<UInt>(limit: 1 << 30, smallest: 1 << 16) { address in
    HostPages.free(UnsafeMutableRawPointer(bitPattern: address))
  }

  func allocate(_ byteCount: Int, device: String) throws(ComputeError) -> HostBuffer {
    let failure = ComputeError.outOfMemory(
      device: device, requestedBytes: byteCount, hint: "Take fewer points, a smaller --memory budget, or float32.")
    guard byteCount >= 0, byteCount < 1 << 60 else { throw failure }
    let rounded = (max(byteCount, 1) + HostPages.alignment - 1) / HostPages.alignment * HostPages.alignment
    let capacity = freed.capacity(rounded)
    if let base = freed.take(capacity: capacity).flatMap({ UnsafeMutableRawPointer(bitPattern: $0) }) {
      return HostBuffer(base: base, byteCount: byteCount, capacity: capacity, memory: self)
    }
    if capacity > 1 << 26, let available = Self.availableBytes(), capacity > available {
      freed.releaseAll()
      guard let left = Self.availableBytes(), capacity <= left else { throw failure }
    }
    guard let base = HostPages.allocate(capacity) else { throw failure }
    return HostBuffer(base: base, byteCount: byteCount, capacity: capacity, memory: self)
  }

  fileprivate func free(_ base: UnsafeMutableRawPointer, capacity: Int) { freed.give(UInt(bitPattern: base), capacity: capacity) }

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
