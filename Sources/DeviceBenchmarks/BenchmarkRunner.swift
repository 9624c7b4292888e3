import Compute
import Foundation

/// Runs cases on a device: work declared, time taken, result verified.
public struct BenchmarkRunner: Sendable {
  /// Timed runs of a case at least, all rounds together; each round begins with one that is not timed.
  public var repetitions = 10
  /// Rounds among which the runs of a case are divided.
  public var rounds = 1
  /// Seconds after which a case ends although it has had fewer runs, all rounds together; its row then has that many. Twice as long with
  /// the runs that are not timed.
  public var timeLimit = 30.0
  /// A quick case goes on for so many seconds, for a better minimum.
  public var leastSeconds = 0.2
  /// Limits of the device that results are compared with.
  public let limits: DeviceLimits
  private let backend: any Backend

  public init(_ backend: any Backend, limits: DeviceLimits) {
    self.backend = backend
    self.limits = limits
  }

  /// Runs one case, or its first round. An error makes a failed row; nothing is thrown.
  public func run(_ benchmark: BenchmarkCase, _ precision: Precision) -> BenchmarkRow {
    var row = BenchmarkRow(benchmark, device: backend.device, precision)
    do {
      let engine = try Engine(backend, precision: precision)
      let bytes = benchmark.elements * precision.byteCount
      guard bytes <= engine.memoryBudget else {
        throw ComputeError.budgetTooSmall(operation: benchmark.description, neededBytes: bytes, budgetBytes: engine.memoryBudget)
      }
      try declare(benchmark, precision, in: &row)
      try measure(benchmark, engine, in: &row)
    } catch {
      row.failure = "\(error)"
    }
    return row
  }

  /// Runs a further round of a case, with everything made anew. A row that failed, or whose time is up, stays as it is.
  public func runAgain(_ benchmark: BenchmarkCase, in row: inout BenchmarkRow) {
    // A round takes one run more than are timed.
    let spent = row.seconds.reduce(0, +) + Double(row.rounds?.count ?? 0) * (row.median ?? 0)
    guard row.passed, spent < 2 * timeLimit else { return }
    do {
      try measure(benchmark, Engine(backend, precision: row.precision), in: &row)
    } catch {
      row.failure = "\(error)"
    }
  }

  private func measure(_ benchmark: BenchmarkCase, _ engine: Engine, in row: inout BenchmarkRow) throws {
    ResidentMemory.resetPeak()
    let prepared = try benchmark.prepare(engine)
    let seconds = try times(prepared, engine)
    row.seconds += seconds
    row.rounds = (row.rounds ?? []) + [seconds.count]
    row.residentBytes = [row.residentBytes, ResidentMemory.peakBytes].compactMap { $0 }.max()
    let verification = try prepared.verify()
    // One that is not a number compares with nothing.
    if !(verification.residual <= row.verification?.residual ?? -1) { row.verification = verification }
    if !verification.passed { row.failure = "residual \(verification.residual) of its bound (\(verification.method))" }
  }

  /// Timed runs of a round at least.
  var runsOfRound: Int { (repetitions + rounds - 1) / rounds }

  /// One run behind a meter, which also builds kernels.
  private func declare(_ benchmark: BenchmarkCase, _ precision: Precision, in row: inout BenchmarkRow) throws {
    let metered = MeteredBackend(backend)
    let prepared = try benchmark.prepare(Engine(metered, precision: precision))
    try prepared.reset?()
    let preparation = metered.meter.profile
    metered.meter.reset()
    try prepared.run()
    let profile = metered.meter.profile
    row.allocatedBytes = Int(preparation.allocatedBytes + profile.allocatedBytes)
    if let work = prepared.work {
      (row.work, row.leastSeconds) = (BenchmarkRow.Work(work), limits.leastSeconds(work, precision))
    } else {
      let operations = profile.operations.filter { $0.key.precision != nil }
      row.work = BenchmarkRow.Work(operations.values.reduce(into: DeclaredWork()) { $0 += $1.work })
      row.leastSeconds = leastSeconds(profile)
    }
  }

  private func times(_ prepared: PreparedBenchmark, _ engine: Engine) throws -> [Double] {
    var seconds: [Double] = []
    let start = ContinuousClock.now
    // The first one is not counted.
    let share = 1 / Double(rounds)
    while seconds.count < runsOfRound + 1 || (seconds.dropFirst().reduce(0, +) < leastSeconds * share && seconds.count < 1000) {
      try prepared.reset?()
      try engine.synchronize()
      let begin = ContinuousClock.now
      try prepared.run()
      try engine.synchronize()
      seconds.append(max((ContinuousClock.now - begin) / .seconds(1), 1e-9))
      if (ContinuousClock.now - start) / .seconds(1) > timeLimit * share, seconds.count > 1 { break }
    }
    return Array(seconds.dropFirst())
  }
}

extension Profile {
  /// Bytes of all allocations together.
  fileprivate var allocatedBytes: Double { operations.reduce(0) { $1.key.name == "allocate" ? $0 + $1.value.work.bytes : $0 } }
}
