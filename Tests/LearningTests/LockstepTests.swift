import BackendCatalog
import Compute
import Learning
import Matrices
import Networks
import Testing
import WideKernels

/// Many runs at once against each alone.
@Suite struct LockstepTests {
  private static let basis = HistoryKind.basis(tolerance: 1e-2, rankLimit: 500)

  private static func engines() throws -> [Engine] {
    let engines = try BackendCatalog.all().compactMap { try? $0.backend.get() }.filter {
      $0.device.precisions.contains(.float64) && $0.device.backend != "reference"
    }.map { try Engine($0) }
    try #require(!engines.isEmpty, "no backend but the reference")
    return engines
  }

  /// Chains with the same first block: widths 1, 2 (two draws) and 3, one of them at a rate that diverges.
  private func runs(_ problem: SmallProblem, rates: [Double], widths: [Int]) throws -> [Lockstep.Run] {
    try zip(rates, widths).enumerated().map { index, run in
      let hidden = problem.network.blocks[0].layers.dropLast()
      let network = Network(
        inputs: 6,
        blocks: [
          try WideBlock(layers: hidden + [.dense(Dense(run.1))]),
          try WideBlock(layers: hidden.prefix(2) + [.dense(Dense(problem.targets.columns))]),
        ])
      let start = try ChainStart.draw(
        network, problem.first, featureWidth: { _ in 200 }, stream: RandomStream(seed: 5, name: "run \(index)"), on: problem.engine)
      return Lockstep.Run(network, start: start, rate: run.0)
    }
  }

  @Test(arguments: [Self.basis, .exact])
  func aRunHasTheNumbersThatItHasAlone(_ history: HistoryKind) throws {
    for engine in try Self.engines() {
      let problem = try SmallProblem(widths: [2], outputs: 2, seed: 12, on: engine)
      let runs = try runs(problem, rates: [0.3, 0.2, 0.3, 0.1], widths: [1, 2, 2, 3])
      let rule = DescentRule(momentum: 0.5)
      let together = try Lockstep(runs, first: problem.first, targets: problem.targets, rule: rule, history: history, on: engine)
      let alone = try runs.map {
        try LimitRun(
          $0.network, first: problem.first, start: $0.start, targets: problem.targets, rule: rule, rate: $0.rate, history: history,
          on: engine)
      }
      let order = RandomStream(seed: 5, name: "batches")
      for step in 0..<12 {
        // The last steps take mini-batches, each run its own.
        let batches =
          step < 8 ? nil : (0..<4).reduce(into: [:]) { $0[$1] = Array(order.child("\($1) \(step)").permutation(40).prefix(10)) }
        #expect(try together.advance(batches: batches).isEmpty)
        for (index, run) in alone.enumerated() { try run.advance(batch: batches?[index]) }
      }
      let tests = try together.testOutputs()
      for (index, run) in alone.enumerated() {
        let place = "\(engine.device.identifier), run \(index), \(history)"
        #expect(together.outputs(of: index) == run.outputs, "\(place)")
        #expect(try together.bottlenecks(of: index) == run.bottlenecks(), "\(place)")
        #expect(try tests[index] == run.testOutputs(), "\(place)")
        #expect(together.ranks(of: index) == run.ranks, "\(place)")
      }
    }
  }

  @Test func aRunThatEndsLeavesTheOthersAsTheyWere() throws {
    for engine in try Self.engines() {
      let problem = try SmallProblem(widths: [2], targetScale: 10, seed: 13, on: engine)
      let runs = try runs(problem, rates: [0.01, 100, 0.01, 0.02], widths: [2, 2, 2, 3])
      let together = try Lockstep(
        runs, first: problem.first, targets: problem.targets, rule: DescentRule(), history: Self.basis, on: engine)
      var failures: [Int: LearningError] = [:]
      for step in 0..<10 {
        failures.merge(try together.advance()) { first, _ in first }
        if step == 5 { try together.remove([3]) }
      }
      #expect(failures.keys.sorted() == [1], "\(failures)")
      if case .diverged = failures[1] {} else { Issue.record("expected divergence, got \(String(describing: failures[1]))") }
      #expect(together.active.sorted() == [0, 2])
      for index in [0, 2] {
        let alone = try LimitRun(
          runs[index].network, first: problem.first, start: runs[index].start, targets: problem.targets, rate: runs[index].rate,
          history: Self.basis, on: engine)
        for _ in 0..<10 { try alone.advance() }
        #expect(together.outputs(of: index) == alone.outputs, "\(engine.device.identifier), run \(index)")
      }
    }
  }

  @Test(arguments: [Self.basis, .exact])
  func aRestoredLockstepGoesOnWithTheSameNumbers(_ history: HistoryKind) throws {
    let engine = try SmallProblem.engine()
    let problem = try SmallProblem(widths: [2], outputs: 2, seed: 14, on: engine)
    let runs = try runs(problem, rates: [0.3, 0.2, 0.1], widths: [1, 2, 3])
    func lockstep() throws -> Lockstep {
      try Lockstep(
        runs, first: problem.first, targets: problem.targets, rule: DescentRule(momentum: 0.3), history: history, on: engine)
    }
    let whole = try lockstep()
    for _ in 0..<5 { _ = try whole.advance() }
    try whole.remove([1])
    let state = try whole.state()
    let resumed = try lockstep()
    try resumed.restore(state)
    #expect(resumed.step == 5 && resumed.active.sorted() == [0, 2])
    for _ in 0..<5 {
      _ = try whole.advance()
      _ = try resumed.advance()
    }
    for index in [0, 2] {
      #expect(resumed.outputs(of: index) == whole.outputs(of: index), "run \(index)")
      #expect(resumed.basisError(of: index)?.bound == whole.basisError(of: index)?.bound)
      #expect(try resumed.movements()[index] == whole.movements()[index])
    }
    let other = try Lockstep(
      Array(runs.prefix(1)), first: problem.first, targets: problem.targets, rule: DescentRule(momentum: 0.3), history: history, on: engine)
    #expect(throws: LearningError.self) { try other.restore(Lockstep.State(step: 5, runs: [0: [:]])) }
  }

  /// Heavy ball on a kernel that does not move is a linear recursion.
  @Test func momentumIsHeavyBall() throws {
    let problem = try SmallProblem(widths: [], firstDepth: 2, seed: 15, on: SmallProblem.engine())
    let start = try problem.start()
    let (rate, momentum) = (0.5, 0.7)
    let run = try LimitRun(
      problem.network, first: problem.first, start: start, targets: problem.targets, rule: DescentRule(momentum: momentum), rate: rate,
      history: .exact, on: problem.engine)
    let kernel = try problem.first.tangentKernel(Array(0..<40))
    var (outputs, velocity) = (start.train.values, [Double](repeating: 0, count: 40))
    for _ in 0..<20 {
      let residual = zip(outputs, problem.targets.values).map { ($0 - $1) / 40 }
      for i in 0..<40 { velocity[i] = momentum * velocity[i] + rate * (0..<40).reduce(0) { $0 + kernel[i, $1] * residual[$1] } }
      for i in 0..<40 { outputs[i] -= velocity[i] }
      try run.advance()
    }
    let error = Matrix.relativeDistance(run.outputs, Matrix(rows: 40, columns: 1, values: outputs))
    #expect(error < 1e-12, "relative error \(error)")
  }

  /// With momentum, too, the basis follows the exact history within what its tolerance costs.
  @Test func theBasisFollowsTheHistoryWithMomentum() throws {
    let problem = try SmallProblem(widths: [2], seed: 16, on: SmallProblem.engine())
    let start = try problem.start()
    let outputs = try [HistoryKind.exact, .basis(tolerance: 1e-6, rankLimit: 500), .basis(tolerance: 1e-2, rankLimit: 500)].map {
      let run = try LimitRun(
        problem.network, first: problem.first, start: start, targets: problem.targets, rule: DescentRule(momentum: 0.8), rate: 0.1,
        history: $0, on: problem.engine)
      for _ in 0..<40 { try run.advance() }
      return run.outputs
    }
    let (fine, coarse) = (Matrix.relativeDistance(outputs[1], outputs[0]), Matrix.relativeDistance(outputs[2], outputs[0]))
    #expect(fine < 5e-5 && coarse < 5e-2 && 100 * fine < coarse, "ε = 1e-6: \(fine), ε = 1e-2: \(coarse)")
  }

  @Test func aBlockWithRateZeroStays() throws {
    let problem = try SmallProblem(widths: [2], seed: 17, on: SmallProblem.engine())
    let start = try problem.start()
    func run(_ rates: [Double]) throws -> LimitRun {
      let run = try LimitRun(
        problem.network, first: problem.first, start: start, targets: problem.targets, rule: DescentRule(blockRates: rates), rate: 0.3,
        history: .exact, on: problem.engine)
      for _ in 0..<3 { try run.advance() }
      return run
    }
    let frozen = try run([0, 1])
    #expect(try frozen.bottlenecks()[0] == start.train && frozen.outputs != problem.run(.exact, rate: 0.3, start: start).outputs)
    let moving = try run([1, 0])
    #expect(try moving.bottlenecks()[0] != start.train)
    // Only Θ_0 moves F then: its share of the tangent kernel.
    #expect(try moving.largestTangentEigenvalue() < run([1, 1]).largestTangentEigenvalue())
    #expect(throws: LearningError.self) { try run([1]) }
  }
}
