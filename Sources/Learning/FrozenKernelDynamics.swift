import Compute
import Foundation
import LinearAlgebra
import WideKernels

/// Full-batch gradient descent on squared error with a kernel that does not move, in closed form: the network without
/// a bottleneck. Any number of steps costs the same.
///
/// With Θ = V Λ Vᵀ: F_t − y = V (1 − ηΛ/N)ᵗ Vᵀ (F_0 − y), and at test points F_t = F_0 − Θ_* V [(1 − (1 − ηλ/N)ᵗ)/λ] Vᵀ (F_0 − y).
public struct FrozenKernelDynamics: Sendable {
  public let rate: Double
  public let eigenvalues: [Double]
  private let start: ChainStart
  private let targets: Matrix
  /// Vᵀ(F_0 − y), `[N, c]`.
  private let residual: Matrix
  private let vectors: Tensor
  private let first: FirstBlock

  /// The eigenproblem, to be shared by all draws and rates.
  public static func eigen(_ first: FirstBlock) throws -> SymmetricEigen {
    try symmetricEigen(first.engine.read(first.tangent), size: first.trainCount)
  }

  public init(_ first: FirstBlock, eigen: SymmetricEigen, vectors: Tensor? = nil, start: ChainStart, targets: Matrix, rate: Double) throws {
    self.first = first
    self.start = start
    self.targets = targets
    self.rate = rate
    eigenvalues = eigen.values
    let engine = first.engine
    self.vectors = try vectors ?? engine.tensor(eigen.vectors, rows: first.trainCount, columns: first.trainCount)
    residual = try engine.matrix(engine.gemm(self.vectors, engine.tensor(start.train - targets)))
  }

  /// ½ mean |F_t − y|².
  public func trainLoss(step: Int) -> Double {
    var total = 0.0
    for (row, factor) in factors(step).enumerated() {
      for column in 0..<residual.columns { total += factor * factor * residual[row, column] * residual[row, column] }
    }
    return total / 2 / Double(targets.rows)
  }

  /// F_t at the training points; `step` nil is the limit of infinite time.
  public func outputs(step: Int?) throws(ComputeError) -> Matrix {
    let engine = first.engine
    let decayed = scaled(residual, step.map(factors) ?? [Double](repeating: 0, count: eigenvalues.count))
    return targets + (try engine.matrix(engine.gemm(vectors, engine.tensor(decayed), transposeA: true)))
  }

  /// F_t at the test points; `step` nil is the limit of infinite time.
  public func testOutputs(step: Int?) throws(ComputeError) -> Matrix? {
    guard let tangentTest = first.tangentTest else { return nil }
    let engine = first.engine
    let n = Double(targets.rows)
    let learned = eigenvalues.map { value -> Double in
      // Where λ t is tiny the expression tends to η t / N; infinite time needs a positive λ.
      guard let step else { return value > 0 ? 1 / value : 0 }
      let exponent = Double(step) * log1p(-rate * value / n)
      return value > 0 && rate * value / n < 1 ? -expm1(exponent) / value : (1 - pow(1 - rate * value / n, Double(step))) / value
    }
    let coefficients = try engine.gemm(vectors, engine.tensor(scaled(residual, learned)), transposeA: true)
    return start.test - (try engine.matrix(engine.gemm(tangentTest, coefficients)))
  }

  /// First step at which the loss is at most `fraction` of the initial one, or nil beyond `limit` steps.
  public func steps(toFraction fraction: Double, limit: Int = 1 << 40) -> Int? {
    let goal = fraction * trainLoss(step: 0)
    guard rate * (eigenvalues.last ?? 0) / Double(targets.rows) < 2 else { return nil }
    var (low, high) = (0, 1)
    while trainLoss(step: high) > goal {
      guard high < limit else { return nil }
      (low, high) = (high, 2 * high)
    }
    while high - low > 1 {
      let middle = (low + high) / 2
      if trainLoss(step: middle) > goal { low = middle } else { high = middle }
    }
    return goal >= trainLoss(step: 0) ? 0 : high
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
