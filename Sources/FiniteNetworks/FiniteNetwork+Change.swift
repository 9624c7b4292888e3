import Compute

/// How far networks have moved.
extension FiniteNetwork {
  /// |θ − θ₀|/|θ₀| of a network of one member.
  public func relativeDistance(to initial: FiniteNetwork) throws -> Double {
    let change = try engine.norms(engine.map(.difference, parameters, initial.parameters))
    return try change[0] / engine.norms(initial.parameters)[0]
  }

  /// |Θ − Θ₀|_F/|Θ₀|_F at `x` `[1, n, inputs]` of a network of one member.
  public func kernelChange(from initial: FiniteNetwork, _ x: Tensor) throws -> Double {
    try engine.kernelChange(tangentKernel(x), from: initial.tangentKernel(x))[0]
  }
}
