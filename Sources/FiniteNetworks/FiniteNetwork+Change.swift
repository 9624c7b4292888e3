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
    let (kernel, before) = (try tangentKernel(x), try initial.tangentKernel(x))
    let size = try engine.norms(before)[0]
    try engine.map(.difference, [kernel, before], into: kernel)
    return try engine.norms(kernel)[0] / size
  }
}
