import Learning
import StudyRecords

extension BottleneckSettings: ChainSettings {
  /// Hidden layers of all blocks together.
  var totalDepth: Int { network.map { $0.blocks.reduce(0) { $0 + $1.hiddenLayers } } ?? depth }

  /// Hidden layers of the blocks after the first.
  var laterDepths: Set<Int> { network.map { Set($0.blocks.dropFirst().map(\.hiddenLayers)) } ?? [upperDepth] }

  package func firstDepth(bottlenecks count: Int) throws -> Int {
    let least = count * upperDepth + 1
    try require(
      depth >= least, "depth", "at least \(least) hidden layers for \(count) bottleneck(s) with \(upperDepth) layer(s) after each", depth)
    return depth - count * upperDepth
  }

  /// How runs of a network with `blocks` blocks descend; one without bottleneck has one block, whose rate is the common one.
  func rule(blocks: Int) -> DescentRule {
    DescentRule(loss, momentum: momentum, blockRates: blocks > 1 ? blockRates?.values : nil)
  }

  var symmetrisedBlocks: Set<Int> { Set(symmetrised?.values ?? []) }

  public func checkTogether() throws {
    try require(batch <= train, "batch", "at most the \(train) training points, or 0 for full batch", batch)
    try require((theta == nil) == (nngp == nil), "theta", "--theta and --nngp together", theta ?? nngp ?? "")
    try require(theta == nil || firstWidth == 0, "first-width", "0 with --theta", firstWidth)
    try require(
      loss == .squared || target == .onehot || target == .randomClasses || target == .parity || target == .random, "loss",
      "squared for regression", loss)
    try require(saveOutputs || at == nil, "at", "--save-outputs beside it", at ?? "")
    try require(saveOutputs || outputSteps.text == "0", "output-steps", "--save-outputs beside it", outputSteps.text)
    let late = outputSteps.values.first { $0 > steps }
    try require(late == nil, "output-steps", "steps from 0 to \(steps), such as 0,\(steps)", late ?? 0)
    try require(theta == nil || at == nil, "at", "none with --theta, whose points are those of training and test", at ?? "")
    try require(rate == nil || compare != .own, "rate", "none with --compare own, whose rates are --own-fractions of a limit", rate ?? 0)
    let finite = try chains().filter { !$0.isInfinite }
    for chain in finite.isEmpty ? [BottleneckLabel(infinite: 1)] : finite {
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
