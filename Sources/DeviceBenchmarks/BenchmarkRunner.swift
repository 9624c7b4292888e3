import Compute
import Foundation

/// Runs cases on a device: work declared, result verified, time taken.
public struct BenchmarkRunner: Sendable {
  /// Timed runs of a case at least, after one that is not timed.
  public var repetitions = 10
  /// Seconds after which a case ends although it has had fewer runs; its row then says how many it had.
  public var timeLimit = 60.0
  /// A quick case goes on for so long, for a better minimum.
  public var leastSeconds = 0.2
  public let limits: DeviceLimits
  private let backend: any Backend

  public init(_ backend: any Backend, limits: DeviceLimits) {
    self.backend = backend
    self.limits = limits
  }

  /// Runs one case. What is thrown makes a failed row; nothing is thrown.
  public func run(_ benchmark: BenchmarkCase, _ precision: Precision) -> BenchmarkRow {
    var row = BenchmarkRow(benchmark, device: backend.device, precision)
    do {
      let engine = try Engine(backend, precision: precision)
      let bytes = benchmark.elements * precision.byteCount
      guard bytes <= engine.memoryBudget else {
        throw ComputeError.budgetTooSmall(operation: benchmark.description, neededBytes: bytes, budgetBytes: engine.memoryBudget)
      }
      ResidentMemory.resetPeak()
      try declare(benchmark, precision, in: &row)
      let prepared = try benchmark.prepare(engine)
      row.seconds = try times(prepared, engine)
      row.verification = try prepared.verify()
      row.residentBytes = ResidentMemory.peakBytes
      if let verification = row.verification, !verification.passed {
        row.failure = "residual \(verification.residual) of its bound (\(verification.method))"
      }
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
    let before = metered.meter.profile
    metered.meter.reset()
    try prepared.run()
    let profile = metered.meter.profile
    row.allocatedBytes = Int([before, profile].reduce(0) { $0 + $1.allocated })
    var (work, least) = (prepared.hostWork, limits.leastSeconds(prepared.hostWork, precision) ?? 0)
    for (operation, total) in profile.operations {
      guard let seconds = limits.leastSeconds(total.work, operation.precision) else { continue }
      work += total.work
      least += seconds
    }
    row.work = BenchmarkRow.Work(work)
    row.leastSeconds = least
  }

  private func times(_ prepared: PreparedBenchmark, _ engine: Engine) throws -> [Double] {
    var seconds: [Double] = []
    let start = ContinuousClock.now
    var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }
    // The first one is not counted.
    while seconds.count < repetitions + 1 || (seconds.dropFirst().reduce(0, +) < leastSeconds && seconds.count < 1000) {
      try prepared.reset?()
      try engine.synchronize()
      let begin = ContinuousClock.now
      try prepared.run()
      try engine.synchronize()
      seconds.append(max((ContinuousClock.now - begin) / .seconds(1), 1e-9))
      if elapsed > timeLimit, seconds.count > 1 { break }
    }
    return Array(seconds.dropFirst())
  }
}

extension Profile {
  /// Bytes of all allocations.
  fileprivate var allocated: Double { operations.reduce(0) { $1.key.name == "allocate" ? $0 + $1.value.work.bytes : $0 } }
}

/// The largest resident set of this process since a moment, where the system tells.
enum ResidentMemory {
  static func resetPeak() {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    // Where this is refused the peak is that of the whole process.
    try? file.write(contentsOf: Data("5".utf8))
  }

  /// Nil where `/proc` does not exist.
  static var peakBytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { 1024 * $0 }
  }
}
