import Compute
import Datasets
import Learning
import Losses
import Matrices
import Networks
import WideKernels

/// Digits with target scale 10 (parity, or classes with softmax), four hidden layers in all, at a tenth of the stability limit of
/// the network without bottleneck: the setting in which ranks and errors of the basis were measured. Chains run at a twentieth:
/// at a tenth with so few points they overshoot, and follow no perturbation.
struct DigitsProblem {
  let network: Network
  let first: FirstBlock
  let targets: Matrix
  let loss: Loss
  let rate: Double
  let start: ChainStart
  let engine: Engine

  init(widths: [Int], outputs: Int, points: Int, seed: UInt64, on engine: Engine) throws {
    let selected = try Split(train: points, test: 10, seed: seed).select(from: DataSource.digits.load())
    let inputs = try InputPreparation.std.prepare(selected)
    let x = Matrix(rows: points, columns: inputs.features, values: inputs.train)
    loss = outputs == 1 ? .squared : .softmax
    if outputs == 1 {
      targets = Matrix(rows: points, columns: 1, values: try TargetKind.parity.targets(for: selected, scale: 10).train)
    } else {
      var oneHot = Matrix(zeros: points, outputs)
      for (row, label) in (selected.train.labels ?? []).enumerated() { oneHot[row, label] = 1 }
      targets = oneHot
    }
    let hidden = Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25)
    let blocks = (widths + [outputs]).enumerated().map { index, width in
      WideBlock(hidden: Array(repeating: hidden, count: index == 0 ? 4 - widths.count : 1), outputs: width)
    }
    network = Network(inputs: inputs.features, blocks: blocks)
    let none = Matrix(zeros: 0, inputs.features)
    first = try FirstBlock(network.blocks[0].program, train: x, test: none, relativeJitter: 1e-10, on: engine)
    let baseline = try FirstBlock(network.composed.blocks[0].program, train: x, test: none, relativeJitter: 1e-10, on: engine)
    rate = (widths.count > 1 ? 0.05 : 0.1) * 2 / (try baseline.largestTangentEigenvalue())
    start = try ChainStart.draw(network, first, featureWidth: { _ in 2000 }, stream: RandomStream(seed: seed, name: "digits"), on: engine)
    self.engine = engine
  }

  func run(_ history: HistoryKind) throws -> LimitRun {
    try LimitRun(network, first: first, start: start, targets: targets, rule: DescentRule(loss), rate: rate, history: history, on: engine)
  }
}
