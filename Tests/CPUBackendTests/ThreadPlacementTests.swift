import CPUBackend
import CProcessor
import Foundation
import Synchronization
import Testing

@Suite struct ThreadPlacementTests {
  /// Without it a scheduler may leave a thread on the caller's processor for milliseconds.
  @Test func noOtherThreadWorksOnTheCallersProcessor() {
    let allowed = processor_allowed()
    defer { processor_free(allowed) }
    guard processor_count(allowed) > 1 else {
      print("placement: one processor, nothing to test")
      return
    }
    let pool = ThreadPool(count: 2)
    let caller = processor_thread()
    for _ in 0..<5 {
      Thread.sleep(forTimeInterval: 0.05)
      let others = Mutex<Set<Int32>>([])
      pool.run(200) { _ in
        // Long enough for the other thread to begin.
        let end = ContinuousClock.now + .microseconds(100)
        while ContinuousClock.now < end {}
        if processor_thread() != caller { others.withLock { _ = $0.insert(processor_current()) } }
      }
      #expect(pool.placement.callersProcessor >= 0)
      #expect(!others.withLock { $0 }.contains(pool.placement.callersProcessor))
    }
  }
}
