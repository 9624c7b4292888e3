import Compute
import Foundation
import LinearAlgebra
import Matrices

/// Full-batch gradient descent on squared error with a kernel that does not move, in closed form: the network without
/// a bottleneck. Any number of steps costs the same.
///
/// With Θ = V Λ Vᵀ: F_t − y = V (1 − ηΛ/N)ᵗ Vᵀ (F_0 − y), and at test points F_t = F_0 − Θ_* V [(1 − (1 − ηλ/N)ᵗ)/λ] Vᵀ (F_0 − y).
public struct FrozenKernelDynamics: Sendable {
  /// Eigenvalues of Θ_0, in ascending order.
  public let eigenvalues: [Double]
  /// Row k is the eigenvector of `eigenvalues[k]`, `[1, N, N]`.
  private let vectors: Tensor
  private let first: FirstBlock

  /// Solves the eigenproblem, which all draws and rates share.
  public init(_ first: FirstBlock) throws {
    let eigen = try symmetricEigen(first.tangentKernel(Array(0..<first.trainCount)).values, size: first.trainCount)
    eigenvalues = eigen.values
    vectors = try first.engine.tensor(eigen.vectors, rows: first.trainCount, columns: first.trainCount)
    self.first = first
  }

  /// Largest eigenvalue of Θ_0.
  public var largestEigenvalue: Double { eigenvalues.last ?? 0 }

  /// The training of one draw.
  ///
  /// - Parameters:
  ///   - start: F_0 at the training points `[N, c]`; `test` at the test points.
  ///   - rate: η; the sum over the points is divided by N.
  public func run(start: Matrix, test: Matrix, targets: Matrix, rate: Double) throws -> Run {
    let engine = first.engine
    let residual = try engine.matrix(engine.gemm(vectors, engine.tensor(start - targets)))
    return Run(dynamics: self, rate: rate, test: test, targets: targets, residual: residual)
  }

  /// One draw at one rate, at any step.
  public struct Run: FrozenRun, Sendable {
    /// The dynamics of all draws that the run is one of.
    public let dynamics: FrozenKernelDynamics
    public let rate: Double
    let test: Matrix
    let targets: Matrix
    /// Vᵀ(F_0 − y), `[N, c]`.
    let residual: Matrix
    private var engine: Engine { dynamics.first.engine }
    private var eigenvalues: [Double] { dynamics.eigenvalues }

    public func trainLoss(step: Int) -> Double {
      var total = 0.0
      for (row, factor) in factors(step).enumerated() {
        for column in 0..<residual.columns { total += factor * factor * residual[row, column] * residual[row, column] }
      }
      return total / 2 / Double(targets.rows)
    }

    public func outputs(steps: [Int]) throws -> [Matrix] {
      try steps.map { step in
        targets + (try engine.matrix(engine.gemm(dynamics.vectors, engine.tensor(scaled(residual, factors(step))), transposeA: true)))
      }
    }

    public func testOutputs(steps: [Int]) throws -> [Matrix] { try steps.compactMap { try testOutputs(step: $0) } }

    public func furtherOutputs(steps: [Int], from start: Matrix) throws -> [Matrix] {
      try steps.compactMap { try outputs(step: $0, from: start, by: dynamics.first.tangentFurther) }
    }

    /// F_t at the test points; `step` nil is the limit of infinite time. Nil without test points.
    public func testOutputs(step: Int?) throws -> Matrix? {
      try outputs(step: step, from: test, by: dynamics.first.tangentTest)
    }

    /// - Parameter kernel: between the points and the training points.
    private func outputs(step: Int?, from start: Matrix, by kernel: StoredKernel?) throws -> Matrix? {
      guard let kernel else { return nil }
      let n = Double(targets.rows)
      let learned = eigenvalues.map { value -> Double in
        // Where λ t is tiny the expression tends to η t / N; infinite time needs a positive λ.
        guard let step else { return value > 0 ? 1 / value : 0 }
        let exponent = Double(step) * log1p(-rate * value / n)
        return value > 0 && rate * value / n < 1 ? -expm1(exponent) / value : (1 - pow(1 - rate * value / n, Double(step))) / value
      }
      let coefficients = try engine.gemm(dynamics.vectors, engine.tensor(scaled(residual, learned)), transposeA: true)
      return start - (try engine.matrix(engine.copied(kernel.product(coefficients))))
    }

    private func factors(_ step: Int) -> [Double] {
      eigenvalues.map { pow(1 - rate * $0 / Double(targets.rows), Double(step)) }
    }

    private func scaled(_ matrix: Matrix, _ factors: [Double]) -> Matrix {
      var result = matrix
      for row in 0..<matrix.rows { for column in 0..<matrix.columns { result[row, column] *= factors[row] } }
      return result
    }
  }
}
