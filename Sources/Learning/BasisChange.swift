import Compute
import Matrices
import WideKernels

/// What training has added to a block, −K(·, U)α, kept on an online basis: the default for smooth kernels.
///
/// Coordinates are w = L⁻¹K(U, z)ηδ summed over steps, α = L⁻ᵀw: the orthogonal projection of every update onto the
/// span of the pivots' kernels. With momentum μ velocities are coordinates too: v ← μv + L⁻¹K(U, z)ηδ, w ← w + v.
/// Cost per step 2·R·N kernel evaluations and two triangular solves.
package struct BasisChange {
  /// Basis of the kernels of all centres so far.
  package private(set) var basis: PivotedBasis
  /// `[1, rank, outputs]`.
  private var coordinates: Tensor
  private var velocities: Tensor?
  private let momentum: Double
  private let engine: Engine
  private let passEngine: Engine
  private let block: Int
  private var shown: ShownPoints

  /// Σ_t B_t with B_t = Σ_i p_t(z_i)|ηδ_i|: |f(ξ) − exact history(ξ)| ≤ √K(ξ,ξ) · this, for the run's own centres and coefficients.
  package private(set) var boundFactor = 0.0
  /// ε Σ m |ηδ|: bounds the error where ξ was itself shown; an estimate elsewhere.
  private(set) var estimate = 0.0

  /// A block before its first step.
  package init(
    _ basis: PivotedBasis, outputs: Int, points: Int, block: Int, momentum: Double = 0, passEngine: Engine
  ) throws(ComputeError) {
    self.basis = basis
    self.engine = basis.engine
    self.passEngine = passEngine
    self.block = block
    self.momentum = momentum
    coordinates = try basis.engine.zeros(rows: 0, columns: outputs)
    if momentum > 0 { velocities = coordinates }
    shown = try ShownPoints(count: points, width: basis.width, on: basis.engine)
  }

  /// Largest possible error at any position whose K(ξ, ξ) is at most the largest shown.
  var bound: Double { boundFactor * basis.scale.squareRoot() }

  /// Coefficients −α of the pivots, `[1, rank, outputs]`.
  package func coefficients() throws(ComputeError) -> Tensor {
    let alpha = try engine.map(.scaled(by: -1, plus: 0), coordinates)
    try basis.solve(alpha, transposed: true)
    return alpha
  }

  /// f ← f − Σ_i K(·, z_i) step_i, with `step` = ηδ `[1, n, outputs]` at the points `indices` (nil: all) of the training set, at
  /// positions `z` `[1, n, width]`; `norms` are |step_i|.
  package mutating func descend(at z: Tensor, indices: [Int]?, by step: Tensor, norms: [Double]) throws {
    let distances = try look(at: z, indices)
    // What momentum repeats of an update, it repeats of the update's error.
    let repeats = 1 / (1 - momentum)
    boundFactor += repeats * zip(distances, norms).reduce(0) { $0 + $1.0 * $1.1 }
    estimate += repeats * basis.tolerance * basis.scale * norms.reduce(0, +)
    coordinates = try grown(coordinates)
    let update = try engine.part(.writePasses) {
      try engine.converted(
        passEngine.widePass(
          basis.kind, basis.program, points: passEngine.converted(basis.centres), centres: passEngine.converted(z),
          coefficients: passEngine.converted(step), jacobian: false
        ).value)
    }
    try basis.solve(update, transposed: false)
    if let old = velocities {
      let grown = try grown(old)
      try engine.map(.addScaled(momentum), [update, grown], into: update)
      velocities = update
    }
    try engine.map(.sum, [coordinates, update], into: coordinates)
  }

  /// Everything that later steps depend on, by name.
  func state() throws(ComputeError) -> [String: Matrix] {
    let own = try basis.state()
    let seen = try shown.state()
    var state = [
      "pivots": own.pivots, "factor": Matrix(rows: 1, columns: own.factor.count, values: own.factor),
      "coordinates": try engine.matrix(coordinates), "shown": seen,
      "scalars": Matrix(rows: 1, columns: 3, values: [own.scale, boundFactor, estimate]),
    ]
    if let velocities { state["velocities"] = try engine.matrix(velocities) }
    return state
  }

  mutating func restore(_ state: [String: Matrix]) throws {
    func matrix(_ name: String) throws -> Matrix {
      guard let matrix = state[name] else { throw LearningError.incompleteState(missing: name) }
      return matrix
    }
    let scalars = try matrix("scalars")
    try basis.restore(PivotedBasis.State(pivots: matrix("pivots"), factor: matrix("factor").values, scale: scalars[0, 0]))
    (boundFactor, estimate) = (scalars[0, 1], scalars[0, 2])
    coordinates = try engine.tensor(matrix("coordinates"))
    if velocities != nil { velocities = try engine.tensor(matrix("velocities")) }
    try shown.restore(matrix("shown"))
  }

  /// Shows the basis those points that may have left its span since it last saw them; returns p, or an upper bound, of all.
  private mutating func look(at z: Tensor, _ indices: [Int]?) throws -> [Double] {
    var bounds = try engine.part(.lookBounds) { try shown.bounds(at: z, indices, basis) }
    let stale = bounds.indices.filter { !(bounds[$0] <= basis.threshold) }
    guard !stale.isEmpty else { return bounds }
    try engine.part(.pivotGrowth) {
      let seen = try engine.gather(z, rows: stale)
      let (distances, diagonal) = try basis.show(seen, block: block)
      for (position, distance) in zip(stale, distances) { bounds[position] = distance }
      try shown.record(seen, stale.map { indices?[$0] ?? $0 }, distances: distances, diagonal: diagonal)
    }
    return bounds
  }

  /// The values with zeros for pivots that are new.
  private func grown(_ values: Tensor) throws(ComputeError) -> Tensor {
    guard values.rows < basis.rank else { return values }
    let larger = try engine.zeros(rows: basis.rank, columns: values.columns)
    if values.rows > 0 { try engine.copy(values, into: larger.rows(0..<values.rows)) }
    return larger
  }
}
