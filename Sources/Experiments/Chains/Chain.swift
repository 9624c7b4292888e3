import Networks
import WideKernels

/// The bottlenecks of one network: their widths from input to output, none for d = ∞.
package struct Chain: Hashable, Sendable, CustomStringConvertible {
  package var widths: [Int]

  /// The chain as it is written in settings and records: `2`, `2x2`, `inf`.
  package var description: String { widths.isEmpty ? "inf" : widths.map(String.init).joined(separator: "x") }

  /// The network without bottlenecks that this one is compared with, which has the same blocks' layers.
  var baseline: String { widths.count <= 1 ? "inf" : "inf/\(widths.count)" }

  private static let mostWidth = 1_000_000
  private static let mostChains = 1000

  static func parse(_ text: String) throws(ExperimentError) -> Chain {
    if text == "inf" { return Chain(widths: []) }
    var widths: [Int] = []
    for part in text.split(separator: "x", omittingEmptySubsequences: false) {
      guard let width = Int(part), (1...mostWidth).contains(width) else {
        throw .invalidSetting(
          name: "bottlenecks", expected: "widths of at least 1 and at most \(mostWidth), chains such as 2x2, or inf", got: text)
      }
      widths.append(width)
    }
    return Chain(widths: widths)
  }

  /// Chains separated by commas, without duplicates, in the order given.
  static func list(_ text: String) throws(ExperimentError) -> [Chain] {
    var chains: [Chain] = []
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= mostChains else {
      throw .invalidSetting(name: "bottlenecks", expected: "at most \(mostChains) of them", got: "\(parts.count)")
    }
    for part in parts {
      let chain = try Chain.parse(part.trimmingWhitespace())
      if !chains.contains(chain) { chains.append(chain) }
    }
    return chains
  }
}

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
