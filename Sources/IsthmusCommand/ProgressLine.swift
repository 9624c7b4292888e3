import Compute
import Experiments
import Foundation
import Logging
import Sizes
import Synchronization

/// Progress on standard error: one line rewritten in place on a terminal, plain lines at intervals elsewhere.
final class ProgressLine: Experiments.ProgressReporting {
  private struct State {
    var firstFraction: Double?
    var started = ContinuousClock.now
    var lastShown: ContinuousClock.Instant?
  }

  private let isSilent: Bool
  private let isLive: Bool
  private let interval: Duration
  private let state = Mutex(State())

  init(isSilent: Bool) {
    self.isSilent = isSilent
    isLive = Terminal.hasLiveErrors
    interval = isLive ? .milliseconds(100) : .seconds(10)
  }

  func update(fraction: Double, activity: String, rate: String) {
    guard !isSilent else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      let first = state.firstFraction ?? fraction
      if state.firstFraction == nil { (state.firstFraction, state.started) = (fraction, now) }
      if let last = state.lastShown, now - last < interval { return }
      state.lastShown = now
      let elapsed = (now - state.started) / .seconds(1)
      let left = fraction - first > 0.005 ? elapsed / (fraction - first) * (1 - fraction) : nil
      let parts = [activity, rate, left.map { "\(Terminal.text(seconds: $0)) left" } ?? ""].filter { !$0.isEmpty }
      let text = String(format: "%3.0f %%  ", 100 * min(max(fraction, 0), 1)) + parts.joined(separator: ", ")
      if isLive { Terminal.show(passing: Self.bar(fraction) + " " + text) } else { Terminal.writeError(text) }
    }
  }

  /// Writes a line of its own above the progress.
  func interject(_ text: String) { Terminal.writeError(text) }

  /// Clears the line.
  func end() { Terminal.clearPassingLine() }

  private static func bar(_ fraction: Double) -> String {
    let width = 24, full = min(max(Int(saturating: (Double(width) * fraction).rounded()), 0), width)
    return String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
  }
}

/// Log messages on standard error, beside the progress.
struct ProgressLog: LogHandler {
  let line: ProgressLine
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    line.interject(event.level >= .warning ? "\(event.level): \(event.message)" : "\(event.message)")
  }
}
