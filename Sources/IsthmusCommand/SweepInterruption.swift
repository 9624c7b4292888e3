import CSignals
import Synchronization

/// The first signal that asks a sweep to end.
final class SweepInterruption: Sendable {
  private let number = Atomic<Int32>(0)

  /// The signal; nil before.
  var signal: Int32? {
    let number = number.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Begins to note the first signal; a second one ends the process.
  func begin() {
    isthmus_signals_set_message("\nended at once; the runs end when they have saved, and the same command continues the sweep\n")
    // Never released: it watches until the process ends.
    _ = isthmus_signals_hand_over(
      { context in
        guard let context else { return }
        let signal = isthmus_signals_wait(-1)
        Unmanaged<SweepInterruption>.fromOpaque(context).takeUnretainedValue().number.store(signal, ordering: .relaxed)
      }, Unmanaged.passRetained(self).toOpaque())
  }
}
