import Compute
import FiniteNetworks
import Learning
import Matrices

/// Networks linearised at their start, F ← F − (η/|B|) Θ_0(·, B) l′(F_B): what one kernel for all of training would give.
struct FrozenKernelNetworks {
  /// F at all points, `[draws, n, c]`.
  private(set) var outputs: Tensor
  /// Θ_0 between training points and all points, `[draws, N·c, n·c]`.
  private let kernels: Tensor
  private let comparison: LimitComparison
  private var engine: Engine { comparison.engine }

  /// - Parameters:
  ///   - limits: runs with F at the start.
  ///   - kernel: Θ_0 of a run at all points.
  init(_ comparison: LimitComparison, limits: [(run: Int, start: Matrix)], kernel: (Int) throws -> Matrix) throws {
    self.comparison = comparison
    let engine = comparison.engine
    let (n, c) = (comparison.inputs.rows, comparison.targets.columns)
    outputs = try engine.empty(batch: limits.count, rows: n, columns: c)
    kernels = try engine.empty(batch: limits.count, rows: comparison.trainCount * c, columns: n * c)
    let training = Array(0..<comparison.trainCount * c)
    for (place, limit) in limits.enumerated() {
      try engine.write(limit.start.values, into: outputs.item(place))
      try engine.write(kernel(limit.run).rows(training).values, into: kernels.item(place))
    }
  }

  /// One step on the training points `rows`.
  mutating func step(_ rows: [Int]) throws {
    let c = comparison.targets.columns
    let targets = try engine.tensor(comparison.targets.rows(rows))
    let gradient = try comparison.loss.gradient(engine.gather(outputs, rows: rows), targets, on: engine)
    let isFull = rows == comparison.trainRows
    let own = isFull ? kernels : try engine.gather(kernels, rows: rows.flatMap { row in (0..<c).map { row * c + $0 } })
    let (count, values) = (outputs.rows * c, gradient.reshaped(batch: gradient.batch, rows: 1, columns: rows.count * c))
    try engine.gemm(
      GEMM(alpha: -comparison.rate / Double(rows.count), beta: 1), values, own,
      into: outputs.reshaped(batch: outputs.batch, rows: 1, columns: count))
  }
}
