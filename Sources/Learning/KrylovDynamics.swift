import Compute
import Foundation
import LinearAlgebra
import Matrices
import Sizes

/// Full-batch gradient descent on squared error with a kernel that does not move, in the Krylov space of the first residual: the
/// network without a bottleneck where its eigenproblem is too large.
///
/// (1 − ηΘ/N)ᵗ r_0 lies in span{r_0, Θr_0, …, Θᵗr_0}, and a few hundred Lanczos vectors hold it to many digits for thousands of
/// steps: with Θ ≈ Q T Qᵀ, F_t − y = |r_0| Qᵀ(1 − ηT/N)ᵗ e_1. What is left out obeys
/// |error_t| ≤ (η/N) β_m Σ_{s<t} |e_mᵀ(1 − ηT/N)ˢ e_1| |r_0|, since 1 − ηΘ/N is a contraction; vectors are added until that is small.
///
/// All draws advance together: one product with Θ_0 per Lanczos step. Source: Saad 1992, *Analysis of some Krylov subspace
/// approximations to the matrix exponential operator*, the same argument for powers.
public struct KrylovDynamics {
  /// The Krylov space of one output of one draw.
  struct Space {
    /// Eigenvalues of T and the first and last components of its eigenvectors.
    var values: [Double]
    var vectors: [Double]
    /// β_m, by which the space is not invariant.
    var rest: Double
    /// |r_0|.
    var norm: Double

    var size: Int { values.count }
    /// e_iᵀ f(T) e_1.
    func component(_ index: Int, _ f: (Double) -> Double) -> Double {
      (0..<size).reduce(0) { $0 + vectors[$1 * size + index] * vectors[$1 * size] * f(values[$1]) }
    }
  }

  /// Relative to |r_0|, at the last step that matters.
  private static let tolerance = 1e-7
  private static let mostVectors = 600
  private static let checkEvery = 20

  /// Bytes of all vectors at most, for `columns` outputs of draws together.
  public static func largestBasis(points: Int, columns: Int) -> Size { 8 * Size.product([min(mostVectors, points), points, columns]) }

  private let first: FirstBlock
  private let starts: [(train: Matrix, test: Matrix)]
  private let targets: Matrix
  /// Krylov spaces by draw and output.
  private let spaces: [Space]
  /// `[draws · outputs, vectors, N]`.
  private let vectors: Tensor

  /// - Parameters:
  ///   - starts: F_0 of every draw.
  ///   - rates: η that will be asked for; the sum over the points is divided by N.
  ///   - lastStep: steps that matter: up to this one at least, and until every draw's loss is `fraction` of its first.
  /// - Throws: `LearningError.krylov` where the space would need too many vectors.
  public init(
    _ first: FirstBlock, starts: [(train: Matrix, test: Matrix)], targets: Matrix, rates: [Double], lastStep: Int, fraction: Double,
    progress: (Int) -> Void = { _ in }
  ) throws {
    self.first = first
    self.starts = starts
    self.targets = targets
    let engine = first.engine
    let n = first.trainCount
    let columns = starts.count * targets.columns
    var residual = Matrix(zeros: n, columns)
    for (draw, start) in starts.enumerated() {
      for row in 0..<n {
        for output in 0..<targets.columns {
          residual[row, draw * targets.columns + output] = start.train[row, output] - targets[row, output]
        }
      }
    }
    let most = min(Self.mostVectors, n)
    var capacity = min(128, most)
    var basis = try engine.zeros(batch: columns, rows: capacity, columns: n)
    var (diagonal, offDiagonal) = ([[Double]](repeating: [], count: columns), [[Double]](repeating: [], count: columns))
    var next = try engine.tensor(residual)
    let norms = try Self.norms(next, engine)
    var scales = norms
    var spaces: [Space] = []
    for size in 1...most {
      if size > capacity {
        capacity = min(2 * capacity, most)
        let larger = try engine.zeros(batch: columns, rows: capacity, columns: n)
        try engine.copy(basis, into: larger.rows(0..<size - 1))
        basis = larger
      }
      let lines = try Self.transposed(next, engine)
      let inverse = try engine.tensor(scales.map { $0 > 0 ? 1 / $0 : 0 }, batch: columns, rows: 1, columns: 1)
      try engine.map(.product, [lines, inverse], into: lines)
      try engine.copy(lines, into: basis.rows(size - 1..<size))
      next = try first.tangent.product(Self.columns(lines, engine))
      let known = basis.rows(0..<size)
      for round in 0..<2 {
        // Twice, so that rounding leaves the vectors orthogonal.
        let view = next.columnGroups(width: 1)
        let overlaps = try engine.gemm(known, view)
        try engine.gemm(GEMM(transposeA: true, alpha: -1, beta: 1), known, overlaps, into: view)
        guard round == 0 else { continue }
        let values = try engine.read(overlaps)
        for column in 0..<columns { diagonal[column].append(values[(column + 1) * size - 1]) }
      }
      scales = try Self.norms(next, engine)
      progress(size)
      let isLast = size == most || zip(scales, norms).allSatisfy { $0 <= 1e-14 * $1 }
      if size % Self.checkEvery == 0 || isLast {
        spaces = try (0..<columns).map { try Self.space(diagonal[$0], offDiagonal[$0], rest: scales[$0], norm: norms[$0]) }
        let error = rates.map { Self.error(spaces, $0 / Double(n), lastStep: lastStep, fraction: fraction) }.max() ?? 0
        if error <= Self.tolerance { break }
        guard !isLast || size == n else { throw LearningError.krylov(vectors: size, error: error) }
        if isLast { break }
      }
      for column in 0..<columns { offDiagonal[column].append(scales[column]) }
    }
    self.spaces = spaces
    vectors = basis.rows(0..<(spaces.first?.size ?? 0))
  }

  /// Number of Lanczos vectors.
  public var size: Int { spaces.first?.size ?? 0 }

  /// One draw at one rate.
  public func run(draw: Int, rate: Double) -> Run { Run(dynamics: self, draw: draw, rate: rate) }

  /// One draw at one rate, at any step.
  public struct Run: FrozenRun {
    let dynamics: KrylovDynamics
    let draw: Int
    public let rate: Double
    private var targets: Matrix { dynamics.targets }
    private var outputs: Int { dynamics.targets.columns }
    private var spaces: ArraySlice<Space> { dynamics.spaces[draw * outputs..<(draw + 1) * outputs] }

    public func trainLoss(step: Int) -> Double {
      var total = 0.0
      for space in spaces {
        for index in 0..<space.size {
          let decayed = space.vectors[index * space.size] * power(space.values[index], step)
          total += space.norm * space.norm * decayed * decayed
        }
      }
      return total / 2 / Double(targets.rows)
    }

    public func outputs(steps: [Int]) throws -> [Matrix] { try combinations(steps) { power($0, $1) }.map { targets + $0 } }

    public func testOutputs(steps: [Int]) throws -> [Matrix] {
      try outputs(steps, from: dynamics.starts[draw].test, by: dynamics.first.tangentTest)
    }

    public func furtherOutputs(steps: [Int], from start: Matrix) throws -> [Matrix] {
      try outputs(steps, from: start, by: dynamics.first.tangentFurther)
    }

    /// - Parameter kernel: between the points and the training points.
    private func outputs(_ steps: [Int], from start: Matrix, by kernel: StoredKernel?) throws -> [Matrix] {
      guard let kernel else { return [] }
      let engine = dynamics.first.engine
      let learned = try combinations(steps) { value, step in
        let x = rate * value / Double(targets.rows)
        if value > 0 && x < 1 { return -expm1(Double(step) * log1p(-x)) / value }
        return value == 0 ? rate * Double(step) / Double(targets.rows) : (1 - power(value, step)) / value
      }
      // All steps and outputs side by side: one product.
      var all = Matrix(zeros: targets.rows, steps.count * outputs)
      for (index, matrix) in learned.enumerated() {
        for row in 0..<targets.rows { for output in 0..<outputs { all[row, index * outputs + output] = matrix[row, output] } }
      }
      let changes = try engine.matrix(engine.copied(kernel.product(engine.tensor(all))))
      return steps.indices.map { index in
        var values = start
        for row in 0..<values.rows { for output in 0..<outputs { values[row, output] -= changes[row, index * outputs + output] } }
        return values
      }
    }

    /// |r_0| Qᵀ f(T) e_1 for every output, `[N, outputs]`, for each of `steps`.
    private func combinations(_ steps: [Int], _ f: (Double, Int) -> Double) throws -> [Matrix] {
      let engine = dynamics.first.engine
      var results = steps.map { _ in Matrix(zeros: targets.rows, outputs) }
      for (output, space) in spaces.enumerated() {
        var weights = Matrix(zeros: steps.count, space.size)
        for (row, step) in steps.enumerated() {
          for value in 0..<space.size {
            let weight = space.norm * space.vectors[value * space.size] * f(space.values[value], step)
            for index in 0..<space.size { weights[row, index] += weight * space.vectors[value * space.size + index] }
          }
        }
        let values = try engine.matrix(engine.gemm(engine.tensor(weights), dynamics.vectors.item(draw * outputs + output)))
        for index in steps.indices { for row in 0..<targets.rows { results[index][row, output] = values[index, row] } }
      }
      return results
    }

    private func power(_ value: Double, _ step: Int) -> Double { pow(1 - rate * value / Double(targets.rows), Double(step)) }
  }

  private static func space(_ diagonal: [Double], _ offDiagonal: [Double], rest: Double, norm: Double) throws -> Space {
    let size = diagonal.count
    var matrix = [Double](repeating: 0, count: size * size)
    for index in 0..<size {
      matrix[index * size + index] = diagonal[index]
      if index > 0 { matrix[index * size + index - 1] = offDiagonal[index - 1] }
    }
    let eigen = try symmetricEigen(matrix, size: size)
    return Space(values: eigen.values, vectors: eigen.vectors, rest: rest, norm: norm)
  }

  /// The bound of the error at the last step that matters, relative to |r_0|, with the largest of its terms for all of them.
  private static func error(_ spaces: [Space], _ rate: Double, lastStep: Int, fraction: Double) -> Double {
    func loss(_ space: Space, _ step: Int) -> Double {
      (0..<space.size).reduce(0) { $0 + pow(space.vectors[$1 * space.size], 2) * pow(1 - rate * space.values[$1], 2 * Double(step)) }
    }
    return spaces.map { space in
      let step = max(lastStep, firstStep(limit: 1 << 20) { loss(space, $0) <= fraction } ?? lastStep)
      let samples = [0, 1, 2, 4] + (3...60).map { Int(saturating: pow(Double(max(step, 1)), Double($0) / 60)) }
      let largest = samples.map { sample in abs(space.component(space.size - 1) { pow(1 - rate * $0, Double(sample)) }) }.max() ?? 0
      return Double(step) * rate * space.rest * largest
    }.max() ?? 0
  }

  private static func norms(_ matrix: Tensor, _ engine: Engine) throws(ComputeError) -> [Double] {
    try engine.read(engine.rows(.sumOfSquares, transposed(matrix, engine))).map { $0.squareRoot() }
  }

  /// `[1, N, c]` as `[c, 1, N]`.
  private static func transposed(_ matrix: Tensor, _ engine: Engine) throws(ComputeError) -> Tensor {
    try engine.copied(matrix.columnGroups(width: 1)).reshaped(batch: matrix.columns, rows: 1, columns: matrix.rows)
  }

  /// `[c, 1, N]` as `[1, N, c]`.
  private static func columns(_ lines: Tensor, _ engine: Engine) throws(ComputeError) -> Tensor {
    let result = try engine.empty(rows: lines.columns, columns: lines.batch)
    try engine.copy(lines.reshaped(batch: lines.batch, rows: lines.columns, columns: 1), into: result.columnGroups(width: 1))
    return result
  }
}
