import Foundation

/// Regression on a linear function β*, in the limit of many inputs x with E[x xᵀ] = Σ: L = ½ (β − β*)ᵀ Σ (β − β*).
///
/// Σ is diagonal, which is no restriction where weights are isotropic at the start.
public struct LinearTask: Sendable {
  /// Eigenvalues of Σ.
  public let eigenvalues: [Double]
  /// β*.
  public let target: [Double]

  /// - Precondition: as many eigenvalues as coefficients.
  public init(eigenvalues: [Double], target: [Double]) {
    precondition(eigenvalues.count == target.count, "\(eigenvalues.count) eigenvalues for \(target.count) coefficients")
    self.eigenvalues = eigenvalues
    self.target = target
  }

  /// The target points in the direction of `direction` and its function has the norm (E[F*²])^½ = `norm`.
  public init(eigenvalues: [Double], direction: [Double], norm: Double) {
    let length = zip(eigenvalues, direction).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }.squareRoot()
    self.init(eigenvalues: eigenvalues, target: direction.map { $0 * norm / length })
  }

  /// Eigenvalues ∝ j^(−decay) whose mean is 1, so that a function with isotropic β, E|β|² = 1, has the norm 1.
  public static func spectrum(inputs: Int, decay: Double) -> [Double] {
    let powers = (1...max(inputs, 1)).map { pow(Double($0), -decay) }
    let mean = powers.reduce(0, +) / Double(powers.count)
    return powers.map { $0 / mean }
  }

  /// L at the coefficients `beta`.
  public func loss(_ beta: [Double]) -> Double {
    var sum = 0.0
    for (index, eigenvalue) in eigenvalues.enumerated() {
      let difference = beta[index] - target[index]
      sum += 0.5 * eigenvalue * difference * difference
    }
    return sum
  }

  /// S = Σ (β − β*).
  public func gradient(_ beta: [Double]) -> [Double] {
    zip(eigenvalues, zip(beta, target)).map { eigenvalue, pair in eigenvalue * (pair.0 - pair.1) }
  }

  /// The loss at `time` of β′ = −rate · S, the flow of a constant isotropic kernel, from `start`.
  public func loss(at time: Double, from start: [Double], rate: Double) -> Double {
    var sum = 0.0
    for (eigenvalue, difference) in zip(eigenvalues, zip(start, target).map({ $0 - $1 })) {
      sum += 0.5 * eigenvalue * difference * difference * exp(-2 * rate * eigenvalue * time)
    }
    return sum
  }

  /// Time at which the flow of a constant isotropic kernel has brought the loss to `fraction` of its initial value.
  ///
  /// By bisection to rounding; the loss decreases strictly.
  /// - Precondition: 0 < fraction < 1, positive eigenvalues, a start that is not the target.
  public func time(to fraction: Double, from start: [Double], rate: Double) -> Double {
    let goal = fraction * loss(start)
    precondition(fraction > 0 && fraction < 1 && goal > 0 && eigenvalues.allSatisfy { $0 > 0 }, "a loss that falls to a fraction")
    var after = 1 / rate
    while loss(at: after, from: start, rate: rate) > goal { after *= 2 }
    var before = 0.0
    while true {
      let middle = 0.5 * (before + after)
      guard middle > before, middle < after else { return after }
      if loss(at: middle, from: start, rate: rate) <= goal { after = middle } else { before = middle }
    }
  }
}
