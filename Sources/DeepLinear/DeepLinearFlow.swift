import Foundation
import Matrices

/// Gradient flow of a product of matrices, W = s · W_B ⋯ W_1, each with a rate of its own:
///
///     W_j′ = −r_j s (W_B ⋯ W_{j+1})ᵀ (dL/dW) (W_{j−1} ⋯ W_1)ᵀ
///
/// With dL/dW any function of W. Conserved are W_{j+1}ᵀ W_{j+1} / r_{j+1} − W_j W_jᵀ / r_j for every j below B.
/// A chain of infinitely wide deep linear networks with B − 1 finite bottlenecks is such a product (`LinearBottlenecks`).
///
/// Source: Arora, Cohen & Hazan 2018 (arXiv 1802.06509), sec. 4 (equal rates); the rates: `Documentation/experiments/linear-acceleration.md`.
public struct DeepLinearFlow: Sendable {
  /// Widths of the input, of what lies between factors, of the output; factor j, from 0, is `[widths[j + 1], widths[j]]`.
  public let widths: [Int]
  /// r_j, one per factor.
  public let rates: [Double]
  /// s.
  public let scale: Double

  /// - Precondition: one more width than rates, at least one factor, widths and rates positive.
  public init(widths: [Int], rates: [Double], scale: Double = 1) {
    precondition(!rates.isEmpty && widths.count == rates.count + 1, "\(widths.count) widths for \(rates.count) factors")
    precondition(widths.allSatisfy { $0 > 0 } && rates.allSatisfy { $0 > 0 }, "widths and rates are positive")
    self.widths = widths
    self.rates = rates
    self.scale = scale
  }

  /// Numbers of the state: all factors in sequence, from the input on, row-major.
  public var count: Int { zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } }

  /// The factors of a state, from the input on.
  public func factors(_ state: [Double]) -> [Matrix] {
    var first = 0
    return zip(widths, widths.dropFirst()).map { columns, rows in
      defer { first += rows * columns }
      return Matrix(rows: rows, columns: columns, values: Array(state[first..<first + rows * columns]))
    }
  }

  /// The state of given factors.
  public func state(_ factors: [Matrix]) -> [Double] { factors.flatMap(\.values) }

  /// W `[outputs, inputs]`.
  public func product(_ state: [Double]) -> Matrix {
    let factors = factors(state)
    return factors.dropFirst().reduce(factors[0]) { $1.times($0) }.map { scale * $0 }
  }

  /// W_j′ of all factors.
  ///
  /// - Parameter gradient: dL/dW at W.
  public func derivative(_ state: [Double], gradient: (Matrix) -> Matrix) -> [Double] {
    let factors = factors(state)
    var below = [factors[0]]
    for factor in factors.dropFirst() { below.append(factor.times(below[below.count - 1])) }
    var cotangent = gradient(below[below.count - 1].map { scale * $0 })
    var slopes = factors
    for index in factors.indices.reversed() {
      let factor = -rates[index] * scale
      slopes[index] = (index > 0 ? cotangent.timesTransposed(below[index - 1]) : cotangent).map { factor * $0 }
      if index > 0 { cotangent = factors[index].transposedTimes(cotangent) }
    }
    return self.state(slopes)
  }

  /// One step of gradient descent on all factors at once.
  public func step(_ state: [Double], rate: Double, gradient: (Matrix) -> Matrix) -> [Double] {
    zip(state, derivative(state, gradient: gradient)).map { $0 + rate * $1 }
  }

  /// W_{j+1}ᵀ W_{j+1} / r_{j+1} − W_j W_jᵀ / r_j for every pair of neighbours: constant under the flow.
  public func conserved(_ state: [Double]) -> [Matrix] { terms(state).map { $0 - $1 } }

  /// The largest change of a conserved matrix, over the sum of the norms of its two terms at `end`.
  public func drift(from start: [Double], to end: [Double]) -> Double {
    zip(zip(conserved(start), conserved(end)), terms(end)).map { pair, terms in
      (pair.1 - pair.0).norm / max(terms.upper.norm + terms.lower.norm, .leastNormalMagnitude)
    }.max() ?? 0
  }

  /// The rate operator in front of −dL/dW for one output: dW/dt = −K dL/dW with K = s² Σ_j r_j …, `[inputs, inputs]`, symmetric.
  ///
  /// - Precondition: one output.
  public func rateOperator(_ state: [Double]) -> Matrix {
    precondition(widths[widths.count - 1] == 1, "the rate operator of one output")
    let inputs = widths[0]
    var operatorMatrix = Matrix(zeros: inputs, inputs)
    for row in 0..<inputs {
      var unit = Matrix(zeros: 1, inputs)
      unit[0, row] = -1
      let slopes = factors(derivative(state) { _ in unit })
      operatorMatrix.values.replaceSubrange(row * inputs..<(row + 1) * inputs, with: productRule(factors(state), slopes).values)
    }
    return operatorMatrix
  }

  /// dW/dt from the factors and their derivatives.
  private func productRule(_ factors: [Matrix], _ slopes: [Matrix]) -> Matrix {
    var (value, slope) = (factors[0], slopes[0])
    for (factor, change) in zip(factors, slopes).dropFirst() {
      slope = change.times(value) + factor.times(slope)
      value = factor.times(value)
    }
    return slope.map { scale * $0 }
  }

  private func terms(_ state: [Double]) -> [(upper: Matrix, lower: Matrix)] {
    let factors = factors(state)
    return factors.indices.dropLast().map { index in
      let (lower, upper) = (factors[index], factors[index + 1])
      return (
        upper.transposedTimes(upper).map { $0 / rates[index + 1] }, lower.timesTransposed(lower).map { $0 / rates[index] }
      )
    }
  }
}
