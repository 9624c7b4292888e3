import Compute

/// How fast a device is at some work, for plans.
enum DeviceProbe {
  /// Seconds of the fastest of three runs, after one that may build kernels.
  static func seconds(_ engine: Engine, _ work: () throws -> Void) throws -> Double {
    var best = Double.infinity
    for attempt in 0..<4 {
      let start = ContinuousClock.now
      try work()
      try engine.synchronize()
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      if attempt > 0 { best = min(best, elapsed) }
    }
    return best
  }
}
