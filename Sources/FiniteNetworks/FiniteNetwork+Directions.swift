import Compute

/// Vectors in the space of parameters: directions along which networks move.
extension FiniteNetwork {
  /// Dᵏ(Σ cotangent · F)[u, …, u, ·]: the k-th derivative in the parameters with all places but one filled by u, a vector.
  ///
  /// (k − 1)! times coefficient k − 1 of the gradient along u.
  ///
  /// - Parameters:
  ///   - order: k ≥ 1.
  ///   - cotangent: `[members, n, c]`.
  ///   - x: `[members or 1, n, inputs]`.
  /// - Throws: `FiniteNetworkError.unsupported` above `jetOrder`.
  public func derivative(_ order: Int, _ cotangent: Tensor, _ x: Tensor, along direction: Tensor) throws -> Tensor {
    guard order >= 1 else { throw FiniteNetworkError.setting(name: "order", expected: "at least 1", got: "\(order)") }
    let derivative = try gradientJet(cotangent, x, along: direction, order: order - 1, from: order - 1)[0]
    let factorial = (1..<max(order, 2)).reduce(1.0) { $0 * Double($1) }
    if factorial != 1 { try engine.map(.scaled(by: factorial, plus: 0), [derivative], into: derivative) }
    return derivative
  }

  /// The direction with every parameter outside the layers `range` at rest.
  public func restricted(_ direction: Tensor, to range: Range<Int>) throws -> Tensor {
    let result = try emptyVector()
    for index in range {
      try engine.copy(layout.weights(index, of: direction), into: layout.weights(index, of: result))
      if let from = layout.bias(index, of: direction), let to = layout.bias(index, of: result) { try engine.copy(from, into: to) }
    }
    return result
  }

  /// The layers `range` as a network of their own, with copies of their parameters.
  ///
  /// - Throws: `FiniteNetworkError.architecture` where they end in an image.
  public func part(_ range: Range<Int>) throws -> FiniteNetwork {
    let architecture = try architecture.part(range)
    let layout = ParameterLayout(architecture)
    let vector = try engine.zeros(batch: members, rows: layout.lines, columns: ParameterLayout.lineLength)
    let part = FiniteNetwork(architecture, layout, parameters: vector, on: engine)
    for (place, index) in range.enumerated() {
      try engine.copy(weights(index), into: part.weights(place))
      if let from = bias(index), let to = part.bias(place) { try engine.copy(from, into: to) }
    }
    return part
  }

  /// Parameters θ + Σ factor_m · direction of every member m, as a network of their own.
  public func moved(along direction: Tensor, by factors: [Double]) throws -> FiniteNetwork {
    let other = try copy()
    try other.move(along: direction, by: factors)
    return other
  }
}

extension Engine {
  /// a · b over all numbers of every member.
  public func products(_ a: Tensor, _ b: Tensor) throws(ComputeError) -> [Double] {
    let lines = try rows(.sum, map(.product, a, b))
    return try read(rows(.sum, lines.reshaped(batch: a.batch, rows: 1, columns: a.rows)))
  }
}
