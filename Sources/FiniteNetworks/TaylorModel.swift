import Compute

/// Taylor polynomials of networks in their parameters, trained in place of them: G(x; w) = Σ_k (1/k!) DᵏF(x; θ₀)[w, …, w] up to
/// order K, with w the displacement from θ₀.
///
/// With K = 1 the network linearised, whose training is that of the tangent kernel at θ₀; with K = 2 the quadratic one. As many
/// members as the network has, each with its own w. Nothing of size points × parameters is made: a step costs as many passes
/// as `FiniteNetwork.jet` and `gradientJet` say.
///
/// Source: Lee et al. 2019, *Wide neural networks of any depth evolve as linear models under gradient descent*, sec. 2.2 (K = 1);
/// Bai & Lee 2020, *Beyond linearization* (K = 2).
public struct TaylorModel: Sendable {
  /// The network at θ₀.
  public let network: FiniteNetwork
  /// K.
  public let order: Int
  /// w, of the shape of the network's parameters. Copies of a value share it.
  public let displacement: Tensor

  /// - Parameters:
  ///   - network: its parameters are θ₀ and must not change from now on; take a `copy` of one that is trained.
  ///   - displacement: w, which the model's steps overwrite; nil starts at 0.
  /// - Throws: `FiniteNetworkError.unsupported` for an order above `network.jetOrder`, `.setting` below 1, `.shape`.
  public init(_ network: FiniteNetwork, order: Int = 1, displacement: Tensor? = nil) throws {
    guard order >= 1 else { throw FiniteNetworkError.setting(name: "order", expected: "at least 1", got: "\(order)") }
    guard order <= network.jetOrder else { throw network.unsupported(order) }
    if let displacement, displacement.shape != network.parameters.shape {
      throw FiniteNetworkError.shape(what: "displacement", expected: network.parameters.shapeText, got: displacement.shapeText)
    }
    self.network = network
    self.order = order
    self.displacement = try displacement ?? network.emptyVector()
  }

  /// G of every member at `x` `[members or 1, n, inputs]`, `[members, n, c]`; in tiles of points.
  public func outputs(_ x: Tensor) throws -> Tensor {
    let engine = network.engine
    let result = try engine.empty(batch: network.members, rows: x.rows, columns: network.architecture.outputs)
    for rows in network.tiles(of: x.rows, passes: order + 1) {
      try engine.copy(sum(network.series(x.rows(rows), along: displacement, order: order)), into: result.rows(rows))
    }
    return result
  }

  /// Gradient of the objective in w, and G at all points, `[members, n, c]`.
  ///
  /// The k-th term of G has the derivative DᵏF[w, …, w, ·]/(k − 1)!, which is coefficient k − 1 of the gradient's own series:
  /// the gradient of G is the sum of the coefficients 0 … K − 1 of `gradientJet`.
  public func gradient(of objective: Objective) throws -> (gradient: Tensor, outputs: Tensor) {
    let engine = network.engine
    let vector = try network.emptyVector()
    let outputs = try engine.empty(batch: network.members, rows: objective.points, columns: network.architecture.outputs)
    let factors = [Double](repeating: 1, count: network.members)
    for rows in network.tiles(of: objective.points, passes: 2 * order + 1) {
      let passes = try network.series(objective.inputs.rows(rows), along: displacement, order: order)
      let values = try sum(passes)
      let cotangent = try objective.cotangent(values, rows: rows, factors: factors)
      try network.accumulateSeries(
        cotangent, passes, along: displacement, coefficients: 0...order - 1, adds: true, into: [Tensor](repeating: vector, count: order))
      try engine.copy(values, into: outputs.rows(rows))
    }
    return (vector, outputs)
  }

  /// A step of gradient descent, w ← w − η ∇, with η of every member; gives G at all points before it.
  public func descend(_ objective: Objective, rates: [Double]) throws -> Tensor {
    guard rates.count == network.members else {
      throw FiniteNetworkError.setting(name: "rates", expected: "\(network.members), one for each member", got: "\(rates.count)")
    }
    let (gradient, outputs) = try gradient(of: objective)
    try network.with(parameters: displacement).move(along: gradient, by: rates.map { -$0 })
    return outputs
  }

  private func sum(_ passes: [FiniteNetwork.Pass]) throws(ComputeError) -> Tensor {
    let value = try network.engine.copied(passes[0].outputs)
    for pass in passes.dropFirst() { try network.engine.map(.sum, [value, pass.outputs], into: value) }
    return value
  }
}
