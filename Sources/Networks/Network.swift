import WideKernels

/// A chain of infinitely wide blocks. Every read-out but the last is a bottleneck.
///
///     inputs: 784
///     blocks:
///       - {hidden: [{activation: erf, weightVariance: 2.25, biasVariance: 0.25}], outputs: 2}
///       - {hidden: [relu], outputs: 10}
///
/// A block may also be given by all of its layers: `layers: [{dense: 512, weightVariance: 2}, relu, {dense: 10}]`.
public struct Network: Sendable, Equatable {
  /// Width of an input.
  public let inputs: Int
  /// Blocks from the input on; the read-out of every block but the last is a bottleneck.
  public let blocks: [WideBlock]

  /// - Precondition: `inputs` ≥ 1 and at least one block.
  public init(inputs: Int, blocks: [WideBlock]) {
    Constraint.require(Constraint.fault(width: inputs, "inputs"), blocks.isEmpty ? .noBlocks : nil)
    self.inputs = inputs
    self.blocks = blocks
  }

  /// Widths of the bottlenecks, from input to output.
  public var bottlenecks: [Int] { blocks.dropLast().map(\.outputs) }

  /// Hidden layers of all blocks together.
  public var totalHiddenLayers: Int { blocks.reduce(0) { $0 + $1.hiddenLayers } }

  /// The network with all bottlenecks infinitely wide: one block, which the network is compared with.
  ///
  /// As the width d of a bottleneck grows, z·z′/d concentrates on the NNGP of the block before, and the tangent kernel on
  /// the one of the layers in sequence. A read-out becomes a hidden layer without an activation (`identity`): it is followed by
  /// the next block's first affine map and may not be merged with it, since both are trained. So `totalHiddenLayers` grows by
  /// one linear layer per bottleneck.
  public var composed: Network {
    let last = blocks[blocks.count - 1]
    let before = blocks.dropLast().flatMap { block in
      let readout = Dense(weightVariance: block.readout.weightVariance, biasVariance: block.readout.biasVariance)
      return block.layers.dropLast() + [.dense(readout), .activation(.identity)]
    }
    return Network(inputs: inputs, blocks: [WideBlock(before + last.layers.dropLast(), last.readout, outputs: last.outputs)])
  }
}

extension Network: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case inputs, blocks }

  /// - Throws: `NetworkError`, or `DecodingError` where the form is not that of a network.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self, of: "network")
    let inputs = try container.decode(Int.self, forKey: .inputs)
    let blocks = try container.decode([WideBlock].self, forKey: .blocks)
    try Constraint.check(Constraint.fault(width: inputs, "inputs"), blocks.isEmpty ? .noBlocks : nil)
    self.init(inputs: inputs, blocks: blocks)
  }
}
