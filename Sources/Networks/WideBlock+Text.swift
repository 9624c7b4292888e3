extension WideBlock: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case hidden, outputs, readoutWeightVariance, readoutBiasVariance, layers }
  private enum LayerKeys: String, CodingKey, CaseIterable { case layers }

  /// - Throws: `NetworkError`, or `DecodingError` where the form is not that of a block.
  public init(from decoder: any Decoder) throws {
    if decoder.keys().contains(LayerKeys.layers.rawValue) {
      let container = try decoder.strictContainer(keyedBy: LayerKeys.self, of: "block given by its layers")
      try self.init(layers: container.decode([Layer].self, forKey: .layers))
      return
    }
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self, of: "block")
    let hidden = try container.decode([Hidden].self, forKey: .hidden)
    let outputs = try container.decode(Int.self, forKey: .outputs)
    let weightVariance = try container.decodeIfPresent(Double.self, forKey: .readoutWeightVariance) ?? 1
    let biasVariance = try container.decodeIfPresent(Double.self, forKey: .readoutBiasVariance) ?? 0
    try Constraint.check(Self.fault(outputs, weightVariance, biasVariance))
    self.init(hidden: hidden, outputs: outputs, readoutWeightVariance: weightVariance, readoutBiasVariance: biasVariance)
  }

  /// Writes the hidden layers where each is a dense layer without a width of its own and an activation, else all layers.
  public func encode(to encoder: any Encoder) throws {
    guard let maps = try? denseLayers(), maps.dropLast().allSatisfy({ $0.map.width == nil }) else {
      var container = encoder.container(keyedBy: LayerKeys.self)
      return try container.encode(layers, forKey: .layers)
    }
    var container = encoder.container(keyedBy: CodingKeys.self)
    let hidden = maps.compactMap { layer in
      layer.activation.map { Hidden($0, weightVariance: layer.map.weightVariance, biasVariance: layer.map.biasVariance) }
    }
    try container.encode(hidden, forKey: .hidden)
    try container.encode(outputs, forKey: .outputs)
    try container.encode(readout.weightVariance, forKey: .readoutWeightVariance)
    try container.encode(readout.biasVariance, forKey: .readoutBiasVariance)
  }
}
