import Compute

/// The precision of passes where a user asks for none.
public enum PassPrecision {
  /// How many times slower float64 may be before passes in float32 are the default: processors and computing cards are at 2 to 4,
  /// graphics cards at 32 or 64.
  static let bearableSlowdown = 8.0

  /// float32 on a GPU whose float64 is slow, else float64.
  ///
  /// - Parameter engine: float64.
  public static func automatic(on engine: Engine) throws -> Precision {
    guard engine.device.isGPU, engine.device.precisions.contains(.float32) else { return .float64 }
    return try automatic { precision in
      let own = try engine.with(precision: precision)
      let square = try own.zeros(rows: 1024, columns: 1024)
      return try fastest(of: 4) {
        _ = try own.gemm(square, square)
        try own.synchronize()
      }
    }
  }

  /// Chooses the precision of passes by their speeds.
  ///
  /// - Parameter seconds: of one piece of work in a precision.
  package static func automatic(_ seconds: (Precision) throws -> Double) rethrows -> Precision {
    try seconds(.float64) > bearableSlowdown * seconds(.float32) ? .float32 : .float64
  }

  /// The first one may build kernels.
  private static func fastest(of attempts: Int, _ work: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<attempts {
      let start = ContinuousClock.now
      try work()
      best = min(best, (ContinuousClock.now - start) / .seconds(1))
    }
    return best
  }
}
