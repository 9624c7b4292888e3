import Compute
import Networks
import WideKernels

/// Gradient descent on a chain of infinitely wide blocks with finite bottlenecks, in the exact limit.
///
/// Function-space backpropagation, all right-hand sides at time t:
///
///     forward    z_{k+1} = f_k(z_k),  F = z_{B+1}
///     backward   δ_{B+1} = (1/N) dl/dF,  δ_k = J_k(z_k)ᵀ δ_{k+1}
///     update     f_k(ξ) ← f_k(ξ) − η Σ_i K_k(ξ, z_k(x_i)) δ_{k+1}(x_i)
///
/// Block 0 has fixed centres, so its update is one matrix Θ_0 times coefficients added up per input.
/// Source: derived in `Documentation/the-limit.md`; for one bottleneck Littwin et al. 2021.
public struct LimitRun {
  /// Positions after each block at some points: `positions[k]` are the outputs of block k, the last being F.
  struct Forward {
    var positions: [Matrix]
    /// Jacobian of block k ≥ 1 at its inputs; index k − 1.
    var jacobians: [Matrix]
    var outputs: Matrix { positions[positions.count - 1] }
  }

  public let network: Network
  public let loss: Loss
  public let rate: Double
  public private(set) var step = 0
  public private(set) var initialLoss = 0.0
  let first: FirstBlock
  let start: ChainStart
  let targets: Matrix
  private var functions: [WideFunction] = []
  /// C: z_1 = g_0 − Θ_0 C, `[N, width of the first bottleneck]`.
  private var coefficients: Matrix
  private(set) var state: Forward
  private let engine: Engine

  /// - Parameters:
  ///   - targets: `[N, outputs]`.
  ///   - rate: η > 0; the sum over a batch is divided by its size.
  ///   - engine: float64; `passEngine` may be float32 for the passes over the basis and the initial functions.
  public init(
    _ network: Network, first: FirstBlock, start: ChainStart, targets: Matrix, loss: Loss, rate: Double, history: HistoryKind,
    on engine: Engine,
    passEngine: Engine? = nil
  ) throws {
    guard rate > 0, rate.isFinite else {
      throw LearningError.invalid(setting: "learning rate", expected: "a positive number", got: "\(rate)")
    }
    let outputs = network.blocks[network.blocks.count - 1].outputs
    guard targets.rows == first.trainCount, targets.columns == outputs else {
      throw LearningError.invalid(
        setting: "targets", expected: "[\(first.trainCount), \(outputs)]", got: "[\(targets.rows), \(targets.columns)]")
    }
    guard start.functions.count == network.blocks.count - 1, start.train.columns == network.blocks[0].outputs else {
      throw LearningError.invalid(
        setting: "start", expected: "\(network.blocks.count - 1) initial functions and g_0 of width \(network.blocks[0].outputs)",
        got: "\(start.functions.count) and \(start.train.columns)")
    }
    self.network = network
    self.first = first
    self.start = start
    self.targets = targets
    self.loss = loss
    self.rate = rate
    self.engine = engine
    coefficients = Matrix(zeros: first.trainCount, network.blocks[0].outputs)
    for index in network.blocks.indices.dropFirst() {
      functions.append(
        try WideFunction(
          network.blocks[index], inputs: network.blocks[index - 1].outputs, initial: start.functions[index - 1], history: history,
          points: first.trainCount, index: index, on: engine, passEngine: passEngine ?? engine))
    }
    state = Forward(positions: [start.train], jacobians: [])
    state = try forward(from: start.train)
    initialLoss = loss.mean(state.outputs, targets)
    guard initialLoss.isFinite else { throw LearningError.diverged(step: 0, loss: initialLoss) }
  }

  /// F at the training points `[N, outputs]`.
  public var outputs: Matrix { state.outputs }
  public var trainLoss: Double { loss.mean(state.outputs, targets) }
  /// Positions of the training points in each bottleneck.
  public var bottlenecks: [Matrix] { Array(state.positions.dropLast()) }
  /// Rank of the basis (or number of centres) of blocks 1, 2, ….
  public var ranks: [Int] { functions.map(\.rank) }

  /// Rigorous bound and estimate of what the bases leave out, the largest over blocks; nil with the exact history.
  public var basisError: (bound: Double, estimate: Double)? {
    let errors = functions.compactMap { function -> (Double, Double)? in
      guard case .basis(let change) = function.change else { return nil }
      return (change.bound, change.estimate)
    }
    guard let bound = errors.map(\.0).max(), let estimate = errors.map(\.1).max() else { return nil }
    return (bound, estimate)
  }

  /// Outputs of every block at the test points: the bottlenecks, then F.
  public func testOutputs() throws -> [Matrix] {
    guard let tangentTest = first.tangentTest else { return [] }
    var positions = [start.test - (try product(tangentTest, coefficients))]
    for function in functions { positions.append(try function.read(at: positions[positions.count - 1], jacobian: false).value) }
    return positions
  }

  /// One step on all training points, or on those of `batch`.
  ///
  /// - Throws: `LearningError.diverged` where a number is not finite or the loss is 50 times the initial one.
  public mutating func advance(batch: [Int]? = nil) throws {
    let indices = batch ?? Array(0..<first.trainCount)
    let forward =
      if let batch {
        Forward(positions: state.positions.map { $0.rows(batch) }, jacobians: state.jacobians.map { $0.rows(batch) })
      } else {
        state
      }
    let scale = rate / Double(indices.count)
    var delta = loss.gradient(forward.outputs, targets.rows(indices)).map { $0 * scale }
    // All cotangents first: the update of a block must not be seen by the others in the same step.
    var deltas = [delta]
    for jacobian in forward.jacobians.reversed() {
      delta = vectorJacobianProduct(jacobian, delta)
      deltas.insert(delta, at: 0)
    }
    guard deltas.allSatisfy(\.isFinite) else { throw LearningError.diverged(step: step, loss: trainLoss) }
    for index in functions.indices {
      try functions[index].descend(at: forward.positions[index], indices: indices, by: deltas[index + 1])
    }
    for (row, index) in indices.enumerated() {
      for column in 0..<coefficients.columns { coefficients[index, column] += deltas[0][row, column] }
    }
    step += 1
    state = try self.forward(from: start.train - product(first.tangent, coefficients))
    let loss = trainLoss
    guard loss.isFinite, loss <= 50 * initialLoss else { throw LearningError.diverged(step: step, loss: loss) }
  }

  private func forward(from z: Matrix) throws -> Forward {
    var forward = Forward(positions: [z], jacobians: [])
    for function in functions {
      let (value, jacobian) = try function.read(at: forward.outputs, jacobian: true)
      forward.positions.append(value)
      if let jacobian { forward.jacobians.append(jacobian) }
    }
    return forward
  }

  private func product(_ kernel: Tensor, _ coefficients: Matrix) throws(ComputeError) -> Matrix {
    try engine.matrix(engine.gemm(kernel, engine.tensor(coefficients)))
  }
}

/// J(x_i)ᵀ δ(x_i) for every row: `jacobian` `[n, c·w]`, `delta` `[n, c]`, result `[n, w]`.
func vectorJacobianProduct(_ jacobian: Matrix, _ delta: Matrix) -> Matrix {
  let (outputs, width) = (delta.columns, jacobian.columns / delta.columns)
  var result = Matrix(zeros: delta.rows, width)
  for row in 0..<delta.rows {
    for output in 0..<outputs {
      let weight = delta[row, output]
      for column in 0..<width { result.values[row * width + column] += weight * jacobian.values[(row * outputs + output) * width + column] }
    }
  }
  return result
}
