import Compute
import LinearAlgebra
import WideKernels

/// An orthonormal basis of span{K(·, u) : u a pivot}, grown online from the points it is shown.
///
/// The pivots are chosen among the shown points so that every K(·, ξ) of a shown ξ lies within √(ε m) of the span,
/// m the largest K(ξ, ξ) shown. L·Lᵀ = K(U, U) grows by rows; nothing is refactored. Kernel rows and pivots are float64.
///
/// Source: pivoted Cholesky as a greedy method on the power function (De Marchi, Schaback & Wendland 2005).
struct PivotedBasis {
  let program: KernelProgram
  let kind: KernelKind
  let width: Int
  /// ε, relative to m.
  let tolerance: Double
  let rankLimit: Int
  let engine: Engine

  private(set) var rank = 0
  /// m: the running maximum of K(ξ, ξ) over shown points.
  private(set) var scale = 0.0
  /// `[1, capacity, width]` and `[1, capacity, capacity]`, of which the first `rank` count.
  private var pivots: Tensor
  private var factor: Tensor
  private var capacity: Int

  init(
    _ program: KernelProgram, kind: KernelKind = .ntk, width: Int, tolerance: Double, rankLimit: Int, on engine: Engine
  ) throws {
    guard tolerance > 0, tolerance < 1 else {
      throw LearningError.invalid(setting: "tolerance", expected: "a number between 0 and 1", got: "\(tolerance)")
    }
    // Below the error of a dual by quadrature the matrix is not definite enough to pivot on.
    guard tolerance >= 10 * program.dualError else {
      throw LearningError.invalid(
        setting: "tolerance", expected: "at least \(10 * program.dualError) with activations by quadrature", got: "\(tolerance)")
    }
    self.program = program
    self.kind = kind
    self.width = width
    self.tolerance = tolerance
    self.rankLimit = rankLimit
    self.engine = engine
    capacity = 64
    pivots = try engine.zeros(rows: capacity, columns: width)
    factor = try engine.zeros(rows: capacity, columns: capacity)
  }

  /// The pivots `[1, rank, width]`.
  var centres: Tensor { pivots.rows(0..<rank) }
  /// √(ε m): the largest distance that a shown point may keep.
  var threshold: Double { (tolerance * scale).squareRoot() }

  /// Distances p(ξ) of K(·, ξ) from the span, for points `z` `[n, width]`; nothing changes.
  func distances(at z: Matrix) throws -> [Double] {
    guard z.rows > 0 else { return [] }
    let points = try engine.tensor(z)
    return try squaredDistances(points).squared.map { max(0, $0).squareRoot() }
  }

  /// Looks at points `z` `[n, width]` and adds pivots until each is within tolerance/2 where any was beyond tolerance.
  ///
  /// - Returns: the distance p of each point from the span afterwards.
  /// - Throws: `LearningError.rankLimit`, `FactorisationError` where a residual is negative beyond rounding.
  mutating func show(_ z: Matrix, block: Int) throws -> [Double] {
    guard z.rows > 0 else { return [] }
    let points = try engine.tensor(z)
    let (squared, diagonal) = try squaredDistances(points)
    scale = max(scale, diagonal.max() ?? 0)
    var distances = squared.map { max(0, $0).squareRoot() }
    let goal = tolerance * scale / 2
    guard squared.contains(where: { $0 > 2 * goal }) else { return distances }

    let candidates = squared.indices.filter { squared[$0] > goal }
    let shown = z.rows(candidates)
    let candidatePoints = try engine.tensor(shown)
    let explained = try explainedRows(candidatePoints)
    let kernel = try engine.kernel(kind, program, candidatePoints)
    if let explained { try engine.gemm(GEMM(transposeA: true, alpha: -1, beta: 1), explained, explained, into: kernel) }
    let chosen = try pivotedCholesky(engine.read(kernel), size: candidates.count, tolerance: goal)
    guard rank + chosen.pivots.count <= rankLimit else {
      throw LearningError.rankLimit(block: block, rank: rank + chosen.pivots.count, limit: rankLimit)
    }
    try append(chosen, shown: shown, explained: explained.map { try engine.matrix($0) })
    for (index, candidate) in candidates.enumerated() { distances[candidate] = chosen.residual[index].squareRoot() }
    return distances
  }

  /// L⁻¹ b or L⁻ᵀ b for host coefficients `[rank, c]`.
  func solve(_ b: Matrix, transposed: Bool) throws(ComputeError) -> Matrix {
    guard rank > 0 else { return b }
    let right = try engine.tensor(b)
    try engine.triangularSolve(TriangularSolve(transposed: transposed), factor.rows(0..<rank).columns(0..<rank), right)
    return try engine.matrix(right)
  }

  /// L⁻¹K(U, ξ), `[1, rank, n]`, or nil before the first pivot.
  private func explainedRows(_ points: Tensor) throws(ComputeError) -> Tensor? {
    guard rank > 0 else { return nil }
    let rows = try engine.kernel(kind, program, centres, points)
    try engine.triangularSolve(TriangularSolve(), factor.rows(0..<rank).columns(0..<rank), rows)
    return rows
  }

  private func squaredDistances(_ points: Tensor) throws -> (squared: [Double], diagonal: [Double]) {
    let diagonal = try engine.kernelDiagonal(kind, program, points)
    if let index = diagonal.firstIndex(where: { !$0.isFinite }) {
      throw FactorisationError.notFinite(item: 0, row: index, column: index)
    }
    guard let rows = try explainedRows(points) else { return (diagonal, diagonal) }
    let ones = try engine.tensor([Double](repeating: 1, count: rank), rows: 1, columns: rank)
    let explained = try engine.read(engine.gemm(ones, engine.map(.square, rows)))
    return (zip(diagonal, explained).map { $0 - $1 }, diagonal)
  }

  private mutating func append(_ chosen: PivotedCholesky, shown: Matrix, explained: Matrix?) throws {
    let added = chosen.pivots.count
    try reserve(rank + added)
    var rows = Matrix(zeros: added, capacity)
    for (row, pivot) in chosen.pivots.enumerated() {
      if let explained { for earlier in 0..<rank { rows[row, earlier] = explained[earlier, pivot] } }
      for earlier in 0...row { rows[row, rank + earlier] = chosen.rows[earlier * shown.rows + pivot] }
    }
    try engine.write(rows.values, into: factor.rows(rank..<rank + added))
    try engine.write(shown.rows(chosen.pivots).values, into: pivots.rows(rank..<rank + added))
    rank += added
  }

  private mutating func reserve(_ count: Int) throws(ComputeError) {
    guard count > capacity else { return }
    let larger = max(count, 2 * capacity)
    let (newPivots, newFactor) = (try engine.zeros(rows: larger, columns: width), try engine.zeros(rows: larger, columns: larger))
    try engine.map(.scaled(by: 1, plus: 0), [pivots], into: newPivots.rows(0..<capacity))
    try engine.map(.scaled(by: 1, plus: 0), [factor], into: newFactor.rows(0..<capacity).columns(0..<capacity))
    (pivots, factor, capacity) = (newPivots, newFactor, larger)
  }
}
