import Foundation

extension BenchmarkReport {
  /// What makes the times of this report less certain: rows that scatter between rounds, and other work on the machine.
  public var noise: [String] {
    var noise: [String] = []
    let wide = rows.filter { $0.passed && ($0.interval?.spread ?? 0) > Self.wideSpread }
    if let worst = wide.max(by: { ($0.interval?.spread ?? 0) < ($1.interval?.spread ?? 0) }), let spread = worst.interval?.spread {
      noise.append(
        String(format: "%d of %d rows scatter by more than %.0f %% between rounds, ", wide.count, rows.count, 100 * Self.wideSpread)
          + "\(worst.name) \(worst.precision) by \(String(format: "%.0f", 100 * spread)) %")
    }
    return noise + MachineLoad.warnings(environment)
  }

  /// A spread between rounds that a quiet machine does not show.
  private static let wideSpread = 0.1
}
