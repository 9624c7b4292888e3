import Compute
import Synchronization
import Testing

@Suite struct FreedBlocksTests {
  private final class Log: Sendable {
    private let numbers = Mutex<[Int]>([])
    func add(_ number: Int) { numbers.withLock { $0.append(number) } }
    var all: [Int] { numbers.withLock { $0 } }
  }

  @Test func aBlockComesBackForItsSizeAlone() {
    let log = Log()
    let freed = FreedBlocks<Int>(limit: 1000, smallest: 10) { log.add($0) }
    freed.give(1, capacity: 100)
    #expect(freed.take(capacity: 112) == nil)
    #expect(freed.take(capacity: 100) == 1 && freed.take(capacity: 100) == nil, "once")
    freed.give(2, capacity: 10)
    #expect(log.all == [2], "too small to be kept")
    freed.give(3, capacity: 1001)
    #expect(log.all == [2, 3], "larger than all that may wait")
  }

  @Test func theLongestUnusedMakeRoom() {
    let log = Log()
    do {
      let freed = FreedBlocks<Int>(limit: 1000, smallest: 0) { log.add($0) }
      for block in 1...3 { freed.give(block, capacity: 300) }
      #expect(log.all.isEmpty)
      freed.give(4, capacity: 600)
      #expect(log.all == [1, 2])
      #expect(freed.take(capacity: 300) == 3 && freed.take(capacity: 600) == 4)
      freed.give(5, capacity: 1000)
      #expect(freed.releaseAll() && !freed.releaseAll())
      #expect(log.all == [1, 2, 5])
      freed.give(6, capacity: 7)
    }
    #expect(log.all == [1, 2, 5, 6], "what waits goes with the backend")
  }

  /// Sizes that differ by little share a capacity, which is larger by an eighth at most.
  @Test func capacitiesAreFew() {
    let freed = FreedBlocks<Int>(limit: 0, smallest: 1 << 16) { _ in }
    #expect([0, 1, 17, 1 << 16].allSatisfy { freed.capacity($0) == $0 })
    let sizes = Array(stride(from: 1 << 16 | 1, to: 1 << 20, by: 4097))
    for size in sizes { #expect(freed.capacity(size) >= size && 8 * (freed.capacity(size) - size) < size) }
    #expect(Set(sizes.map { freed.capacity($0) }).count <= 33)
    #expect(sizes.allSatisfy { freed.capacity(freed.capacity($0)) == freed.capacity($0) })
  }
}
