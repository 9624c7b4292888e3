import Foundation
import Synchronization

/// Threads that wait for work, and one job at a time that they share with the caller.
///
/// A job is a fixed number of tiles, taken one by one from a counter: which thread does a tile varies, what the tile
/// computes does not. The caller works too, and never waits for a thread that has not begun, so a short job costs a few
/// microseconds more than a loop. A call while another thread's job runs does all its tiles itself.
final class ThreadPool: Sendable {
  /// Threads that work on a job, the caller among them.
  let count: Int
  private let shared: Shared
  var placement: ThreadPlacement { shared.placement }
  private let jobLock = Mutex<Void>(())

  /// What the threads share; they hold no reference to the pool, so that it can end and end them.
  private final class Shared: @unchecked Sendable {
    let condition = NSCondition()
    let placement: ThreadPlacement
    /// The number of the newest job; waiting threads watch it grow.
    let generation = Atomic<Int>(0)
    let next = Atomic<Int>(0)
    let active = Atomic<Int>(0)
    let isOpen = Atomic<Bool>(false)
    let isEnding = Atomic<Bool>(false)
    // Written by the caller before `isOpen`, read by threads that have seen it.
    nonisolated(unsafe) var tiles = 0
    nonisolated(unsafe) var body: ((Int) -> Void)?

    init(count: Int) { placement = ThreadPlacement(count: count) }

    func work() {
      guard let body else { return }
      while true {
        let tile = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if tile >= tiles { return }
        body(tile)
      }
    }

    /// Joins the open job, if there is one: announces itself first, then looks again whether it is still open.
    func join() {
      active.wrappingAdd(1, ordering: .sequentiallyConsistent)
      if isOpen.load(ordering: .sequentiallyConsistent) { work() }
      active.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }

    func run() {
      placement.enter()
      var seen = 0
      while !isEnding.load(ordering: .acquiring) {
        // Jobs often follow each other within microseconds.
        var spins = 0
        while generation.load(ordering: .acquiring) == seen, spins < 300, !isEnding.load(ordering: .relaxed) {
          spins += 1
          pauseThread()
        }
        if generation.load(ordering: .acquiring) == seen {
          condition.lock()
          while generation.load(ordering: .acquiring) == seen, !isEnding.load(ordering: .acquiring) { condition.wait() }
          condition.unlock()
        }
        seen = generation.load(ordering: .acquiring)
        join()
      }
    }
  }

  init(count: Int) {
    self.count = max(1, count)
    let shared = Shared(count: self.count)
    self.shared = shared
    for _ in 1..<max(1, count) {
      let thread = Thread { shared.run() }
      thread.name = "isthmus-cpu"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit {
    shared.isEnding.store(true, ordering: .releasing)
    shared.condition.lock()
    shared.condition.broadcast()
    shared.condition.unlock()
  }

  /// Calls `body` once for each tile; returns when all are done.
  func run(_ tiles: Int, _ body: (Int) -> Void) {
    guard count > 1, tiles > 1 else {
      for tile in 0..<max(tiles, 0) { body(tile) }
      return
    }
    let isDone = jobLock.withLockIfAvailable { _ in
      withoutActuallyEscaping(body) { body in
        shared.tiles = tiles
        shared.body = body
        shared.next.store(0, ordering: .relaxed)
        shared.isOpen.store(true, ordering: .sequentiallyConsistent)
        shared.placement.leaveToCaller()
        shared.condition.lock()
        shared.generation.wrappingAdd(1, ordering: .releasing)
        shared.condition.broadcast()
        shared.condition.unlock()
        shared.work()
        // No thread joins from here on; those that have joined are waited for.
        shared.isOpen.store(false, ordering: .sequentiallyConsistent)
        while shared.active.load(ordering: .sequentiallyConsistent) > 0 { pauseThread() }
        shared.body = nil
      }
      return true
    }
    if isDone != true { for tile in 0..<tiles { body(tile) } }
  }
}

/// Gives the other threads of the core a moment.
@inline(__always) private func pauseThread() { sched_yield() }
