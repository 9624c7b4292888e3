import CProcessor
import Synchronization

/// Keeps the threads of a pool off the processor on which the caller works.
///
/// After a rest of some 50 ms schedulers like to wake a thread on the processor that wakes it, although others are idle, and move it
/// milliseconds later: a short job then has the speed of one thread. Nothing is done where there are fewer processors than threads.
package final class ThreadPlacement: Sendable {
  private struct State {
    var threads: [Int32] = []
    var avoided: Int32 = -1
  }
  private let state = Mutex(State())
  /// The avoided processor of `state`, to be looked at without waiting.
  private let avoided = Atomic<Int32>(-1)
  /// The processors to keep to; nil where nothing is done.
  nonisolated(unsafe) private let allowed: OpaquePointer?

  /// - Parameter count: threads that work, the caller among them.
  init(count: Int) {
    let allowed = processor_allowed()
    let isEnough = count > 1 && processor_count(allowed) >= count
    if !isEnough { processor_free(allowed) }
    self.allowed = isEnough ? allowed : nil
  }

  deinit { processor_free(allowed) }

  /// The processor that is the caller's; -1 if none is known.
  package var callersProcessor: Int32 { avoided.load(ordering: .relaxed) }

  /// Makes the calling thread one of the pool's.
  func enter() {
    guard let allowed else { return }
    let thread = processor_thread()
    state.withLock { state in
      state.threads.append(thread)
      processor_keep_off(thread, allowed, state.avoided)
    }
  }

  /// Leaves the processor on which the calling thread runs to it. Costs little unless it has changed since the last call.
  func leaveToCaller() {
    guard let allowed else { return }
    let current = processor_current()
    guard current >= 0, current != avoided.load(ordering: .relaxed) else { return }
    state.withLock { state in
      state.avoided = current
      avoided.store(current, ordering: .relaxed)
      for thread in state.threads { processor_keep_off(thread, allowed, current) }
    }
  }
}
