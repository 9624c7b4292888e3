import Foundation

/// One singular mode of a deep linear network with M weight matrices on whitened inputs, from an aligned and balanced start:
///
///     τ u′ = M u^(2−2/M) (s − u)
///
/// with s the mode's singular value of the input-output correlation. For M = 2 a sigmoid in closed form.
///
/// Source: Saxe, McClelland & Ganguli 2013 (arXiv 1312.6120), eq. 8–9 (M = 2) and sec. 4 (M).
public struct SaxeMode: Sendable {
  /// M: number of weight matrices.
  public let depth: Int
  /// s > 0.
  public let strength: Double
  /// u(0), between 0 and s.
  public let start: Double
  /// τ: one over the learning rate.
  public let timeConstant: Double

  /// - Precondition: `depth` ≥ 1, 0 < start < strength.
  public init(depth: Int = 2, strength: Double, start: Double, timeConstant: Double = 1) {
    precondition(depth >= 1 && start > 0 && start < strength, "a mode that grows from \(start) to \(strength)")
    self.depth = depth
    self.strength = strength
    self.start = start
    self.timeConstant = timeConstant
  }

  /// u′ at u.
  public func velocity(_ u: Double) -> Double {
    Double(depth) * pow(max(u, 0), 2 - 2 / Double(depth)) * (strength - u) / timeConstant
  }

  /// u at increasing times: in closed form for M = 1 and 2, else by integrating the one equation.
  public func values(at times: [Double], integrator: DormandPrince = DormandPrince()) throws -> [Double] {
    switch depth {
    case 1: return times.map { strength + (start - strength) * exp(-$0 / timeConstant) }
    case 2: return times.map(sigmoid)
    default: return try integrated(at: times, integrator)
    }
  }

  /// The time from u = `start` to `value` for M = 2: (τ/2s) ln[u_f (s − u_0) / (u_0 (s − u_f))].
  ///
  /// - Precondition: M = 2, start ≤ value < strength.
  public func learningTime(to value: Double) -> Double {
    precondition(depth == 2 && value >= start && value < strength, "a value between \(start) and \(strength) of two matrices")
    return timeConstant / (2 * strength) * log(value * (strength - start) / (start * (strength - value)))
  }

  /// s e^{2st/τ} / (e^{2st/τ} − 1 + s/u_0), divided by the exponential, which may be large.
  private func sigmoid(_ time: Double) -> Double {
    let decay = exp(-2 * strength * time / timeConstant)
    return strength / (1 + decay * (strength / start - 1))
  }

  private func integrated(at times: [Double], _ integrator: DormandPrince) throws -> [Double] {
    guard let last = times.last, last > 0 else { return times.map { _ in start } }
    var values = times.prefix { $0 <= 0 }.map { _ in start }
    try integrator.integrate([start], over: 0...last, derivative: { _, u in [velocity(u[0])] }) { step in
      while values.count < times.count, times[values.count] <= step.endTime { values.append(step.value(at: times[values.count])[0]) }
      return true
    }
    return values
  }
}
