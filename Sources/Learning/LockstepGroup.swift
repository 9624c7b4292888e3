import Compute
import FiniteNetworks
import LinearAlgebra
import Matrices
import Networks

/// The runs of a lockstep that have the same network: their blocks' passes are batches.
///
/// State lies on the device; positions of block 0 are neighbouring columns of the lockstep's matrices.
struct LockstepGroup {
  let network: Network
  /// Numbers of the runs, in the order of the batch.
  private(set) var members: [Int]
  private(set) var rates: [Double]
  var functions: [WideFunctions]
  /// Outputs of block k at the training points, `[runs, N, width]`, the last being F; of the present step.
  private(set) var positions: [Tensor] = []
  /// Jacobian of block k ≥ 1 at its inputs, `[runs, N, outputs · inputs]`; index k − 1.
  private(set) var jacobians: [Tensor] = []
  /// Positions in the bottlenecks at step 0, and their norms by run.
  private var initialPositions: [Tensor] = []
  private var initialNorms: [[Double]] = []
  /// F on the host.
  private(set) var outputs: [Matrix] = []
  private let rule: DescentRule
  private let engine: Engine

  var width: Int { network.blocks[0].outputs }
  /// Columns of the lockstep's matrices.
  var columns: Int { width * members.count }

  init(
    _ network: Network, _ runs: [(member: Int, start: ChainStart, rate: Double)], rule: DescentRule, history: HistoryKind, points: Int,
    on engine: Engine, passEngine: Engine
  ) throws {
    self.network = network
    self.rule = rule
    self.engine = engine
    members = runs.map(\.member)
    rates = runs.map(\.rate)
    functions = try network.blocks.indices.dropFirst().map { index in
      try WideFunctions(
        network.blocks[index], inputs: network.blocks[index - 1].outputs, initial: runs.map { $0.start.functions[index - 1] },
        history: history, momentum: rule.momentum, points: points, index: index, on: engine, passEngine: passEngine)
    }
  }

  /// The forward pass from the positions `z` `[runs, N, width]` after block 0.
  mutating func forward(from z: Tensor) throws {
    (positions, jacobians) = ([z], [])
    for function in functions {
      let (value, jacobian) = try function.read(at: positions[positions.count - 1], jacobian: true)
      positions.append(value)
      if let jacobian { jacobians.append(jacobian) }
    }
    outputs = try engine.matrices(positions[positions.count - 1])
    guard initialPositions.isEmpty else { return }
    initialPositions = try positions.dropLast().map { (tensor) throws(ComputeError) in try engine.copied(tensor) }
    initialNorms = try initialPositions.map { (tensor) throws(ComputeError) in try norms(tensor) }
  }

  /// |z − z_0| / |z_0| of every bottleneck, by run.
  func movements() throws(ComputeError) -> [[Double]] {
    var movements = members.map { _ in [Double]() }
    for (index, start) in initialPositions.enumerated() {
      let change = try norms(engine.map(.difference, start, engine.copied(positions[index])))
      for run in members.indices { movements[run].append(change[run] / initialNorms[index][run]) }
    }
    return movements
  }

  /// Euclidean norm of every item.
  private func norms(_ tensor: Tensor) throws(ComputeError) -> [Double] {
    let lines = tensor.reshaped(batch: tensor.batch, rows: 1, columns: tensor.rows * tensor.columns)
    return try engine.read(engine.rows(.sumOfSquares, lines)).map { $0.squareRoot() }
  }

  /// The backward pass and the update of blocks 1, 2, …; `targets` `[1, N, c]`.
  ///
  /// - Parameter batches: training points of each run's step, nil for all.
  /// - Returns: ηδ_1 `[runs, n, width]`, to be added to the coefficients of block 0, and the runs that could not descend, by
  ///   position in the batch.
  mutating func descend(_ batches: [[Int]]?, targets: Tensor) throws -> (first: Tensor, failures: [Int: LearningError]) {
    let deltas = try engine.part(.backward) { try cotangents(batches, targets: targets) }
    var failures: [Int: LearningError] = [:]
    for index in functions.indices {
      let step = try scaled(deltas[index + 1], by: rule.blockRate(index + 1))
      let norms = try engine.read(engine.rows(.sumOfSquares, step)).map { $0.squareRoot() }
      let z = try gathered(positions[index], batches)
      let count = step.rows
      for run in members.indices where failures[run] == nil {
        let own = Array(norms[run * count..<(run + 1) * count])
        do {
          guard own.allSatisfy(\.isFinite) else { throw LearningError.diverged(step: 0, loss: .infinity) }
          try functions[index].descend(run: run, at: z.item(run), indices: batches?[run], by: step.item(run), norms: own)
        } catch let error as LearningError {
          failures[run] = error
        } catch is FactorisationError {
          // Positions whose kernel is not finite.
          failures[run] = .diverged(step: 0, loss: .infinity)
        }
      }
    }
    return (try scaled(deltas[0], by: rule.blockRate(0)), failures)
  }

  /// Outputs of every block at other points, from `z` `[runs, M, width]` after block 0: the bottlenecks, then F.
  func outputs(from z: Tensor) throws -> [Tensor] {
    var positions = [z]
    for function in functions { positions.append(try function.read(at: positions[positions.count - 1], jacobian: false).value) }
    return positions
  }

  /// Lets only the runs at positions `indices` of the batch go on.
  mutating func keep(_ indices: [Int]) throws(ComputeError) {
    members = indices.map { members[$0] }
    rates = indices.map { rates[$0] }
    outputs = indices.map { outputs[$0] }
    for block in functions.indices { try functions[block].keep(indices) }
    positions = try positions.map { (tensor) throws(ComputeError) in try engine.stacked(indices.map { tensor.item($0) }) }
    initialPositions = try initialPositions.map { (tensor) throws(ComputeError) in try engine.stacked(indices.map { tensor.item($0) }) }
    initialNorms = initialNorms.map { norms in indices.map { norms[$0] } }
    jacobians = try jacobians.map { (tensor) throws(ComputeError) in try engine.stacked(indices.map { tensor.item($0) }) }
  }

  /// ηδ_k of every block, from that of its outputs back to the first bottleneck: δ_k = J_kᵀ δ_{k+1}.
  private func cotangents(_ batches: [[Int]]?, targets: Tensor) throws(ComputeError) -> [Tensor] {
    let outputs = try gathered(positions[positions.count - 1], batches)
    let wanted =
      try batches.map { (batches) throws(ComputeError) in
        try engine.stacked(batches.map { (rows) throws(ComputeError) in try engine.gather(targets, rows: rows) })
      } ?? targets
    let gradient = try rule.loss.gradient(outputs, wanted, on: engine)
    let scales = try engine.tensor(rates.map { $0 / Double(outputs.rows) }, batch: rates.count, rows: 1, columns: 1)
    try engine.map(.product, [gradient, scales], into: gradient)
    var deltas = [gradient]
    for jacobian in jacobians.reversed() {
      deltas.insert(try vectorJacobianProduct(gathered(jacobian, batches), deltas[0]), at: 0)
    }
    return deltas
  }

  /// J(x_i)ᵀ δ(x_i) for every row: `jacobian` `[runs, n, c·w]`, `delta` `[runs, n, c]`, result `[runs, n, w]`.
  private func vectorJacobianProduct(_ jacobian: Tensor, _ delta: Tensor) throws(ComputeError) -> Tensor {
    let width = jacobian.columns / delta.columns
    let result = try engine.empty(batch: delta.batch, rows: delta.rows, columns: width)
    try engine.map(.product, [jacobian.columns(0..<width), delta.columns(0..<1)], into: result)
    guard delta.columns > 1 else { return result }
    let term = try engine.empty(batch: delta.batch, rows: delta.rows, columns: width)
    for output in 1..<delta.columns {
      try engine.map(
        .product, [jacobian.columns(output * width..<(output + 1) * width), delta.columns(output..<output + 1)], into: term)
      try engine.map(.sum, [result, term], into: result)
    }
    return result
  }

  /// Each run's rows of a batch, or all.
  private func gathered(_ tensor: Tensor, _ batches: [[Int]]?) throws(ComputeError) -> Tensor {
    guard let batches else { return tensor }
    var items: [Tensor] = []
    for (run, rows) in batches.enumerated() { items.append(try engine.gather(tensor.item(run), rows: rows)) }
    return try engine.stacked(items)
  }

  private func scaled(_ tensor: Tensor, by factor: Double) throws(ComputeError) -> Tensor {
    factor == 1 ? tensor : try engine.map(.scaled(by: factor, plus: 0), tensor)
  }
}
