import Networks
import YAMLFiles

extension NetworkFile {
  /// Number of its bottlenecks.
  var bottleneckCount: Int { blocks.count - 1 }

  /// The network with bottlenecks `widths` in place of its own. Without widths all are infinitely wide; a single block has none and stays
  /// as it is.
  ///
  /// - Throws: `ExperimentError.invalidSetting` where its inputs, outputs or bottlenecks are not as many.
  func network(_ widths: [Int], inputs: Int, outputs: Int) throws -> Network {
    func require(_ got: Int, _ expected: Int, _ what: String, _ remedy: String) throws(ExperimentError) {
      guard got != expected else { return }
      throw .invalidSetting(name: "network", expected: "\(expected) \(what); \(remedy)", got: "\(got) in \(path)")
    }
    try require(self.inputs ?? inputs, inputs, "inputs, as many as the data have features", "change its `inputs`")
    try require(blocks[bottleneckCount].outputs, outputs, "output(s), as many as a target has", "change `outputs` of its last block")
    guard !widths.isEmpty, bottleneckCount > 0 else { return Network(inputs: inputs, blocks: blocks).composed }
    try require(widths.count, bottleneckCount, "bottlenecks, as many as --network has", "change --bottlenecks")
    return Network(inputs: inputs, blocks: try zip(blocks, widths + [outputs]).map { try $0.with(outputs: $1) })
  }
}

extension WideBlock {
  /// The block with a read-out of another width.
  fileprivate func with(outputs: Int) throws -> WideBlock {
    let readout = Dense(outputs, weightVariance: readout.weightVariance, biasVariance: readout.biasVariance)
    return try WideBlock(layers: layers.dropLast() + [.dense(readout)])
  }
}
