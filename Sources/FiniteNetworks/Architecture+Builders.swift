import Networks
import WideKernels

extension Architecture {
  /// The finite counterpart of a chain of wide blocks; its bottlenecks keep their widths.
  ///
  /// - Parameter width: of all hidden layers; nil takes those that the description gives.
  /// - Throws: `FiniteNetworkError.setting` for a width below 1, or none at all.
  public init(_ network: Network, width: Int? = nil, parametrisation: Parametrisation = .ntk) throws(FiniteNetworkError) {
    if let width, width < 1 { throw .setting(name: "width", expected: "at least 1", got: "\(width)") }
    var layers: [Layer] = []
    var fanIn = network.inputs
    for (index, block) in network.blocks.enumerated() {
      let maps: [(map: Dense, activation: ActivationKind?)]
      do { maps = try block.denseLayers() } catch {
        throw .architecture(layer: "block \(index)", expected: "dense layers and activations", got: "\(error)")
      }
      for (position, (map, activation)) in maps.enumerated() {
        let isReadout = activation == nil
        guard let outputs = isReadout ? block.outputs : width ?? map.width else {
          throw .setting(name: "width", expected: "a width for every hidden layer, there or in the network", got: "none for one of them")
        }
        let place: Parametrisation.Place = position == 0 ? .first : isReadout ? .readout : .hidden
        let size = isReadout ? (position == 0 ? width ?? outputs : fanIn) : outputs
        let bias = map.biasVariance.squareRoot()
        layers.append(
          Layer(
            .dense(outputs: outputs),
            weights: parametrisation.scale(place, fanIn: fanIn, width: size, standardDeviation: map.weightVariance.squareRoot()),
            bias: bias > 0 ? parametrisation.biasScale(place, width: size, standardDeviation: bias) : nil, activation: activation,
            name: "block/\(index)/\(position)"))
        fanIn = outputs
      }
    }
    try self.init(input: .vector(count: network.inputs), layers: layers)
  }

  /// Hidden layers of the given widths, one activation φ after each, a read-out at the end.
  ///
  /// - Parameters:
  ///   - gain: φ is multiplied by it; a weight variance of gain² after the first layer.
  ///   - biasDeviation: σ_b of every layer; 0 is without bias.
  public static func fullyConnected(
    inputs: Int, widths: [Int], outputs: Int, activation: ActivationKind, gain: Double = 1, biasDeviation: Double = 0,
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
