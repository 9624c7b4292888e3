import Foundation

/// Memory of the host for tensors: aligned to vectors and, where it is large, in large pages, which take fewer faults to fill.
public enum HostPages {
  /// Memory from this size on is asked for in pages of this size.
  public static let large = 1 << 21
  /// Room for vectors that read past the last element.
  public static let alignment = 64

  /// Allocates whole pages of host memory.
  ///
  /// - Returns: nil where the system has none; `free` gives it back.
  public static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    var pointer: UnsafeMutableRawPointer?
    let isLarge = byteCount >= large
    guard posix_memalign(&pointer, isLarge ? large : alignment, byteCount) == 0, let pointer else { return nil }
    #if os(Linux)
    if isLarge { madvise(pointer, byteCount, MADV_HUGEPAGE) }
    #endif
    return pointer
  }

  /// Frees what `allocate` gave; nil is nothing to free.
  public static func free(_ pointer: UnsafeMutableRawPointer?) { Foundation.free(pointer) }
}
