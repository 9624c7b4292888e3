import Learning
import Networks
import StudyRecords
import WideKernels
import YAMLFiles

/// Settings that choose networks of wide blocks with bottlenecks between them, and what they learn.
package protocol ChainSettings: DataSettings {
  /// File with the network, in place of depths, activation and variances.
  var network: NetworkFile? { get }
  /// Bottlenecks to compare, as a list.
  var bottlenecks: String { get }
  /// Hidden layers of every block after the first.
  var upperDepth: Int { get }
  /// One name, or one for each block, with commas between them.
  var activation: String { get }
  /// Variance of the weights of hidden layers.
  var weightVariance: Double { get }
  /// Variance of the biases of hidden layers.
  var biasVariance: Double { get }
  /// How what training adds to a block is kept.
  var history: BottleneckSettings.History { get }
  /// Tolerance of the online basis.
  var tolerance: Double { get }
  /// Most pivots of the online basis.
  var rankLimit: Int { get }
  /// Hidden layers of the first block of a network with so many bottlenecks.
  func firstDepth(bottlenecks count: Int) throws -> Int
}

extension ChainSettings {
  /// The chains to compare; `inf` is the network without bottlenecks.
  func chains() throws(ExperimentError) -> [BottleneckLabel] { try SettingList.bottlenecks(bottlenecks, of: network) }

  /// The network with bottlenecks `widths`: that of --network, or blocks with activations and depths as set.
  package func network(_ widths: [Int], inputs: Int, outputs: Int) throws -> Network {
    if let network { return try network.network(widths, inputs: inputs, outputs: outputs) }
    let firstDepth = try firstDepth(bottlenecks: widths.count), activations = try activations(blocks: widths.count + 1)
    let blocks = zip(activations, widths + [outputs]).enumerated().map { index, block in
      let hidden = Hidden(block.0, weightVariance: weightVariance, biasVariance: biasVariance)
      return WideBlock(hidden: Array(repeating: hidden, count: index == 0 ? firstDepth : upperDepth), outputs: block.1)
    }
    return Network(inputs: inputs, blocks: blocks)
  }

  /// The network of a chain, for these data.
  func network(_ chain: BottleneckLabel, _ data: ChainData) throws -> Network {
    try network(chain.widths, inputs: data.trainInputs.columns, outputs: data.outputs)
  }

  private func activations(blocks count: Int) throws -> [ActivationKind] {
    let names = activation.split(separator: ",", omittingEmptySubsequences: false).reduce(into: [String]()) { names, part in
      // A comma inside parentheses belongs to the activation's parameters.
      if let last = names.last, last.contains("("), !last.contains(")") {
        names[names.count - 1] += ",\(part)"
      } else {
        names.append(String(part))
      }
    }
    guard names.count == 1 || names.count == count else {
      throw ExperimentError.invalidSetting(
        name: "activation", expected: "one activation, or one for each of the \(count) blocks", got: activation)
    }
    return try (0..<count).map { try ActivationKind(names.count == 1 ? names[0] : names[$0]) }
  }

  /// Where the layers come from, for a plan.
  var layersText: String { network.map { "network \($0.path)" } ?? "activation \(activation)" }

  func keepsExactHistory(_ network: Network) -> Bool {
    switch history {
    case .exact: true
    case .basis: false
    case .auto: network.blocks.dropFirst().contains { $0.program.hasKink }
    }
  }

  func historyKind(_ network: Network) -> HistoryKind {
    keepsExactHistory(network) ? .exact : .basis(tolerance: tolerance, rankLimit: rankLimit)
  }
}
