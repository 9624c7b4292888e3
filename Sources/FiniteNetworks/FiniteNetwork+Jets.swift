import Compute
import WideKernels

/// Taylor coefficients in t of what a network gives at parameters θ + t·u: derivatives of any order along one direction.
///
/// Coefficient k is (1/k!) Dᵏ[u, …, u]. Products of series follow Cauchy's rule layer by layer, so order K costs (K + 1)(K + 2)/2
/// times a pass with no differences taken.
extension FiniteNetwork {
  /// Highest order of `jet`: any for linear networks, 2 where φ is not the identity.
  public var jetOrder: Int { architecture.isLinear ? .max : 2 }

  /// Coefficients 0 … `order` of F at `x` `[members or 1, n, inputs]`, each `[members, n, c]`.
  ///
  /// - Parameter direction: u, of the shape of `parameters`.
  /// - Throws: `FiniteNetworkError.unsupported` above `jetOrder`.
  public func jet(_ x: Tensor, along direction: Tensor, order: Int) throws -> [Tensor] {
    try series(x, along: direction, order: order).map(\.preactivations).map { $0[$0.count - 1] }
  }

  /// Coefficients `first` … `order` of ∇_θ Σ cotangent · F, each of the shape of `parameters`; `cotangent` `[members, n, c]`.
  ///
  /// - Throws: `FiniteNetworkError.unsupported` above `jetOrder` − 1.
  public func gradientJet(_ cotangent: Tensor, _ x: Tensor, along direction: Tensor, order: Int, from first: Int = 0) throws -> [Tensor] {
    guard architecture.isLinear || order <= 1 else { throw unsupported(order + 1) }
    let passes = try series(x, along: direction, order: order)
    let wanted = min(max(first, 0), order)...order
    let gradients = try wanted.map { _ in try emptyVector() }
    try accumulateSeries(cotangent, passes, along: direction, coefficients: wanted, adds: false, into: gradients)
    return gradients
  }

  /// Coefficients `wanted` of ∇_θ Σ cotangent · F added to `gradients`, which may then be the same vector, or put in their place.
  ///
  /// - Parameter passes: coefficients 0 … of a pass along `direction`, at least to the last that is wanted.
  func accumulateSeries(
    _ cotangent: Tensor, _ passes: [Pass], along direction: Tensor, coefficients wanted: ClosedRange<Int>, adds: Bool,
    into gradients: [Tensor]
  ) throws {
    let (order, passes) = (wanted.upperBound, Array(passes.prefix(wanted.upperBound + 1)))
    let other = with(parameters: direction)
    // The cotangent of the output does not depend on t.
    var deltas: [Tensor?] = [cotangent] + [Tensor?](repeating: nil, count: order)
    for index in architecture.layers.indices.reversed() {
      for (k, gradient) in zip(wanted, gradients) {
        // Cauchy's sum over all pairs of coefficients as one product; inputs of the first layer have no others than the first.
        let places = (index > 0 ? 0...k : k...k).filter { deltas[$0] != nil }
        guard !places.isEmpty else { continue }
        try accumulateWeights(
          index, engine.stacked(places.compactMap { deltas[$0] }), engine.stacked(places.map { passes[k - $0].inputs[index] }), factor: 1,
          adds: adds, into: gradient)
        if let delta = deltas[k] { try accumulateBias(index, delta, factor: 1, adds: adds, into: gradient) }
      }
      guard index > 0 else { break }
      var passed: [Tensor?] = []
      for k in 0...order {
        var sum = try deltas[k].map { try inputCotangent(index, $0, points: passes[0].points) }
        if k > 0, let before = deltas[k - 1] { sum = try added(sum, other.inputCotangent(index, before, points: passes[0].points)) }
        passed.append(sum)
      }
      deltas = try throughActivation(index - 1, passed, passes)
    }
  }

  /// φ′(z(t)) times the series of cotangents.
  private func throughActivation(_ index: Int, _ passed: [Tensor?], _ passes: [Pass]) throws -> [Tensor?] {
    guard let activation = architecture.layers[index].activation, activation != .identity else { return passed }
    let z = passes.map { $0.preactivations[index] }
    var result: [Tensor?] = try passed.map { cotangent in
      guard let cotangent else { return nil }
      return try engine.map(.activationVJP(activation), z[0], cotangent)
    }
    if passed.count > 1, let first = passed[0] {
      let curvature = try engine.map(.product, engine.map(.activationCurvature(activation), z[0]), z[1])
      result[1] = try added(result[1], engine.map(.product, curvature, first))
    }
    return result
  }

  /// Coefficients of what every layer reads and of its pre-activations.
  func series(_ x: Tensor, along direction: Tensor, order: Int) throws -> [Pass] {
    guard order >= 0, order <= jetOrder else { throw unsupported(order) }
    guard direction.shape == parameters.shape else {
      throw FiniteNetworkError.shape(what: "direction", expected: parameters.shapeText, got: direction.shapeText)
    }
    let other = with(parameters: direction)
    var passes = [try forward(x)]
    for _ in 0..<order { passes.append(Pass(points: x.rows)) }
    for (index, layer) in architecture.layers.enumerated() {
      for k in stride(from: 1, through: order, by: 1) {
        // What comes in has coefficients from the second layer on: the inputs are constant.
        let input: Tensor? = index == 0 ? nil : passes[k].inputs[index]
        let before: Tensor? = k == 1 ? passes[0].inputs[index] : (index == 0 ? nil : passes[k - 1].inputs[index])
        var z = try input.map { try engine.gemm($0, weights(index), transposeB: true, alpha: layer.weights.multiplier) }
        if let before {
          z = try added(z, engine.gemm(before, other.weights(index), transposeB: true, alpha: layer.weights.multiplier))
        }
        let coefficient = try z ?? engine.zeros(batch: members, rows: passes[0].preactivations[index].rows, columns: layer.map.units)
        if k == 1, let bias = other.bias(index), let scale = layer.bias {
          try engine.map(.addScaled(scale.multiplier), [coefficient, bias], into: coefficient)
        }
        passes[k].preactivations.append(coefficient)
      }
      guard order > 0 else { continue }
      // Layer 0 of a coefficient is never read: inputs are constant.
      if index == 0 { for k in 1...order { passes[k].inputs.append(passes[k].preactivations[0]) } }
      guard index + 1 < architecture.layers.count else { continue }
      for (k, h) in try activatedSeries(index, passes.map { $0.preactivations[index] }).enumerated() where k > 0 {
        passes[k].inputs.append(try matrixInput(index + 1, readable(h, by: index + 1, points: x.rows), points: x.rows))
      }
    }
    return passes
  }

  /// Coefficients of φ(z(t)).
  private func activatedSeries(_ index: Int, _ z: [Tensor]) throws -> [Tensor] {
    guard let activation = architecture.layers[index].activation, activation != .identity else { return z }
    var h = try z.map { try engine.map(.activationVJP(activation), z[0], $0) }
    if z.count > 2 {
      let curvature = try engine.map(.product, engine.map(.activationCurvature(activation), z[0]), engine.map(.square, z[1]))
      h[2] = try engine.map(.addScaled(0.5), h[2], curvature)
    }
    return h
  }

  private func readable(_ h: Tensor, by index: Int, points: Int) throws -> Tensor {
    try patches[index].map { try placed(h, on: $0.forward, items: h.batch * points) } ?? h
  }

  private func added(_ first: Tensor?, _ second: Tensor) throws(ComputeError) -> Tensor {
    guard let first else { return second }
    try engine.map(.sum, [first, second], into: first)
    return first
  }

  func unsupported(_ order: Int) -> FiniteNetworkError {
    .unsupported(
      operation: "derivatives of order \(order)",
      reason: "the network's activations have theirs to order 2; take a linear network (identity) for higher ones")
  }
}

extension Architecture {
  /// Whether every activation is the identity.
  public var isLinear: Bool { layers.allSatisfy { [nil, .identity].contains($0.activation) } }
}
