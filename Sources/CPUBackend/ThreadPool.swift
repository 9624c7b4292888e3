import CProcessor
import Foundation
import Synchronization

/// Threads that wait for work, and one job at a time that they share with the caller.
///
/// A job is a fixed number of tiles, taken one by one from a counter: which thread does a tile varies, what the tile
/// computes does not. The caller works too, and never waits for a thread that has not begun, so a short job costs a few
/// microseconds more than a loop. A call while another thread's job runs does all its tiles itself.
package final class ThreadPool: Sendable {
  /// Threads that work on a job, the caller among them.
  package let count: Int
  private let shared: Shared
  /// Processors on which the threads run.
  package var placement: ThreadPlacement { shared.placement }
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

  /// Error number of the first thread that could not be started; 0 where all were.
  package let startFailure: Int32

  /// - Parameters:
  ///   - count: threads that are wanted, the caller among them. Where the system refuses some, those that it gave share the work.
  ///   - refusal: the error number of a thread that is not even tried, by how many there are; for tests.
  package init(count: Int, refusal: (Int) -> Int32 = { _ in 0 }) {
    let shared = Shared(count: max(1, count))
    self.shared = shared
    var (started, failure) = (1, Int32(0))
    while started < count, failure == 0 {
      failure = refusal(started)
      if failure == 0 { failure = Self.start(shared) }
      if failure == 0 { started += 1 }
    }
    (self.count, startFailure) = (started, failure)
  }

  /// Starts a thread that works until the pool ends. Returns 0, or the error number of what prevented it, which `Thread` would not tell.
  private static func start(_ shared: Shared) -> Int32 {
    let context = Unmanaged.passRetained(shared)
    let status = processor_start_thread("isthmus-cpu", 8 << 20, { ThreadPool.work($0) }, context.toOpaque())
    if status != 0 { context.release() }
    return status
  }

  private static func work(_ context: UnsafeMutableRawPointer?) {
    if let context { Unmanaged<Shared>.fromOpaque(context).takeRetainedValue().run() }
  }

  deinit {
    shared.isEnding.store(true, ordering: .releasing)
    shared.condition.lock()
    shared.condition.broadcast()
    shared.condition.unlock()
  }

  /// Calls `body` once for each tile; returns when all are done.
  package func run(_ tiles: Int, _ body: (Int) -> Void) {
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
