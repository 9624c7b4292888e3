import BackendTestKit
import Compute
import DeviceTuning
import Foundation

/// Chooses sizes of a device's kernels by measurement, with every result verified.
///
/// For each operation the candidates of one list after the other run against the best so far, in turns on the same inputs; the best of all
/// then runs against the device's own sizes, which it must beat by `leastGain` and by what these differ from themselves, measured in the
/// same way: a busy machine tunes less, not wrongly. A candidate that cannot be built or whose result is beyond its bound is refused and named.
public struct Tuner {
  /// Share of the time that a candidate must save to replace the device's own sizes.
  public var leastGain = 0.03
  /// Fewer cases, candidates and runs, and no conformance suite for what is chosen.
  public var isQuick = false
  private let backend: any TunableBackend

  /// - Parameter backend: the device; values that it uses already are left out of account.
  public init(_ backend: any TunableBackend) throws { self.backend = try backend.replacingSizes(by: MeasuredSizes()) }

  /// What `run` would measure.
  public func operations(filter: String? = nil) -> [TunableOperation] {
    backend.tunableOperations.filter { filter.map("\($0.operation) \($0.precision)".contains) ?? true }
  }

  /// Tunes one operation.
  ///
  /// - Parameter note: told before each candidate.
  /// - Throws: where the device's own sizes fail, which is no matter of tuning.
  public func tune(_ operation: TunableOperation, note: (String) -> Void = { _ in }) throws -> TuningRow {
    let cases = TuningCases.cases(operation, isGPU: backend.device.isGPU, isQuick: isQuick)
    var row = TuningRow(operation, cases: cases.map(\.description))
    func contender(_ sizes: [String: Int]) throws -> Contender {
      try Contender(backend, operation, sizes, cases)
    }
    let own = try contender([:])
    if let failure = own.failure { throw TuningError.ownSizesFail(operation: "\(operation.operation) \(operation.precision)", failure) }
    var best = own
    for step in operation.steps {
      var leader = best
      for sizes in isQuick ? Array(step.prefix(2)) : step {
        let candidate = best.sizes.merging(sizes) { _, new in new }
        note(TuningRow.text(candidate))
        do {
          let other = try contender(candidate)
          if let failure = other.failure {
            row.refused.append(.init(sizes: candidate, reason: failure))
            continue
          }
          let ratio = try Contender.race(other, against: leader, rounds: isQuick ? 7 : 9).minimum
          row.tried.append(.init(sizes: candidate, ratio: ratio))
          // Half of the gain at each step: what changes nothing is not taken by luck.
          if ratio < 1 - leastGain / 2 { leader = other }
        } catch {
          row.refused.append(.init(sizes: candidate, reason: "\(error)"))
        }
      }
      best = leader
    }
    row.ownSeconds = try own.seconds()
    guard best !== own else { return row }
    note("\(TuningRow.text(best.sizes)) against the device's own")
    let rounds = isQuick ? 15 : 25
    let final = try Contender.race(best, against: own, rounds: rounds),
      noise = try Contender.race(contender([:]), against: own, rounds: rounds)
    row.bestSeconds = row.ownSeconds * final.median
    row.noise = max(abs(1 - noise.minimum), abs(1 - noise.median))
    // By the quickest runs and by the middle ones: either alone may be luck.
    let gain = 1 - max(final.minimum, final.median)
    // A shape that loses is not paid for by another: there may be more of its kind.
    guard gain >= leastGain + row.noise, final.worst <= 1 + row.noise else { return row }
    if !isQuick, let failure = conformanceFailure(best, operation) {
      row.refused.append(.init(sizes: best.sizes, reason: failure))
      return row
    }
    (row.best, row.gain) = (best.sizes, gain)
    return row
  }

  /// The first case of the suite that fails with these sizes.
  private func conformanceFailure(_ contender: Contender, _ operation: TunableOperation) -> String? {
    let family = operation.operation.prefix { $0 != " " }
    let report = ConformanceSuite.run(on: contender.engine, filter: "\(family) ")
    return report.failures.first.map { "conformance: \($0.caseText): \($0.failures.first ?? "beyond its bound")" }
  }
}

/// The device with certain sizes, and the cases ready to run on it.
private final class Contender {
  let sizes: [String: Int]
  let engine: Engine
  /// Why the candidate cannot be chosen.
  private(set) var failure: String?
  private var runs: [PreparedBenchmark] = []
  /// Runs of each case that are timed together, so that they take a millisecond: short enough for some to go undisturbed.
  private var repetitions: [Int] = []

  init(_ backend: any TunableBackend, _ operation: TunableOperation, _ sizes: [String: Int], _ cases: [BenchmarkCase]) throws {
    self.sizes = sizes
    engine = try Engine(try backend.replacingSizes(by: operation.values(sizes)), precision: operation.precision)
    for benchmark in cases {
      let run = try benchmark.prepare(engine)
      // The first run builds the kernels.
      try run.run()
      let verification = try run.verify()
      guard verification.passed else {
        failure = "\(benchmark): residual \(verification.residual) of its bound (\(verification.method))"
        return
      }
      runs.append(run)
      repetitions.append(1)
    }
    for index in runs.indices { repetitions[index] = max(1, min(1000, Int((1e-3 / (try time(index))).rounded(.up)))) }
  }

  /// Seconds of one run of a case.
  private func time(_ index: Int) throws -> Double {
    try engine.synchronize()
    let start = ContinuousClock.now
    for _ in 0..<repetitions[index] { try runs[index].run() }
    try engine.synchronize()
    return max((ContinuousClock.now - start) / .seconds(1), 1e-9) / Double(repetitions[index])
  }

  /// Seconds of one run of every case.
  func seconds() throws -> Double { try runs.indices.reduce(0) { $0 + (try time($1)) } }

  /// One's time over the other's.
  struct Ratio {
    /// Geometric means over the cases, by the quickest and by the middle runs.
    var minimum: Double
    var median: Double
    /// Ratio of the case that is worst for the one, by the quickest runs.
    var worst: Double
  }

  /// Runs both in turns.
  static func race(_ one: Contender, against other: Contender, rounds: Int) throws -> Ratio {
    var (minima, medians, worst) = (0.0, 0.0, 0.0)
    for index in one.runs.indices {
      var (own, others): ([Double], [Double]) = ([], [])
      for round in 0..<rounds {
        own.append(try one.time(index))
        others.append(try other.time(index))
        // Far behind after two rounds is out.
        if round == 1, let first = own.min(), let second = others.min(), first > 1.5 * second { break }
      }
      own.sort()
      others.sort()
      minima += log(own[0] / others[0])
      worst = max(worst, own[0] / others[0])
      medians += log(own[own.count / 2] / others[others.count / 2])
    }
    let count = Double(max(one.runs.count, 1))
    return Ratio(minimum: exp(minima / count), median: exp(medians / count), worst: worst)
  }
}

/// What can go wrong while sizes are measured.
public enum TuningError: Error, Equatable, CustomStringConvertible {
  /// A device whose own sizes fail, so that there is nothing to compare with.
  case ownSizesFail(operation: String, String)

  public var description: String {
    switch self {
    case .ownSizesFail(let operation, let reason):
      "tune: \(operation) fails with the device's own sizes: \(reason). See `isthmus check` for what the device computes wrongly."
    }
  }
}
