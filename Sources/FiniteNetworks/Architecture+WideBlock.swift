import Compute
import Networks
import WideKernels

extension Architecture {
  /// One wide block with hidden layers of a finite width: h ← φ(σ_w W h / √fan-in + σ_b b), read-out σ_r W h / √width.
  ///
  /// Multipliers are roots of quotients; those of an architecture of a whole network are quotients of roots, which may differ in
  /// their last places.
  ///
  /// - Throws: `FiniteNetworkError.setting` for a width below 1.
  public init(_ block: WideBlock, inputs: Int, width: Int) throws(FiniteNetworkError) {
    guard width >= 1 else { throw .setting(name: "width of the finite block", expected: "at least 1", got: "\(width)") }
    let maps: [(map: Dense, activation: ActivationKind?)]
    do { maps = try block.denseLayers() } catch {
      throw .architecture(layer: "block", expected: "dense layers and activations", got: "\(error)")
    }
    var layers: [Layer] = []
    var fanIn = inputs
    for (map, activation) in maps {
      layers.append(
        Layer(
          .dense(outputs: activation == nil ? block.outputs : width),
          weights: Scale(multiplier: (map.weightVariance / Double(fanIn)).squareRoot()), bias: Self.scale(biasVariance: map.biasVariance),
          activation: activation, name: "\(layers.count)"))
      fanIn = width
    }
    try self.init(input: .vector(count: inputs), layers: layers)
  }

  private static func scale(biasVariance: Double) -> Scale? {
    biasVariance > 0 ? Scale(multiplier: biasVariance.squareRoot()) : nil
  }
}

extension FiniteNetwork {
  /// One network that is a wide block of finite width, drawn on the host: the function that the block begins as.
  ///
  /// - Parameter width: of every hidden layer, at least 1.
  public init(_ block: WideBlock, inputs: Int, width: Int, stream: RandomStream, on engine: Engine) throws {
    try self.init(Architecture(block, inputs: inputs, width: width), members: [stream], on: engine)
  }
}
