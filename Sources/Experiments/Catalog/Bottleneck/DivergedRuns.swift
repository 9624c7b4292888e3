import Logging

/// Runs that diverged, told in one line: of the rates among which each network's best is sought, the highest are meant to.
final class DivergedRuns {
  /// Number of runs by fraction of the limit of stability.
  private var counts: [Double: Int] = [:]

  func add(fraction: Double) { counts[fraction, default: 0] += 1 }

  /// Says how many there are, at which rates; nothing without any.
  func tell(_ log: Logger) {
    let total = counts.values.reduce(0, +)
    guard total > 0 else { return }
    let rates = counts.sorted { $0.key < $1.key }.map { "\($0.value) at rate fraction \($0.key)" }.joined(separator: ", ")
    log.info("\(total) \(total == 1 ? "run" : "runs") diverged: \(rates); the table says of which networks")
  }
}
