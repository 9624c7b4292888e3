/// Time that a sweep still takes, from the plan and what finished runs took.
public struct SweepTimeLeft: Sendable {
  private var left: [String: Double]
  private let workers: Int
  private var estimated = 0.0
  private var taken = 0.0

  /// - Parameter runs: names with estimated seconds.
  public init(_ runs: [(id: String, seconds: Double)], workers: Int) {
    left = Dictionary(runs.map { ($0.id, $0.seconds) }) { first, _ in first }
    self.workers = max(workers, 1)
  }

  /// What a run takes beside its estimate, by the runs that are finished; 1 before the first.
  public var factor: Double { estimated > 0 ? taken / estimated : 1 }
  /// Seconds until the last run is finished.
  public var seconds: Double { factor * max(left.values.reduce(0, +) / Double(workers), left.values.max() ?? 0) }

  /// Notes that a run is finished after `seconds`.
  public mutating func finish(_ id: String, seconds: Double) {
    estimated += left.removeValue(forKey: id) ?? 0
    taken += seconds
  }

  /// Notes that a run is given up.
  public mutating func drop(_ id: String) { left[id] = nil }
}
