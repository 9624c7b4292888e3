import Compute

/// The spectral norm max |T(u, …, u)| over |u| = 1 of symmetric tensors T, one for each member of an ensemble, side by side.
///
/// u ← σt + s|t|u, normalised, with t = T(u, …, u, ·), a sign σ and τ = t · u = T(u, …, u). For symmetric tensors of any order the
/// maximum over different unit vectors is reached at equal ones, so this is the spectral norm where the iteration finds the largest
/// of its fixed points: start it several times. The shift favours τ of the sign σ, so for even orders take both signs. Vectors stay on
/// the device; two numbers a member are read in each iteration.
///
/// Source: Kolda & Mayo 2011, *Shifted power method for computing tensor eigenpairs*; Banach 1938 for equal vectors.
public struct PowerIteration: Sendable, Equatable {
  /// s. Without a shift a tensor that is linear in each of two parts of u swaps their lengths for ever.
  public var shift: Double
  /// Iterations at most.
  public var limit: Int
  /// Relative change of every member's |τ| that ends the iteration when two in a row stay below it.
  public var tolerance: Double

  public init(shift: Double = 0.25, limit: Int = 60, tolerance: Double = 1e-5) {
    self.shift = shift
    self.limit = limit
    self.tolerance = tolerance
  }

  /// Values and vectors that the iteration found.
  public struct Result: Sendable {
    /// |τ| of every member.
    public var values: [Double]
    /// |T(u, …, u, ·) − τu| / |τ|: 0 at a fixed point, and 0 where T vanishes.
    public var residuals: [Double]
    /// u, of the shape of the start.
    public var vectors: Tensor
    /// Number of iterations made.
    public var iterations: Int
    /// Iterations in a row that changed nothing.
    public internal(set) var calm = 0

    /// - Parameter vectors: the present u.
    public init(values: [Double], residuals: [Double], vectors: Tensor, iterations: Int, calm: Int = 0) {
      (self.values, self.residuals, self.vectors, self.iterations, self.calm) = (values, residuals, vectors, iterations, calm)
    }
  }

  /// Iterates from `start` until |τ| of every member is calm, or up to `limit`.
  ///
  /// - Parameters:
  ///   - start: `[members, lines, columns]`, none of them zero.
  ///   - signs: σ of every member; nil for the sign of τ.
  ///   - begun: where an equal iteration stood when it was reported; its vectors, normalised, are `start`.
  ///   - report: called after every iteration but the one that settles.
  ///   - contract: T(u, …, u, ·) of u, a tensor of its own that the iteration may overwrite.
  public func run(
    from start: Tensor, begun: Result? = nil, signs: [Double]? = nil, on engine: Engine, report: (Result) throws -> Void = { _ in },
    contract: (Tensor) throws -> Tensor
  ) throws -> Result {
    let u = try engine.copied(start)
    if begun == nil { try engine.map(.product, [u, engine.perMember(engine.norms(u).map { $0 > 0 ? 1 / $0 : 0 })], into: u) }
    var result = begun ?? Result(values: [], residuals: [], vectors: u, iterations: 0)
    result.vectors = u
    while result.iterations < limit {
      let contracted = try contract(u)
      let (values, norms) = (try engine.products(contracted, u), try engine.norms(contracted))
      let magnitudes = values.map { abs($0) }
      let hasSettled = result.iterations > 0 && zip(magnitudes, result.values).allSatisfy { abs($0 - $1) <= tolerance * $0 }
      result.calm = hasSettled ? result.calm + 1 : 0
      result.values = magnitudes
      result.residuals = zip(norms, magnitudes).map { $1 > 0 ? max($0 * $0 - $1 * $1, 0).squareRoot() / $1 : 0 }
      result.iterations += 1
      if result.calm >= 2 { break }
      try advance(u, contracted, values: values, norms: norms, signs: signs ?? values.map { $0 < 0 ? -1 : 1 }, on: engine)
      try report(result)
    }
    return result
  }

  /// |σt + s|t|u|² = (1 + s²)|t|² + 2sσ|t|τ.
  private func advance(
    _ u: Tensor, _ contracted: Tensor, values: [Double], norms: [Double], signs: [Double], on engine: Engine
  ) throws {
    var (kept, added): ([Double], [Double]) = ([], [])
    for (member, norm) in norms.enumerated() {
      let square = (1 + shift * shift) * norm * norm + 2 * shift * signs[member] * norm * values[member]
      let length = max(square, 0).squareRoot()
      // Where T vanishes u stays.
      kept.append(length > 0 ? shift * norm / length : 1)
      added.append(length > 0 ? signs[member] / length : 0)
    }
    try engine.map(.product, [u, engine.perMember(kept)], into: u)
    try engine.map(.product, [contracted, engine.perMember(added)], into: contracted)
    try engine.map(.sum, [u, contracted], into: u)
  }
}
