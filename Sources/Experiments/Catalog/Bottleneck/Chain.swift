import Learning
import Networks
import WideKernels

/// The bottlenecks of one network: their widths from input to output, none for d = ∞.
struct Chain: Hashable, Sendable, CustomStringConvertible {
  var widths: [Int]

  /// The chain as it is written in settings and records: `2`, `2x2`, `inf`.
  var description: String { widths.isEmpty ? "inf" : widths.map(String.init).joined(separator: "x") }

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

extension BottleneckSettings {
  /// The chains to compare; `inf` is the baseline of the others and always runs.
  func chains() throws(ExperimentError) -> [Chain] { try Chain.list(bottlenecks) }

  /// The network with bottlenecks `widths`, its blocks' activations and depths as set.
  func network(_ widths: [Int], inputs: Int, outputs: Int) throws -> Network {
    let firstDepth = depth - widths.count * upperDepth
    guard firstDepth >= 1 else {
      throw ExperimentError.invalidSetting(
        name: "depth",
        expected:
          "at least \(widths.count * upperDepth + 1) hidden layers for \(widths.count) bottleneck(s) with \(upperDepth) layer(s) after each",
        got: "\(depth)")
    }
    let blocks = ChainBlocks(
      firstDepth: firstDepth, upperDepth: upperDepth, activation: activation, weightVariance: weightVariance, biasVariance: biasVariance)
    return try blocks.network(widths, inputs: inputs, outputs: outputs)
  }

  /// How runs of a network with `blocks` blocks descend; one without bottleneck has one block, whose rate is the common one.
  func rule(blocks: Int) -> DescentRule {
    DescentRule(loss, momentum: momentum, blockRates: blocks > 1 ? blockRates?.values : nil)
  }

  var symmetrisedBlocks: Set<Int> { Set(symmetrised?.values ?? []) }

  public func checkTogether() throws {
    func require(_ condition: Bool, _ name: String, _ expected: String, _ got: Any) throws {
      guard condition else { throw ExperimentError.invalidSetting(name: name, expected: expected, got: "\(got)") }
    }
    try require(batch <= train, "batch", "at most the \(train) training points, or 0 for full batch", batch)
    try require((theta == nil) == (nngp == nil), "theta", "--theta and --nngp together", theta ?? nngp ?? "")
    try require(theta == nil || firstWidth == 0, "first-width", "0 with --theta", firstWidth)
    try require(
      loss == .squared || target == .onehot || target == .randomClasses || target == .parity || target == .random, "loss",
      "squared for regression", loss)
    let finite = try chains().filter { !$0.widths.isEmpty }
    for chain in finite.isEmpty ? [Chain(widths: [])] : finite {
      let last = chain.widths.count
      if let missing = symmetrisedBlocks.first(where: { $0 > last }) {
        throw ExperimentError.invalidSetting(
          name: "symmetrised",
          expected: last == 0
            ? "nothing with --bottlenecks inf, which has one block and no other to follow it"
            : "blocks from 0 to \(last), which the chain \(chain) has", got: "\(missing)")
      }
    }
  }
}
