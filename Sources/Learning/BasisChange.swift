import Compute
import WideKernels

/// What training has added to a block, −K(·, U)α, kept on an online basis: the default for smooth kernels.
///
/// Coordinates are w = L⁻¹K(U, z)ηδ summed over steps, α = L⁻ᵀw: the orthogonal projection of every update onto the
/// span of the pivots' kernels. Cost per step 2·R·N kernel evaluations and two triangular solves.
struct BasisChange {
  private(set) var basis: PivotedBasis
  private var coordinates: Matrix
  private let passEngine: Engine
  private let block: Int
  private var shown: ShownPoints

  /// Σ_t B_t with B_t = Σ_i p_t(z_i)|ηδ_i|: |f(ξ) − exact history(ξ)| ≤ √K(ξ,ξ) · this, for the run's own centres and coefficients.
  private(set) var boundFactor = 0.0
  /// ε Σ m |ηδ|: bounds the error where ξ was itself shown; an estimate elsewhere.
  private(set) var estimate = 0.0

  init(_ basis: PivotedBasis, outputs: Int, points: Int, block: Int, passEngine: Engine) {
    self.basis = basis
    self.passEngine = passEngine
    self.block = block
    coordinates = Matrix(zeros: 0, outputs)
    shown = ShownPoints(count: points, width: basis.width)
  }

  /// Largest possible error at any position whose K(ξ, ξ) is at most the largest shown.
  var bound: Double { boundFactor * basis.scale.squareRoot() }

  func read(at z: Matrix, jacobian: Bool) throws(ComputeError) -> (value: Matrix, jacobian: Matrix?) {
    guard basis.rank > 0 else {
      return (Matrix(zeros: z.rows, coordinates.columns), jacobian ? Matrix(zeros: z.rows, coordinates.columns * basis.width) : nil)
    }
    let alpha = try basis.solve(coordinates, transposed: true).map { -$0 }
    let result = try passEngine.widePass(
      basis.kind, basis.program, points: passEngine.tensor(z), centres: passEngine.converted(basis.centres),
      coefficients: passEngine.tensor(alpha),
      jacobian: jacobian)
    let slopes: Matrix? = if let tensor = result.jacobian { try passEngine.matrix(tensor) } else { nil }
    return (try passEngine.matrix(result.value), slopes)
  }

  /// f ← f − Σ_i K(·, z_i) step_i, with `step` = ηδ `[n, outputs]` at the points `indices` of the training set.
  mutating func descend(at z: Matrix, indices: [Int], by step: Matrix) throws {
    let distances = try look(at: z, indices)
    let norms = step.rowNorms
    boundFactor += zip(distances, norms).reduce(0) { $0 + $1.0 * $1.1 }
    estimate += basis.tolerance * basis.scale * norms.reduce(0, +)
    coordinates.append(Matrix(zeros: basis.rank - coordinates.rows, coordinates.columns))
    let update = try passEngine.widePass(
      basis.kind, basis.program, points: passEngine.converted(basis.centres), centres: passEngine.tensor(z),
      coefficients: passEngine.tensor(step),
      jacobian: false)
    coordinates = coordinates + (try basis.solve(passEngine.matrix(update.value), transposed: false))
  }

  /// Shows the basis those points that may have left its span since it last saw them; returns p, or an upper bound, of all.
  private mutating func look(at z: Matrix, _ indices: [Int]) throws -> [Double] {
    var bounds = try shown.bounds(at: z, indices, basis)
    let stale = bounds.indices.filter { !(bounds[$0] <= basis.threshold) }
    guard !stale.isEmpty else { return bounds }
    let seen = z.rows(stale)
    let distances = try basis.show(seen, block: block)
    for (position, distance) in zip(stale, distances) { bounds[position] = distance }
    shown.record(seen, stale.map { indices[$0] }, distances)
    return bounds
  }
}

/// Where each training point was when the basis last looked at it, and how far from the span.
///
/// p is Lipschitz in the kernel's own distance: |p(ξ) − p(ξ′)| ≤ √(K(ξ,ξ) + K(ξ′,ξ′) − 2K(ξ,ξ′)).
private struct ShownPoints {
  private var positions: Matrix
  /// Infinite where never shown.
  private var distances: [Double]

  init(count: Int, width: Int) {
    positions = Matrix(zeros: count, width)
    distances = [Double](repeating: .infinity, count: count)
  }

  mutating func record(_ z: Matrix, _ indices: [Int], _ distances: [Double]) {
    for (row, index) in indices.enumerated() {
      self.distances[index] = distances[row]
      for column in 0..<z.columns { positions[index, column] = z[row, column] }
    }
  }

  /// Upper bounds of p at the present positions `z` of the points `indices`.
  func bounds(at z: Matrix, _ indices: [Int], _ basis: PivotedBasis) throws -> [Double] {
    let known = indices.indices.filter { distances[indices[$0]].isFinite }
    var bounds = [Double](repeating: .infinity, count: indices.count)
    guard !known.isEmpty else { return bounds }
    let moved = try kernelDistances(z.rows(known), positions.rows(known.map { indices[$0] }), basis)
    for (position, distance) in zip(known, moved) { bounds[position] = distances[indices[position]] + distance }
    return bounds
  }

  /// √(K(ξ,ξ) + K(ξ′,ξ′) − 2K(ξ,ξ′)) row by row, as a batch of 1 × 1 kernels on the device.
  private func kernelDistances(_ a: Matrix, _ b: Matrix, _ basis: PivotedBasis) throws -> [Double] {
    let (n, width) = (a.rows, Double(a.columns))
    func inner(_ x: Matrix, _ y: Matrix) -> [Double] {
      (0..<n).map { row in (0..<x.columns).reduce(0) { $0 + x[row, $1] * y[row, $1] } / width }
    }
    let (aa, bb, ab) = (inner(a, a), inner(b, b), inner(a, b))
    let engine = basis.engine
    let kernels = try engine.recursion(
      basis.program, gram: engine.tensor(ab, batch: n, rows: 1, columns: 1), rowDiagonal: engine.tensor(aa, batch: n, rows: 1, columns: 1),
      columnDiagonal: engine.tensor(bb, batch: n, rows: 1, columns: 1))
    let cross = try engine.read(basis.kind == .ntk ? kernels.ntk : kernels.nngp)
    func diagonal(_ q: Double) -> Double {
      let values = basis.program.diagonal(q)
      return basis.kind == .ntk ? values.ntk : values.nngp
    }
    return (0..<n).map { max(0, diagonal(aa[$0]) + diagonal(bb[$0]) - 2 * cross[$0]).squareRoot() }
  }
}
