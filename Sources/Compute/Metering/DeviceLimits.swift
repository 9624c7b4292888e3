/// How fast a device is where only one of its units counts: the roof under which its operations run.
///
/// Measured by loops of multiply-adds in registers and by a copy of a large tensor (`RooflineProbe`), so no operation of the backend
/// has a share of 1 by definition; by the backend's own product of large matrices and copy where it has no such loops. Source:
/// Williams, Waterman & Patterson 2009 (the roofline model).
public struct DeviceLimits: Sendable, Equatable {
  /// Multiply-adds per second by precision.
  public var multiplyAdds: [Precision: Double]
  /// Bytes per second, read and written ones together, of a large copy on the device.
  public var bandwidth: Double

  public init(multiplyAdds: [Precision: Double], bandwidth: Double) {
    self.multiplyAdds = multiplyAdds
    self.bandwidth = bandwidth
  }

  /// The least seconds in which `work` could be done; nil where that is not known, as for transfers between host and device.
  public func leastSeconds(_ work: DeclaredWork, _ precision: Precision?) -> Double? {
    guard let precision, let peak = multiplyAdds[precision] else { return nil }
    return max(work.multiplyAdds / peak, work.bytes / bandwidth)
  }

  /// Measures the limits of a device.
  ///
  /// - Parameter seconds: about how long, together; a slow device or one that builds kernels first takes longer.
  public static func measure(_ backend: any Backend, precisions: [Precision], seconds: Double = 2) throws(ComputeError) -> DeviceLimits {
    let share = seconds / Double(precisions.count + 1)
    var limits = DeviceLimits(multiplyAdds: [:], bandwidth: 0)
    for precision in precisions {
      let engine = try Engine(backend, precision: precision)
      if let probe = backend as? any RooflineProbe {
        limits.multiplyAdds[precision] = try loopSpeed(probe, engine, seconds: share)
      } else {
        limits.multiplyAdds[precision] = try productSpeed(engine, seconds: share)
      }
    }
    limits.bandwidth = try copySpeed(Engine(backend, precision: precisions.first ?? .float64), seconds: share)
    return limits
  }

  /// Loops of growing length until the time is used up; the fastest counts.
  private static func loopSpeed(_ probe: any RooflineProbe, _ engine: Engine, seconds: Double) throws(ComputeError) -> Double {
    let start = ContinuousClock.now
    var (best, rounds) = (0.0, 1024)
    while true {
      var count = 0.0
      let time = try fastest(of: 3, engine) { () throws(ComputeError) in
        count = try probe.multiplyAddLoop(engine.precision, rounds: rounds)
      }
      best = max(best, count / time)
      // The next takes four runs of twice as long.
      let used = (ContinuousClock.now - start) / .seconds(1)
      guard used + 8 * time < seconds, rounds < 1 << 28 else { return best }
      rounds *= 2
    }
  }

  /// Products of growing matrices until the time is used up; the fastest counts.
  private static func productSpeed(_ engine: Engine, seconds: Double) throws(ComputeError) -> Double {
    let start = ContinuousClock.now
    var (best, size) = (0.0, 256)
    while true {
      let matrix = try engine.map(.scaled(by: 0, plus: 0.5), engine.zeros(rows: size, columns: size))
      let product = try engine.empty(rows: size, columns: size)
      let time = try fastest(of: 2, engine) { () throws(ComputeError) in try engine.gemm(GEMM(), matrix, matrix, into: product) }
      best = max(best, Double(size) * Double(size) * Double(size) / time)
      // The next takes three runs of eight times as long.
      let used = (ContinuousClock.now - start) / .seconds(1)
      guard used + 24 * time < seconds, fits(engine, elements: 4 * size * size) else { return best }
      size *= 2
    }
  }

  /// Copies of growing tensors, by the operation and by the probe; the largest counts, since small ones stay in caches.
  private static func copySpeed(_ engine: Engine, seconds: Double) throws(ComputeError) -> Double {
    let start = ContinuousClock.now
    let columns = 1024
    var (speed, rows) = (0.0, 2048)
    while true {
      let (source, target) = (try engine.zeros(rows: rows, columns: columns), try engine.zeros(rows: rows, columns: columns))
      let bytes = rows * columns * engine.precision.byteCount
      var time = try fastest(of: 3, engine) { () throws(ComputeError) in try engine.copy(source, into: target) }
      if let probe = engine.backend as? any RooflineProbe {
        time = min(
          time,
          try fastest(of: 3, engine) { () throws(ComputeError) in
            try probe.streamCopy(source.buffer, to: target.buffer, byteCount: bytes)
          })
      }
      speed = Double(2 * bytes) / time
      // The next makes and copies four times as much.
      let used = (ContinuousClock.now - start) / .seconds(1)
      guard used + 48 * time < seconds, fits(engine, elements: 4 * rows * columns) else { return speed }
      rows *= 4
    }
  }

  /// Whether a tensor is at most 1 GiB and an eighth of the memory.
  private static func fits(_ engine: Engine, elements: Int) -> Bool {
    let largest = engine.device.largestAllocationBytes
    return elements * engine.precision.byteCount <= min(1 << 30, engine.memoryBudget / 8, largest > 0 ? largest : .max)
  }

  /// Seconds of the fastest of several runs, after one that may build kernels and fill caches.
  private static func fastest(of count: Int, _ engine: Engine, _ work: () throws(ComputeError) -> Void) throws(ComputeError) -> Double {
    var best = Double.infinity
    for attempt in 0...count {
      try engine.synchronize()
      let start = ContinuousClock.now
      try work()
      try engine.synchronize()
      if attempt > 0 { best = min(best, max((ContinuousClock.now - start) / .seconds(1), 1e-9)) }
    }
    return best
  }
}
