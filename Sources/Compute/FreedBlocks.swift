import Synchronization

/// Blocks of memory that a backend keeps when their last tensor lets go: fresh memory costs more than most passes over it.
public final class FreedBlocks<Block: Sendable>: Sendable {
  /// Bytes at most that wait for their next use.
  public let limit: Int
  /// Blocks of at most this many bytes are not kept, and their sizes not rounded.
  public let smallest: Int
  private let release: @Sendable (Block) -> Void

  /// The longest unused first.
  private struct Kept: Sendable {
    var blocks: [(capacity: Int, block: Block)] = []
    var bytes = 0
  }
  private let kept = Mutex(Kept())

  /// - Parameter release: gives a block back to the system.
  public init(limit: Int, smallest: Int, release: @escaping @Sendable (Block) -> Void) {
    self.limit = limit
    self.smallest = smallest
    self.release = release
  }

  deinit { releaseAll() }

  /// The bytes to allocate for `byteCount`: large blocks in steps of an eighth of a power of two, so that they can be used again.
  public func capacity(_ byteCount: Int) -> Int {
    guard byteCount > max(smallest, 16) else { return byteCount }
    let step = 1 << (Int.bitWidth - byteCount.leadingZeroBitCount - 4)
    return (byteCount + step - 1) / step * step
  }

  /// A block of this capacity that was kept.
  public func take(capacity: Int) -> Block? {
    guard capacity > smallest else { return nil }
    return kept.withLock { kept in
      guard let index = kept.blocks.lastIndex(where: { $0.capacity == capacity }) else { return nil }
      kept.bytes -= capacity
      return kept.blocks.remove(at: index).block
    }
  }

  /// Keeps a block that nothing will name again, and releases those longest unused where there are too many bytes.
  public func give(_ block: Block, capacity: Int) {
    guard capacity > smallest, capacity <= limit else { return release(block) }
    let released = kept.withLock { kept in
      kept.blocks.append((capacity, block))
      kept.bytes += capacity
      var count = 0
      while kept.bytes > limit {
        kept.bytes -= kept.blocks[count].capacity
        count += 1
      }
      defer { kept.blocks.removeFirst(count) }
      return kept.blocks.prefix(count).map(\.block)
    }
    for block in released { release(block) }
  }

  /// Gives every kept block back to the system.
  ///
  /// - Returns: whether there were any.
  @discardableResult public func releaseAll() -> Bool {
    let released = kept.withLock { kept in
      defer { kept = Kept() }
      return kept.blocks.map(\.block)
    }
    for block in released { release(block) }
    return !released.isEmpty
  }
}
