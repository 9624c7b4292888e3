import BackendCatalog
import CSignals
import Experiments
import Foundation
import Results
import Synchronization

/// Ends a run in order before its time: on SIGINT, SIGTERM and SIGHUP, and when its time is up. Saves it on SIGUSR1 and goes on.
///
/// A run whose steps are under way ends after the step, when it has saved; otherwise it ends at once, since all that is known is recorded. A
/// second signal ends it at once in any case. The manifest then says `interrupted`, and standard error what was kept.
final class Interruption: RunControl {
  /// Why a run ends.
  enum Cause: Sendable {
    case signal(Int32)
    case timeIsUp(Duration)

    /// 128 + the signal's number; 75 (EX_TEMPFAIL, try again) when time is up.
    var exitCode: Int32 {
      switch self {
      case .signal(let number): 128 + number
      case .timeIsUp: 75
      }
    }

    var text: String {
      switch self {
      case .signal(SIGINT): "SIGINT"
      case .signal(SIGTERM): "SIGTERM"
      case .signal(SIGHUP): "SIGHUP"
      case .signal(let number): "signal \(number)"
      case .timeIsUp(let limit): "--max-time \(RunTime(limit).text)"
      }
    }
  }

  private struct State {
    var stepsUnderWay = 0
    var cause: Cause?
    /// The run was told, and saved or failed to.
    var isAnswered = false
    var hasSaveRequest = false
    var store: ResultsStore?
    var fallbacks: @Sendable () -> [String] = { [] }
    var finish: @Sendable () -> Void = {}
    var conclusion = "nothing was computed yet"
  }

  private let state = Mutex(State())
  private let maxTime: Duration?
  private let deadline: ContinuousClock.Instant?

  /// - Parameter maxTime: from `start` on.
  init(maxTime: Duration?, start: ContinuousClock.Instant) {
    self.maxTime = maxTime
    deadline = maxTime.map { start + $0 }
    isthmus_signals_note_save_requests()
    isthmus_signals_set_message("\nended before anything was computed\n")
  }

  /// Notes that a run in `store` is under way from now on.
  ///
  /// - Parameters:
  ///   - fallbacks: for the manifest, as for `ResultsStore.finish`.
  ///   - finish: completes what else is being written, from another thread than the run's.
  func begin(_ store: ResultsStore, fallbacks: @escaping @Sendable () -> [String], finish: @escaping @Sendable () -> Void) {
    state.withLock { state in
      (state.store, state.fallbacks, state.finish) = (store, fallbacks, finish)
      state.conclusion = "the same command continues the run in \(store.directory.relativePath)"
    }
    // What a second signal says, or the first where nobody watches.
    isthmus_signals_set_message("\nended at once; what is recorded and saved is kept, the same command continues the run\n")
    // Never released: it watches until the process ends.
    _ = isthmus_signals_hand_over(
      { context in
        guard let context else { return }
        Unmanaged<Interruption>.fromOpaque(context).takeUnretainedValue().watch()
      }, Unmanaged.passRetained(self).toOpaque())
  }

  private func watch() {
    let left = deadline.map { max(($0 - .now) / .seconds(1), 0) }
    let number = isthmus_signals_wait(left ?? -1)
    ask(number > 0 ? .signal(number) : .timeIsUp(maxTime ?? .zero))
    // Steps that end without asking.
    while true {
      usleep(20_000)
      state.withLock { state in if state.stepsUnderWay == 0, !state.isAnswered { end(&state) } }
    }
  }

  private func ask(_ cause: Cause) {
    state.withLock { state in
      state.cause = state.cause ?? cause
      guard state.stepsUnderWay > 0 else { end(&state) }
      Terminal.writeError(
        "\(cause.text): the run ends after this step, when it is saved; a second signal ends it at once")
    }
  }

  /// Holds the state until the process is gone: a run that fails meanwhile, since its store is closed, says nothing.
  private func end(_ state: inout State) -> Never {
    let cause = state.cause ?? .timeIsUp(maxTime ?? .zero)
    do {
      try state.store?.interrupt(cause.text, fallbacks: state.fallbacks())
      Terminal.writeError("interrupted by \(cause.text): \(state.conclusion)")
    } catch ResultsError.closed {
      Terminal.writeError("interrupted by \(cause.text): \(state.conclusion)")
    } catch {
      Terminal.writeError("interrupted by \(cause.text): \(error)")
    }
    state.finish()
    isthmus_unfinished_remove_all()
    BackendCatalog.removeTemporaryFolders()
    // Not `exit`: other threads still compute.
    _exit(cause.exitCode)
  }

  /// The records are finished; what is made of them now can be made again.
  func finishRecords(_ conclusion: String) {
    state.withLock { $0.conclusion = conclusion }
    isthmus_signals_set_message("\nended at once: \(conclusion)\n")
  }

  /// The run has saved and ended because it was asked to.
  func endSaved() -> Never {
    state.withLock { state in
      state.conclusion = "saved after a step; " + state.conclusion
      end(&state)
    }
  }

  /// Whether the run's failure counts: where an end is under way it does not, and this waits for that end.
  func settle() { state.withLock { $0.isAnswered = true } }

  // MARK: What a run asks

  func beginSteps() { state.withLock { $0.stepsUnderWay += 1 } }

  func endSteps() { state.withLock { $0.stepsUnderWay -= 1 } }

  var request: RunRequest? {
    state.withLock { state in
      if state.cause == nil, let deadline, .now >= deadline { state.cause = .timeIsUp(maxTime ?? .zero) }
      if state.cause != nil { return state.isAnswered ? nil : .stop }
      if isthmus_signals_take_save_request() { state.hasSaveRequest = true }
      return state.hasSaveRequest ? .save : nil
    }
  }

  func answer(isSaved: Bool) {
    state.withLock { state in
      if state.cause != nil { state.isAnswered = true }
      if state.hasSaveRequest, isSaved { Terminal.writeError("saved; the run goes on") }
      state.hasSaveRequest = false
    }
  }
}
