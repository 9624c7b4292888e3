import Compute

/// The function that a deep linear network with bottlenecks becomes where all its other layers are wide: one factor for each segment
/// between bottlenecks, and each factor linear in the parameters.
///
/// With A_s(θ) `[in, out]` the map of segment s, F(x) = x A_1 ⋯ A_B. The model at θ_0 + δ replaces every A_s by its expansion to first
/// order, Â_s(δ) = A_s(θ_0) + Σ_l ∂A_s/∂W_l · δ_l over the layers l of the segment: M(δ) = x Â_1(δ) ⋯ Â_B(δ), of degree B in δ.
/// A_s is linear in each of its layers, so M = F exactly where no segment has more than one layer that moves. What is left is the second
/// derivative within segments, of order width^−½ for |δ| of order 1, and so is F − M.
///
/// Source: Zhu, Pandit & Belkin 2022 (arXiv 2206.15058) for the statement.
public struct MultilinearModel: Sendable {
  private struct Segment: Sendable {
    let layers: Range<Int>
    let network: FiniteNetwork
    /// `[1, in, in]`.
    let identity: Tensor
    /// The pass at the identity: a forward pass gives A_s.
    let pass: FiniteNetwork.Pass
  }

  /// θ_0, with parameters of its own.
  public let network: FiniteNetwork
  private let segments: [Segment]
  private var engine: Engine { network.engine }

  /// The model about the present parameters of `network`, of which it keeps a copy.
  ///
  /// - Throws: `FiniteNetworkError.unsupported` unless the network is linear, without biases, and ends in a read-out.
  public init(_ network: FiniteNetwork) throws {
    let architecture = network.architecture
    guard architecture.isLinear, architecture.layers.allSatisfy({ $0.bias == nil }),
      architecture.readouts.last == architecture.layers.count - 1
    else {
      throw FiniteNetworkError.unsupported(
        operation: "the multilinear model", reason: "it is that of linear networks without biases whose last layer has no activation")
    }
    let own = try network.copy()
    self.network = own
    segments = try architecture.segments.map { layers in
      let part = try own.part(layers)
      let identity = try own.engine.identity(part.architecture.inputs)
      return Segment(layers: layers, network: part, identity: identity, pass: try part.forward(identity))
    }
  }

  /// Â_s(δ) of every segment, `[members, in, out]` each; A_s(θ_0) without δ.
  ///
  /// - Parameter displacement: δ, of the shape of the network's parameters.
  public func maps(at displacement: Tensor? = nil) throws -> [Tensor] {
    guard let displacement else { return segments.map(\.pass.outputs) }
    let moved = network.with(parameters: displacement)
    return try segments.map { segment in
      let jet = try segment.network.jet(segment.identity, along: moved.part(segment.layers).parameters, order: 1)
      try engine.map(.sum, [jet[0], jet[1]], into: jet[0])
      return jet[0]
    }
  }

  /// M(δ) at `x` `[members or 1, n, inputs]`, `[members, n, c]`.
  public func outputs(_ x: Tensor, at displacement: Tensor) throws -> Tensor {
    try maps(at: displacement).reduce(x) { try engine.gemm($0, $1) }
  }

  /// ∂(Σ cotangent · M)/∂δ, of the shape of the parameters; `cotangent` `[members, n, c]`.
  public func gradient(_ cotangent: Tensor, _ x: Tensor, at displacement: Tensor) throws -> Tensor {
    let maps = try maps(at: displacement)
    var reached = [x]
    for map in maps.dropLast() { reached.append(try engine.gemm(reached[reached.count - 1], map)) }
    let gradient = try network.emptyVector()
    var delta = cotangent
    for (index, segment) in segments.enumerated().reversed() {
      let own = segment.network.with(parameters: try segment.network.emptyVector())
      try segment.network.backward(engine.gemm(reached[index], delta, transposeA: true), segment.pass, into: own.parameters)
      for (place, layer) in segment.layers.enumerated() {
        try engine.copy(own.weights(place), into: network.layout.weights(layer, of: gradient))
      }
      delta = try engine.gemm(delta, maps[index], transposeB: true)
    }
    return gradient
  }

  /// The limit of training by gradient descent: B layers, the product x A_1 ⋯ A_B with the factors as parameters.
  ///
  /// As the width grows the tangent Gram of the entries of A_s becomes (L_s/in_s) V_s times the identity, for a segment of L_s layers
  /// whose weight variances have the product V_s: every layer contributes Π of the others' mean squares. A dense layer of multiplier m
  /// has the Gram m² times the identity, so the same rate with m² = L_s V_s/in_s gives each factor the right rate.
  public func factors() throws -> FiniteNetwork {
    let layers = segments.enumerated().map { index, segment in
      let own = segment.network.architecture
      let variance = zip(own.layers, own.shapes).reduce(1.0) { product, next in
        product * next.0.weights.multiplier * next.0.weights.multiplier * Double(next.0.fanIn(next.1))
      }
      let multiplier = (Double(own.layers.count) * variance / Double(own.inputs)).squareRoot()
      return Architecture.Layer(
        .dense(outputs: own.outputs), weights: .init(multiplier: multiplier), activation: nil, name: "factor/\(index)")
    }
    let architecture = try Architecture(input: network.architecture.input, layers: layers)
    let layout = ParameterLayout(architecture)
    let vector = try engine.zeros(batch: network.members, rows: layout.lines, columns: ParameterLayout.lineLength)
    let product = FiniteNetwork(architecture, layout, parameters: vector, on: engine)
    for (index, segment) in segments.enumerated() {
      // A is [in, out], weights [out, in].
      let one = try engine.identity(segment.pass.outputs.columns)
      try engine.gemm(
        GEMM(transposeB: true, alpha: 1 / layers[index].weights.multiplier), one, segment.pass.outputs, into: product.weights(index))
    }
    return product
  }
}
