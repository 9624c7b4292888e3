import Networks
import WideKernels

extension Architecture {
  /// The finite counterpart of a chain of wide blocks, all hidden layers of one width; its bottlenecks keep theirs.
  ///
  /// - Throws: `FiniteNetworkError.setting` for a width below 1.
  public init(_ network: Network, width: Int, parametrisation: Parametrisation = .ntk) throws(FiniteNetworkError) {
    guard width >= 1 else { throw .setting(name: "width", expected: "at least 1", got: "\(width)") }
    var layers: [Layer] = []
    var fanIn = network.inputs
    for (index, block) in network.blocks.enumerated() {
      func add(_ place: Parametrisation.Place, outputs: Int, _ variances: (weight: Double, bias: Double), _ activation: (any Activation)?) {
        let position = layers.count { $0.name.hasPrefix("block/\(index)/") }
        let bias = variances.bias.squareRoot()
        layers.append(
          Layer(
            .dense(outputs: outputs),
            weights: parametrisation.scale(place, fanIn: fanIn, width: width, standardDeviation: variances.weight.squareRoot()),
            bias: bias > 0 ? parametrisation.biasScale(place, width: width, standardDeviation: bias) : nil, activation: activation,
            name: "block/\(index)/\(position)"))
        fanIn = outputs
      }
      for (number, hidden) in block.hidden.enumerated() {
        add(number == 0 ? .first : .hidden, outputs: width, (hidden.weightVariance, hidden.biasVariance), hidden.activation)
      }
      let place = block.hidden.isEmpty ? Parametrisation.Place.first : .readout
      add(place, outputs: block.outputs, (block.readoutWeightVariance, block.readoutBiasVariance), nil)
    }
    try self.init(input: .vector(count: network.inputs), layers: layers)
  }

  /// Hidden layers of the given widths, one activation φ after each, a read-out at the end.
  ///
  /// - Parameters:
  ///   - gain: φ is multiplied by it; a weight variance of gain² after the first layer.
  ///   - biasDeviation: σ_b of every layer; 0 is without bias.
  public static func fullyConnected(
    inputs: Int, widths: [Int], outputs: Int, activation: any Activation, gain: Double = 1, biasDeviation: Double = 0,
    parametrisation: Parametrisation = .ntk
  ) throws(FiniteNetworkError) -> Architecture {
    var layers: [Layer] = []
    var fanIn = inputs
    for (index, outputs) in (widths + [outputs]).enumerated() {
      let isLast = index == widths.count
      let place: Parametrisation.Place = index == 0 ? .first : isLast ? .readout : .hidden
      let width = isLast ? fanIn : outputs
      guard outputs >= 1, fanIn >= 1 else {
        throw .architecture(layer: "\(index)", expected: "a width of at least 1", got: "\(min(outputs, fanIn))")
      }
      layers.append(
        Layer(
          .dense(outputs: outputs),
          weights: parametrisation.scale(place, fanIn: fanIn, width: width, standardDeviation: index == 0 ? 1 : gain),
          bias: biasDeviation > 0 ? parametrisation.biasScale(place, width: width, standardDeviation: biasDeviation) : nil,
          activation: isLast ? nil : activation, name: "\(index)"))
      fanIn = outputs
    }
    return try Architecture(input: .vector(count: inputs), layers: layers)
  }
}
