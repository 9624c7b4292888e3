import Compute
import LinearAlgebra
import Matrices
import WideKernels

/// An orthonormal basis of span{K(·, u) : u a pivot}, grown online from the points it is shown.
///
/// The pivots are chosen among the shown points so that every K(·, ξ) of a shown ξ lies within √(ε m) of the span,
/// m the largest K(ξ, ξ) shown. L·Lᵀ = K(U, U) grows by rows; nothing is refactored. Kernel rows and pivots are float64.
///
/// Source: pivoted Cholesky as a greedy method on the power function (De Marchi, Schaback & Wendland 2005).
package struct PivotedBasis {
  /// Points that are looked at together, which bounds memory by this times the rank.
  private static let chunk = 4096
  /// Candidates of one round: their mutual kernels are factored on the host.
  private static let candidates = 64
  /// A candidate of a round is left for a later one where the round's earlier pivots explain this share of the largest residual.
  private static let rejection = 0.25

  let program: CovarianceProgram
  let kind: KernelKind
  let width: Int
  /// ε, relative to m.
  let tolerance: Double
  let rankLimit: Int
  let engine: Engine

  /// Number of pivots.
  package private(set) var rank = 0
  /// m: the running maximum of K(ξ, ξ) over shown points.
  private(set) var scale = 0.0
  /// `[1, capacity, width]` and `[1, capacity, capacity]`, of which the first `rank` count.
  private var pivots: Tensor
  private var factor: Tensor
  private var capacity: Int

  package init(
    _ program: CovarianceProgram, kind: KernelKind = .ntk, width: Int, tolerance: Double, rankLimit: Int, on engine: Engine
  ) throws {
    guard tolerance > 0, tolerance < 1 else {
      throw LearningError.invalid(setting: "tolerance", expected: "a number between 0 and 1", got: "\(tolerance)")
    }
    // Below the error of a dual by quadrature the matrix is not definite enough to pivot on.
    guard tolerance >= 10 * program.dualError else {
      throw LearningError.invalid(
        setting: "tolerance", expected: "at least \(10 * program.dualError) with activations by quadrature", got: "\(tolerance)")
    }
    (self.program, self.kind, self.width, self.engine) = (program, kind, width, engine)
    (self.tolerance, self.rankLimit) = (tolerance, rankLimit)
    capacity = 64
    pivots = try engine.zeros(rows: capacity, columns: width)
    factor = try engine.zeros(rows: capacity, columns: capacity)
  }

  /// The pivots `[1, rank, width]`.
  package var centres: Tensor { pivots.rows(0..<rank) }
  /// L `[1, rank, rank]`, lower triangular.
  var lower: Tensor { factor.rows(0..<rank).columns(0..<rank) }
  /// √(ε m): the largest distance that a shown point may keep.
  package var threshold: Double { (tolerance * scale).squareRoot() }

  /// Distances p(ξ) of K(·, ξ) from the span, for points `z` `[1, n, width]`; nothing changes.
  package func distances(at z: Tensor) throws -> [Double] {
    var distances: [Double] = []
    for range in Self.chunks(z.rows) {
      let points = z.rows(range)
      var residual = try diagonal(points)
      if let rows = try explainedRows(points) { try subtractSquares(of: rows, from: &residual) }
      distances += residual.map { max(0, $0).squareRoot() }
    }
    return distances
  }

  /// Looks at points `z` `[1, n, width]` and adds pivots until each is within tolerance/2 where any was beyond tolerance.
  ///
  /// - Returns: the distance p of each point from the span afterwards, and K(ξ, ξ).
  /// - Throws: `LearningError.rankLimit`, `FactorisationError` where a residual is negative beyond rounding.
  package mutating func show(_ z: Tensor, block: Int) throws -> (distances: [Double], diagonal: [Double]) {
    var (distances, diagonal): ([Double], [Double]) = ([], [])
    for range in Self.chunks(z.rows) {
      let points = z.rows(range)
      let values = try self.diagonal(points)
      scale = max(scale, values.max() ?? 0)
      distances += try residuals(of: points, diagonal: values, block: block).map { max(0, $0).squareRoot() }
      diagonal += values
    }
    return (distances, diagonal)
  }

  /// Solves L x = b or Lᵀ x = b in place, `b` `[1, rank, c]`.
  func solve(_ b: Tensor, transposed: Bool) throws(ComputeError) {
    guard rank > 0 else { return }
    try engine.part(.solves) { () throws(ComputeError) in
      try engine.triangularSolve(TriangularSolve(transposed: transposed), lower, b)
    }
  }

  /// p² of one chunk of points after adding the pivots that it needs, in rounds of the points with the largest p².
  private mutating func residuals(of z: Tensor, diagonal: [Double], block: Int) throws -> [Double] {
    var residual = diagonal
    var explained: [Tensor] = []
    if let rows = try explainedRows(z) {
      explained.append(rows)
      try subtractSquares(of: rows, from: &residual)
    }
    let goal = tolerance * scale / 2
    guard residual.contains(where: { $0 > 2 * goal }) else { return residual }
    while let largest = residual.max(), largest > goal {
      let worst = Self.largest(residual, above: goal)
      let chosen = try choose(among: engine.gather(z, rows: worst), tolerance: max(goal, Self.rejection * largest), block: block)
      guard !chosen.pivots.isEmpty else {
        // Above the goal by rounding only.
        for (position, index) in worst.enumerated() { residual[index] = min(goal, chosen.residual[position]) }
        continue
      }
      let added = rank - chosen.pivots.count..<rank
      let rows = try newRows(added, at: z, explained)
      explained.append(rows)
      try subtractSquares(of: rows, from: &residual)
      for pivot in chosen.pivots { residual[worst[pivot]] = 0 }
    }
    return residual
  }

  /// Factors the candidates' kernel, less what the basis explains, and appends the pivots that were accepted.
  private mutating func choose(among z: Tensor, tolerance: Double, block: Int) throws -> PivotedCholesky {
    let explained = try explainedRows(z)
    let kernel = try engine.kernel(kind, program, z)
    if let explained { try engine.gemm(GEMM(transposeA: true, alpha: -1, beta: 1), explained, explained, into: kernel) }
    let chosen = try pivotedCholesky(engine.read(kernel), size: z.rows, tolerance: tolerance)
    let added = chosen.pivots.count
    guard added > 0 else { return chosen }
    guard rank + added <= rankLimit else { throw LearningError.rankLimit(block: block, rank: rank + added, limit: rankLimit) }
    try reserve(rank + added)
    let earlier = try explained.map { try engine.matrix($0) }
    var rows = Matrix(zeros: added, capacity)
    for (row, pivot) in chosen.pivots.enumerated() {
      if let earlier { for index in 0..<rank { rows[row, index] = earlier[index, pivot] } }
      for index in 0...row { rows[row, rank + index] = chosen.rows[index * z.rows + pivot] }
    }
    try engine.write(rows.values, into: factor.rows(rank..<rank + added))
    try engine.copy(engine.gather(z, rows: chosen.pivots), into: pivots.rows(rank..<rank + added))
    rank += added
    return chosen
  }

  /// Rows `added` of L⁻¹K(U, ξ), `[1, added, n]`, given the rows before them.
  private func newRows(_ added: Range<Int>, at z: Tensor, _ earlier: [Tensor]) throws(ComputeError) -> Tensor {
    let rows = try engine.kernel(kind, program, pivots.rows(added), z)
    var first = 0
    for part in earlier {
      let weights = factor.rows(added).columns(first..<first + part.rows)
      try engine.gemm(GEMM(alpha: -1, beta: 1), weights, part, into: rows)
      first += part.rows
    }
    try engine.triangularSolve(TriangularSolve(), factor.rows(added).columns(added), rows)
    return rows
  }

  /// L⁻¹K(U, ξ), `[1, rank, n]`, or nil before the first pivot.
  private func explainedRows(_ points: Tensor) throws(ComputeError) -> Tensor? {
    guard rank > 0 else { return nil }
    let rows = try engine.kernel(kind, program, centres, points)
    try engine.triangularSolve(TriangularSolve(), lower, rows)
    return rows
  }

  private func diagonal(_ points: Tensor) throws -> [Double] {
    let diagonal = try engine.kernelDiagonal(kind, program, points)
    if let index = diagonal.firstIndex(where: { !$0.isFinite }) {
      throw FactorisationError.notFinite(item: 0, row: index, column: index)
    }
    return diagonal
  }

  private func subtractSquares(of rows: Tensor, from residual: inout [Double]) throws(ComputeError) {
    let ones = try engine.tensor([Double](repeating: 1, count: rows.rows), rows: 1, columns: rows.rows)
    let squares = try engine.read(engine.gemm(ones, engine.map(.square, rows)))
    for index in residual.indices { residual[index] -= squares[index] }
  }

  private static func chunks(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: chunk).map { $0..<min($0 + chunk, count) }
  }

  /// Indices of the largest residuals above `goal`, ties to the lowest index.
  private static func largest(_ residual: [Double], above goal: Double) -> [Int] {
    // Most points lie below the smallest of those found so far, so that one pass with few insertions replaces a sort.
    var found: [(value: Double, index: Int)] = []
    found.reserveCapacity(candidates + 1)
    for (index, value) in residual.enumerated() where value > goal {
      if found.count == candidates {
        guard value > found[candidates - 1].value else { continue }
        found.removeLast()
      }
      found.insert((value, index), at: (found.lastIndex { $0.value >= value } ?? -1) + 1)
    }
    return found.map(\.index)
  }

  /// Takes up pivots `[rank, width]` with the rows of L up to their diagonals, as `state` gave them.
  mutating func restore(_ state: State) throws(ComputeError) {
    try reserve(state.pivots.rows)
    rank = state.pivots.rows
    scale = state.scale
    var rows = Matrix(zeros: rank, rank)
    var next = 0
    for row in 0..<rank { for column in 0...row { (rows[row, column], next) = (state.factor[next], next + 1) } }
    guard rank > 0 else { return }
    try engine.write(rows.values, into: lower)
    try engine.write(state.pivots.values, into: centres)
  }

  /// Pivots, the rows of L up to their diagonals one after another, and m.
  struct State {
    var pivots: Matrix
    var factor: [Double]
    var scale: Double
  }

  func state() throws(ComputeError) -> State {
    let rows = try engine.matrix(engine.copied(lower))
    var factor: [Double] = []
    factor.reserveCapacity(rank * (rank + 1) / 2)
    for row in 0..<rank { factor.append(contentsOf: rows.values[row * rank...row * rank + row]) }
    return State(pivots: try engine.matrix(engine.copied(centres)), factor: factor, scale: scale)
  }

  private mutating func reserve(_ count: Int) throws(ComputeError) {
    guard count > capacity else { return }
    let larger = max(count, capacity + capacity / 2)
    let (newPivots, newFactor) = (try engine.zeros(rows: larger, columns: width), try engine.zeros(rows: larger, columns: larger))
    try engine.copy(pivots, into: newPivots.rows(0..<capacity))
    try engine.copy(factor, into: newFactor.rows(0..<capacity).columns(0..<capacity))
    (pivots, factor, capacity) = (newPivots, newFactor, larger)
  }
}
