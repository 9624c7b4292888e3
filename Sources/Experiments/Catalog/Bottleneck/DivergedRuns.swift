import Logging
import StudyRecords

/// Runs that diverged, told in one line: of the rates among which each network's best is sought, the highest are meant to.
final class DivergedRuns {
  /// Number of runs by their rate.
  private var counts: [TrainingRate: Int] = [:]

  func add(_ rate: TrainingRate) { counts[rate, default: 0] += 1 }

  /// Says how many there are, at which rates, and counts anew; nothing without any.
  func tell(_ log: Logger) {
    let total = counts.values.reduce(0, +)
    guard total > 0 else { return }
    defer { counts = [:] }
    let rates = counts.sorted { $0.key.number < $1.key.number }.map { rate, count in
      "\(count) at " + (rate.fraction.map { "rate fraction \($0)" } ?? "rate \(rate.number)")
    }
    log.info("\(total) \(total == 1 ? "run" : "runs") diverged: \(rates.joined(separator: ", ")); the table says of which networks")
  }
}
