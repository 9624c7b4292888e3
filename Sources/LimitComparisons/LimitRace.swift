import Compute
import FiniteNetworks
import Learning
import LinearAlgebra
import Matrices
import Networks

/// The state of some draws of a `LimitComparison` at one width.
struct LimitRace {
  private(set) var draws: [LimitComparison.Draw]
  private let comparison: LimitComparison
  private let points: Tensor
  private let finite: FiniteNetwork
  private let objective: Objective
  private var descent: GradientDescent
  /// Run i is the limit of draw i, run `draws.count` + i its twin.
  private let limits: Lockstep
  private var frozen: FrozenKernelNetworks
  private let initialKernels: [Matrix]
  private var engine: Engine { comparison.engine }

  init(_ comparison: LimitComparison, width: Int, streams: [RandomStream]) throws {
    self.comparison = comparison
    let (engine, network, rate) = (comparison.engine, comparison.network, comparison.rate)
    draws = streams.map { _ in LimitComparison.Draw() }
    points = try engine.tensor(comparison.inputs)
    finite = try FiniteNetwork(Architecture(network, width: width), members: streams, on: engine)
    objective = try Objective(
      comparison.loss, inputs: points, targets: engine.tensor(comparison.targets), alpha: streams.map { _ in 1 }, on: engine)
    descent = try GradientDescent(rates: streams.map { _ in rate })

    let firsts = try engine.matrices(finite.readouts(points)[0])
    let starts = try zip(streams, firsts).map { stream, values in
      // Blocks of the same streams are the finite network's at the start.
      try ChainStart(
        network, first: (values, Matrix(zeros: 0, values.columns)), featureWidth: { _ in width }, stream: stream, on: engine)
    }
    let twins = zip(streams, starts).map { $1.perturbed(by: LimitComparison.perturbation, stream: $0.child("twin")) }
    limits = try Lockstep(
      (starts + twins).map { Lockstep.Run(network, start: $0, rate: rate) }, first: comparison.first, targets: comparison.targets,
      rule: DescentRule(comparison.loss), history: comparison.history, on: engine)
    let limits = limits
    frozen = try FrozenKernelNetworks(comparison, limits: streams.indices.map { ($0, limits.outputs(of: $0)) }) {
      try limits.tangentKernel(of: $0, Array(0..<comparison.inputs.rows))
    }
    initialKernels =
      comparison.kernelReadings.isEmpty ? [] : try streams.indices.map { try limits.tangentKernel(of: $0, comparison.kernelRows) }
  }

  func state() throws -> LimitComparison.State {
    try LimitComparison.State(
      draws: draws, limits: limits.state(), parameters: engine.read(finite.parameters), frozen: engine.read(frozen.outputs))
  }

  mutating func restore(_ state: LimitComparison.State) throws {
    let parameters = finite.parameters
    guard state.draws.count == draws.count, state.parameters.count == parameters.batch * parameters.rows * parameters.columns,
      state.frozen.count == frozen.outputs.batch * frozen.outputs.rows * frozen.outputs.columns
    else { throw LearningError.incompleteState(missing: "parameters of these draws") }
    draws = state.draws
    try limits.restore(state.limits)
    try engine.write(state.parameters, into: parameters)
    try engine.write(state.frozen, into: frozen.outputs)
  }

  /// No limit is left to compare with.
  var isOver: Bool { draws.allSatisfy { $0.failure != nil } }

  private var running: [Int] { draws.indices.filter { draws[$0].failure == nil } }

  mutating func compareTwins() {
    let active = Set(limits.active)
    for draw in running where active.contains(draws.count + draw) {
      let own = limits.outputs(of: draw)
      let distance = (limits.outputs(of: draws.count + draw) - own).norm / (LimitComparison.perturbation * own.norm)
      draws[draw].amplification = max(draws[draw].amplification, distance)
    }
  }

  mutating func advance(_ step: Int) throws {
    let rows = comparison.batch(step)
    _ = try descent.step(finite, objective.batch(rows))
    try frozen.step(rows)
    let failures = try limits.advance(batches: Dictionary(uniqueKeysWithValues: limits.active.map { ($0, rows) }))
    for (run, failure) in failures {
      if run < draws.count { draws[run].failure = failure } else { draws[run - draws.count].amplification = .infinity }
    }
    // A twin without its limit has nothing to be compared with.
    try limits.remove(Set(failures.keys.filter { $0 < draws.count }.map { $0 + draws.count }))
  }

  /// Measures all distances at the present step.
  mutating func read(_ step: Int) throws {
    let values = try finite.readouts(points).map { try engine.matrices($0) }
    let frozenOutputs = try engine.matrices(frozen.outputs)
    let movements = try limits.movements()
    let kernels = comparison.kernelReadings.contains(step) ? try empiricalKernels() : nil
    for draw in running {
      let limit = limits.outputs(of: draw)
      let own = values.map { $0[draw] }
      let output = own[own.count - 1]
      let (train, test) = (comparison.trainRows, comparison.testRows)
      func distance(_ a: Matrix, _ rows: [Int]) -> Double { Matrix.relativeDistance(a.rows(rows), limit.rows(rows)) }
      let targets = comparison.targets.rows(train)
      var reading = LimitReading(
        step: step, train: distance(output, train), test: distance(output, test),
        bottlenecks: try zip(own, limits.bottlenecks(of: draw)).map { Matrix.relativeDistance($0, $1) },
        frozenTrain: distance(frozenOutputs[draw], train), frozenTest: distance(frozenOutputs[draw], test),
        movement: movements[draw] ?? [], limitLoss: comparison.loss.mean(limit.rows(train), targets),
        finiteLoss: comparison.loss.mean(output.rows(train), targets), amplification: draws[draw].amplification)
      if let kernels {
        let kernel = try limits.tangentKernel(of: draw, comparison.kernelRows)
        reading.kernel = Matrix.relativeDistance(kernels[draw], kernel)
        reading.kernelChange = Matrix.relativeDistance(kernel, initialKernels[draw])
      }
      draws[draw].readings.append(reading)
    }
  }

  /// Empirical tangent kernels of all draws on the points of `kernelRows`, in the order of `Lockstep.tangentKernel`.
  private func empiricalKernels() throws -> [Matrix] {
    let rows = comparison.kernelRows
    let kernels = try engine.matrices(finite.tangentKernel(engine.gather(points, rows: rows), outputs: .full))
    let (n, c) = (rows.count, comparison.targets.columns)
    guard c > 1 else { return kernels }
    // From output o of point i at o·n + i to i·c + o.
    let order = (0..<n).flatMap { point in (0..<c).map { $0 * n + point } }
    return kernels.map { kernel in
      Matrix(rows: n * c, columns: n * c, values: order.flatMap { row in order.map { kernel[row, $0] } })
    }
  }
}
