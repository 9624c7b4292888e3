import Foundation
import Matrices

/// ℓ_p regression: L(w) = (1/p) mean (x·w − y)^p over the points, p even.
///
/// Source: Arora, Cohen & Hazan 2018 (arXiv 1802.06509), sec. 8.
public struct PowerRegression: Sendable {
  /// `[points, inputs]`.
  public let inputs: Matrix
  /// One target y per point.
  public let targets: [Double]
  /// p.
  public let power: Int

  /// - Precondition: a target per point, at least one; `power` even and at least 2.
  public init(inputs: Matrix, targets: [Double], power: Int) {
    precondition(inputs.rows == targets.count && !targets.isEmpty, "\(targets.count) targets for \(inputs.rows) points")
    precondition(power >= 2 && power.isMultiple(of: 2), "an even power")
    self.inputs = inputs
    self.targets = targets
    self.power = power
  }

  /// L at the weights `w`.
  public func loss(_ w: [Double]) -> Double { evaluate(w).loss }

  /// L and ∇L in one pass.
  public func evaluate(_ w: [Double]) -> (loss: Double, gradient: [Double]) {
    var (loss, gradient) = (0.0, [Double](repeating: 0, count: w.count))
    let share = 1 / Double(targets.count)
    for (row, target) in targets.enumerated() {
      let first = row * w.count
      var residual = -target
      for k in 0..<w.count { residual += inputs.values[first + k] * w[k] }
      var slope = residual
      for _ in 2..<power { slope *= residual }
      loss += share * slope * residual / Double(power)
      for k in 0..<w.count { gradient[k] += share * slope * inputs.values[first + k] }
    }
    return (loss, gradient)
  }

  /// Gradient descent by an end-to-end rule at a constant rate, until the loss is `fraction` of the initial one.
  ///
  /// - Parameter limit: steps at most.
  /// - Returns: the losses from step 0 on, the last at most `fraction` of the first; nil where it is not reached, or the loss grows
  ///   beyond a hundred times the initial one.
  public func descend(
    _ rule: EndToEndRule, from start: [Double], rate: Double, fraction: Double, limit: Int
  ) -> [Double]? {
    var w = start, (loss, gradient) = evaluate(start)
    let initial = loss
    var losses = [loss]
    while loss > fraction * initial {
      guard losses.count <= limit, loss <= 100 * initial else { return nil }
      for (index, velocity) in rule.velocity(w, gradient: gradient).enumerated() { w[index] += rate * velocity }
      (loss, gradient) = evaluate(w)
      losses.append(loss)
    }
    return losses
  }

  /// The best constant rate, on a grid of sixteen rates per decade from 100 down to 10⁻⁸: the one for which the most steps that it
  /// and two neighbours on either side take, rates from 0.75 to 1.33 times its own, are fewest.
  ///
  /// From a small start several matrices can reach the goal by a lucky leap: a rate that a few per cent more or less makes diverge
  /// does not count.
  /// - Returns: the rate and its losses; nil where no five neighbouring rates reach `fraction` within `limit` steps.
  public func bestDescent(
    _ rule: EndToEndRule, from start: [Double], fraction: Double, limit: Int
  ) -> (rate: Double, losses: [Double])? {
    var descents: [(rate: Double, losses: [Double]?)] = []
    var best: (index: Int, most: Int)?
    for index in 0...160 {
      // Steps grow as rates fall: half a decade below the best one none is better.
      if let best, index > best.index + 8 { break }
      let rate = pow(10, 2 - Double(index) / 16)
      descents.append((rate, descend(rule, from: start, rate: rate, fraction: fraction, limit: best.map { $0.most } ?? limit)))
      let band = descents.suffix(5).compactMap(\.losses)
      guard band.count == 5, let most = band.map(\.count).max(), most < best?.most ?? .max else { continue }
      best = (index - 2, most)
    }
    guard let best, let losses = descents[best.index].losses else { return nil }
    return (descents[best.index].rate, losses)
  }
}
