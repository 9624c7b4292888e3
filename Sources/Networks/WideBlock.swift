import WideKernels

/// Infinitely wide layers and a finite read-out: a bottleneck, where another block follows.
///
/// Without hidden layers it is a linear block, whose kernel is that of one affine map.
public struct WideBlock: Sendable, Equatable {
  /// Layers from the input on; the last is the read-out.
  public let layers: [Layer]
  /// The read-out.
  public let readout: Dense
  /// Finite width of the read-out.
  public let outputs: Int

  /// A block of any layers.
  ///
  /// - Throws: `NetworkError.order` where they are no block: see `Layer.sequenceFault`.
  public init(layers: [Layer]) throws(NetworkError) {
    try Constraint.check(Layer.sequenceFault(layers))
    guard case .dense(let readout) = layers.last, let outputs = readout.width else { throw .order(Layer.readoutRule) }
    (self.layers, self.readout, self.outputs) = (layers, readout, outputs)
  }

  /// A block of hidden layers.
  ///
  /// - Precondition: `outputs` ≥ 1, `readoutWeightVariance` > 0 and `readoutBiasVariance` ≥ 0, both finite.
  public init(hidden: [Hidden], outputs: Int, readoutWeightVariance: Double = 1, readoutBiasVariance: Double = 0) {
    Constraint.require(Self.fault(outputs, readoutWeightVariance, readoutBiasVariance))
    self.init(
      hidden.flatMap(\.layers), Dense(outputs, weightVariance: readoutWeightVariance, biasVariance: readoutBiasVariance), outputs: outputs)
  }

  init(_ before: [Layer], _ readout: Dense, outputs: Int) {
    (layers, self.readout, self.outputs) = (before + [.dense(readout)], readout, outputs)
  }

  static func fault(_ outputs: Int, _ weightVariance: Double, _ biasVariance: Double) -> NetworkError? {
    Constraint.fault(width: outputs, "outputs") ?? Constraint.fault(weightVariance: weightVariance, "readoutWeightVariance")
      ?? Constraint.fault(biasVariance: biasVariance, "readoutBiasVariance")
  }

  /// Number of hidden layers.
  public var hiddenLayers: Int { maps.count - 1 }

  /// NNGP and tangent kernel of one output, as a function of the covariances x·x′/width of a pair of inputs.
  public var program: CovarianceProgram { CovarianceProgram(chain: layers.flatMap(\.elements)) }

  /// Every dense layer with what stands between it and the next.
  var maps: [(map: Dense, pointwise: [PointwiseLayer])] {
    var maps: [(map: Dense, pointwise: [PointwiseLayer])] = []
    for layer in layers {
      switch layer {
      case .dense(let map): maps.append((map, []))
      case .pointwise(let layer): maps[maps.count - 1].pointwise.append(layer)
      }
    }
    return maps
  }

  /// The block as the maps of a finite network: every dense layer with the activation after it, which a read-out has none of.
  ///
  /// - Throws: `NetworkError.notFinite` for a layer without a finite counterpart.
  public func denseLayers() throws(NetworkError) -> [(map: Dense, activation: ActivationKind?)] {
    var result: [(map: Dense, activation: ActivationKind?)] = []
    for (map, pointwise) in maps {
      var activation: ActivationKind?
      for layer in pointwise {
        guard case .activation(let kind) = layer else { throw .notFinite(kind: layer.description) }
        activation = kind
      }
      result.append((map, activation))
    }
    return result
  }
}

extension Layer {
  static let readoutRule = "a block ends in its read-out, a dense layer with a width, such as {dense: 1}"

  /// What keeps layers from being a block: the kernel of an activation is that of a Gaussian argument, so a dense layer stands before it; and
  /// a dense layer without an activation is a read-out, so an activation, if only `identity`, stands behind every other.
  static func sequenceFault(_ layers: [Layer]) -> NetworkError? {
    var (isGaussian, isActivated) = (false, true)
    for layer in layers {
      switch layer {
      case .dense:
        guard isActivated else {
          return .order("an activation stands between two dense layers; write identity for a linear layer, or begin a new block")
        }
        (isGaussian, isActivated) = (true, false)
      case .pointwise(let layer):
        guard isGaussian else {
          return .order("a dense layer stands before every activation, as its argument must be Gaussian, and none stands before \(layer)")
        }
        isGaussian = layer.isGaussian
        isActivated = isActivated || !layer.isGaussian
      }
    }
    guard case .dense(let readout) = layers.last, readout.width != nil else { return .order(readoutRule) }
    return nil
  }
}
