import Compute
import Foundation

/// Runs cases on a device: work declared, time taken, result verified.
public struct BenchmarkRunner: Sendable {
  /// Timed runs of a case at least, after one that is not timed.
  public var repetitions = 10
  /// Seconds after which a case ends although it has had fewer runs; its row then has that many.
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

  /// Runs one case. An error makes a failed row; nothing is thrown.
  public func run(_ benchmark: BenchmarkCase, _ precision: Precision) -> BenchmarkRow {
    var row = BenchmarkRow(benchmark, device: backend.device, precision)
    do {
      let engine = try Engine(backend, precision: precision)
      let bytes = benchmark.elements * precision.byteCount
      guard bytes <= engine.memoryBudget else {
        throw ComputeError.budgetTooSmall(operation: benchmark.description, neededBytes: bytes, budgetBytes: engine.memoryBudget)
      }
      try declare(benchmark, precision, in: &row)
      ResidentMemory.resetPeak()
      let prepared = try benchmark.prepare(engine)
      row.seconds = try times(prepared, engine)
      row.residentBytes = ResidentMemory.peakBytes
      let verification = try prepared.verify()
      row.verification = verification
      if !verification.passed { row.failure = "residual \(verification.residual) of its bound (\(verification.method))" }
    } catch {
      row.failure = "\(error)"
    }
    return row
  }

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
    while seconds.count < repetitions + 1 || (seconds.dropFirst().reduce(0, +) < leastSeconds && seconds.count < 1000) {
      try prepared.reset?()
      try engine.synchronize()
      let begin = ContinuousClock.now
      try prepared.run()
      try engine.synchronize()
      seconds.append(max((ContinuousClock.now - begin) / .seconds(1), 1e-9))
      if (ContinuousClock.now - start) / .seconds(1) > timeLimit, seconds.count > 1 { break }
    }
    return Array(seconds.dropFirst())
  }
}

extension Profile {
  /// Bytes of all allocations together.
  fileprivate var allocatedBytes: Double { operations.reduce(0) { $1.key.name == "allocate" ? $0 + $1.value.work.bytes : $0 } }
}
