import BackendCatalog
import Compute
import Learning
import Losses
import Matrices
import Networks
import WideKernels

/// A small regression problem with a chain of bottlenecks, made from named streams.
struct SmallProblem {
  let engine: Engine
  let network: Network
  let first: FirstBlock
  let targets: Matrix
  let seed: UInt64

  /// - Parameters:
  ///   - widths: of the bottlenecks; none for a network without.
  ///   - points: training points; half as many test points.
  init(
    widths: [Int], points: Int = 40, inputs: Int = 6, outputs: Int = 1, firstDepth: Int = 1, activation: ActivationKind = .erf,
    targetScale: Double = 1, seed: UInt64 = 1, on engine: Engine
  ) throws {
    let hidden = Hidden(activation, weightVariance: 2.25, biasVariance: 0.25)
    var blocks: [WideBlock] = []
    for (index, width) in (widths + [outputs]).enumerated() {
      blocks.append(WideBlock(hidden: Array(repeating: hidden, count: index == 0 ? firstDepth : 1), outputs: width))
    }
    network = Network(inputs: inputs, blocks: blocks)
    let stream = RandomStream(seed: seed, name: "small problem")
    let x = Matrix(rows: points, columns: inputs, values: stream.child("train").normals(points * inputs))
    let test = Matrix(rows: points / 2, columns: inputs, values: stream.child("test").normals(points / 2 * inputs))
    targets = Matrix(
      rows: points, columns: outputs,
      values: stream.child("targets").uniforms(points * outputs).map { $0 < 0.5 ? -targetScale : targetScale })
    first = try FirstBlock(network.blocks[0].program, train: x, test: test, relativeJitter: 0, on: engine)
    self.engine = engine
    self.seed = seed
  }

  func start(featureWidth: Int = 500, symmetrised: Set<Int> = []) throws -> ChainStart {
    try ChainStart.draw(
      network, first, featureWidth: { _ in featureWidth }, symmetrised: symmetrised, stream: RandomStream(seed: seed, name: "start"),
      on: engine)
  }

  func run(_ history: HistoryKind, rate: Double, loss: Loss = .squared, start: ChainStart? = nil) throws -> LimitRun {
    try LimitRun(
      network, first: first, start: start ?? self.start(), targets: targets, rule: DescentRule(loss), rate: rate, history: history,
      on: engine)
  }

  /// The engine that most tests use: the best device of this machine.
  static func engine() throws -> Engine { try Engine(BackendCatalog.backend()) }
}
