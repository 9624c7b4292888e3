import Learning
import Networks
import WideKernels

/// The bottlenecks of one network: their widths from input to output, none for d = ∞.
struct Chain: Hashable, Sendable, CustomStringConvertible {
  var widths: [Int]

  /// As it is written in settings and records: `2`, `2x2`, `inf`.
  var description: String { widths.isEmpty ? "inf" : widths.map(String.init).joined(separator: "x") }

  /// The network without bottlenecks that this one is compared with, which has the same blocks' layers.
  var baseline: String { widths.count <= 1 ? "inf" : "inf/\(widths.count)" }

  static func parse(_ text: String) throws(ExperimentError) -> Chain {
    if text == "inf" { return Chain(widths: []) }
    var widths: [Int] = []
    for part in text.split(separator: "x", omittingEmptySubsequences: false) {
      guard let width = Int(part), width >= 1 else {
        throw .invalidSetting(name: "bottlenecks", expected: "widths of at least 1, chains such as 2x2, or inf", got: text)
      }
      widths.append(width)
    }
    return Chain(widths: widths)
  }

  /// Chains separated by commas, without duplicates, in the order given.
  static func list(_ text: String) throws(ExperimentError) -> [Chain] {
    var chains: [Chain] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let chain = try Chain.parse(part.trimmingWhitespace())
      if !chains.contains(chain) { chains.append(chain) }
    }
    return chains
  }
}

/// Of what the blocks of a chain consist, as settings say it.
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
      let phi = try ActivationCatalog.activation(names.count == 1 ? names[0] : names[index])
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

  func fractions() throws(ExperimentError) -> [Double] {
    var fractions: [Double] = []
    for part in ownFractions.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Double(part.trimmingWhitespace()), value > 0, value < 1 else {
        throw .invalidSetting(name: "own-fractions", expected: "numbers between 0 and 1, such as 0.1,0.25", got: ownFractions)
      }
      fractions.append(value)
    }
    return fractions
  }

  /// How runs of a network with `blocks` blocks descend; one without bottleneck has one block, whose rate is the common one.
  func rule(blocks: Int) throws(ExperimentError) -> DescentRule {
    var rates: [Double]?
    if let blockRates, blocks > 1 {
      rates = []
      for part in blockRates.split(separator: ",", omittingEmptySubsequences: false) {
        guard let value = Double(part.trimmingWhitespace()), value >= 0, value.isFinite else {
          throw .invalidSetting(name: "block-rates", expected: "numbers of at least 0, such as 1,0.5", got: blockRates)
        }
        rates?.append(value)
      }
    }
    return DescentRule(loss, momentum: momentum, blockRates: rates)
  }

  func symmetrisedBlocks() throws(ExperimentError) -> Set<Int> {
    var blocks: Set<Int> = []
    for part in (symmetrised ?? "").split(separator: ",") {
      guard let block = Int(part.trimmingWhitespace()), block >= 0 else {
        throw .invalidSetting(name: "symmetrised", expected: "block indices from 0, such as 1", got: symmetrised ?? "")
      }
      blocks.insert(block)
    }
    return blocks
  }

  /// Ranges that no type expresses; called after parsing.
  public func validate() throws {
    func require(_ condition: Bool, _ name: String, _ expected: String, _ got: Any) throws {
      guard condition else { throw ExperimentError.invalidSetting(name: name, expected: expected, got: "\(got)") }
    }
    try require(train >= 2, "train", "at least 2 points", train)
    try require(test >= 1, "test", "at least 1 point", test)
    try require(depth >= 1, "depth", "at least 1 hidden layer", depth)
    try require(upperDepth >= 1, "upper-depth", "at least 1 hidden layer", upperDepth)
    try require(weightVariance > 0 && weightVariance.isFinite, "weight-variance", "a positive number", weightVariance)
    try require(biasVariance >= 0 && biasVariance.isFinite, "bias-variance", "a number of at least 0", biasVariance)
    try require(featureWidth >= 0, "feature-width", "a width, or 0 for the default", featureWidth)
    try require(batch >= 0, "batch", "at least 0, which is full batch", batch)
    try require(rateFraction > 0 && rateFraction < 1, "rate-fraction", "a number between 0 and 1", rateFraction)
    try require(targetScale > 0 && targetScale.isFinite, "target-scale", "a positive number", targetScale)
    try require(steps >= 1, "steps", "at least 1", steps)
    try require(stopAt >= 0 && stopAt < 1, "stop-at", "a fraction of at least 0 and below 1", stopAt)
    try require(draws >= 1, "draws", "at least 1", draws)
    try require(tolerance > 0 && tolerance < 1, "tolerance", "a number between 0 and 1", tolerance)
    try require(rankLimit >= 1, "rank-limit", "at least 1", rankLimit)
    try require(jitter >= 0 && jitter < 1, "jitter", "a fraction of at least 0 and below 1", jitter)
    try require(momentum >= 0 && momentum < 1, "momentum", "a number from 0 to below 1", momentum)
    try require(firstWidth >= 0, "first-width", "a width, or 0 for the Gaussian process", firstWidth)
    try require(checkpointSeconds >= 0, "checkpoint-seconds", "at least 0", checkpointSeconds)
    try require((theta == nil) == (nngp == nil), "theta", "--theta and --nngp together", theta ?? nngp ?? "")
    try require(theta == nil || firstWidth == 0, "first-width", "0 with --theta", firstWidth)
    try require(kernelPoints >= 0, "kernel-points", "at least 0", kernelPoints)
    try require(readings >= 2, "readings", "at least 2", readings)
    try require(
      loss == .squared || target == .onehot || target == .randomClasses || target == .parity || target == .random, "loss",
      "squared for regression", loss)
  }
}

extension Substring {
  func trimmingWhitespace() -> String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
