import Networks
import WideKernels

/// Parts of the blocks of a chain, as settings say it.
struct ChainBlocks {
  /// Hidden layers of the first block.
  var firstDepth: Int
  /// Hidden layers of every later block.
  var upperDepth: Int
  /// One name, or one for each block, with commas between them.
  var activation: String
  var weightVariance: Double
  var biasVariance: Double

  /// The network with bottlenecks `widths`.
  func network(_ widths: [Int], inputs: Int, outputs: Int) throws -> Network {
    let blockCount = widths.count + 1
    let names = activation.split(separator: ",", omittingEmptySubsequences: false).reduce(into: [String]()) { names, part in
      // A comma inside parentheses belongs to the activation's parameters.
      if let last = names.last, last.contains("("), !last.contains(")") {
        names[names.count - 1] += ",\(part)"
      } else {
        names.append(String(part))
      }
    }
    guard names.count == 1 || names.count == blockCount else {
      throw ExperimentError.invalidSetting(
        name: "activation", expected: "one activation, or one for each of the \(blockCount) blocks", got: activation)
    }
    let blocks = try (0..<blockCount).map { index in
      let phi = try ActivationKind(names.count == 1 ? names[0] : names[index])
      let hidden = Hidden(phi, weightVariance: weightVariance, biasVariance: biasVariance)
      return WideBlock(
        hidden: Array(repeating: hidden, count: index == 0 ? firstDepth : upperDepth),
        outputs: index < widths.count ? widths[index] : outputs)
    }
    return Network(inputs: inputs, blocks: blocks)
  }
}
