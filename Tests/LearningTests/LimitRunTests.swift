import BackendCatalog
import Compute
import FiniteNetworks
import Learning
import LinearAlgebra
import Matrices
import Networks
import Testing
import WideKernels

@Suite struct LimitRunTests {
  @Test func closedFormEqualsStepByStepWithoutBottleneck() throws {
    let problem = try SmallProblem(widths: [], firstDepth: 2, seed: 3, on: SmallProblem.engine())
    let start = try problem.start()
    let rate = 0.5 * 2 / (try problem.first.largestTangentEigenvalue())
    let run = try problem.run(.exact, rate: rate, start: start)
    let frozen = try FrozenKernelDynamics(problem.first).run(
      start: start.train, test: start.test, targets: problem.targets, rate: rate)
    for _ in 0..<30 { try run.advance() }
    let outputs = try Matrix.relativeDistance(frozen.outputs(steps: [30])[0], run.outputs)
    let test = try Matrix.relativeDistance(frozen.testOutputs(steps: [30])[0], #require(try run.testOutputs().last))
    #expect(outputs < 1e-11 && test < 1e-11, "training \(outputs), test \(test)")
    #expect(abs(frozen.trainLoss(step: 30) / run.trainLoss - 1) < 1e-10)
    let steps = try #require(frozen.steps(toFraction: 0.1))
    #expect(
      frozen.trainLoss(step: steps) <= 0.1 * frozen.trainLoss(step: 0)
        && frozen.trainLoss(step: steps - 1) > 0.1 * frozen.trainLoss(step: 0))
  }

  /// The Krylov space holds thousands of steps to the bound that it promises, 1e-7 of the first residual.
  @Test func krylovSpaceAgreesWithEigenvalues() throws {
    let problem = try SmallProblem(widths: [], points: 500, outputs: 2, firstDepth: 3, seed: 31, on: SmallProblem.engine())
    let starts = try problem.first.draw((0..<2).map { (2, RandomStream(seed: 31, name: "draw \($0)")) })
    let limit = 2 / (try problem.first.largestTangentEigenvalue())
    let krylov = try KrylovDynamics(
      problem.first, starts: starts, targets: problem.targets, rates: [0.1 * limit, 0.9 * limit], lastStep: 1000, fraction: 0.5)
    #expect(krylov.size < 400, "\(krylov.size) vectors for 500 points save nothing")
    let exact = try FrozenKernelDynamics(problem.first)
    for (draw, start) in starts.enumerated() {
      let first = (start.train - problem.targets).norm
      for rate in [0.1 * limit, 0.9 * limit] {
        let expected = try exact.run(start: start.train, test: start.test, targets: problem.targets, rate: rate)
        let got = krylov.run(draw: draw, rate: rate)
        for step in [0, 1, 10, 300, 1000] {
          let place = "draw \(draw), rate \(rate / limit), step \(step), \(krylov.size) vectors"
          let train = try (got.outputs(steps: [step])[0] - expected.outputs(steps: [step])[0]).norm
          #expect(train <= 1e-7 * first, "\(place): \(train / first)")
          #expect(abs(got.trainLoss(step: step) - expected.trainLoss(step: step)) <= 2e-7 * expected.trainLoss(step: 0), "\(place)")
          // The test points' kernel rows are about as large as the training points'.
          let test = try (got.testOutputs(steps: [step])[0] - expected.testOutputs(steps: [step])[0]).norm
          #expect(test <= 1e-4 * first, "\(place): \(test / first)")
        }
      }
    }
  }

  @Test func largestEigenvalueAgreesWithLAPACK() throws {
    let problem = try SmallProblem(widths: [2], outputs: 2, seed: 4, on: SmallProblem.engine())
    let run = try problem.run(.exact, rate: 0.1)
    let kernel = try run.tangentKernel(Array(0..<40))
    let expected = try #require(try symmetricEigen(kernel.values, size: 80).values.last) / 40
    let got = try run.largestTangentEigenvalue()
    #expect(abs(got / expected - 1) < 1e-4, "\(got) against \(expected)")
    let first = try problem.first.largestTangentEigenvalue()
    let exact = try #require(try symmetricEigen(problem.first.tangentKernel(Array(0..<40)).values, size: 40).values.last) / 40
    #expect(abs(first / exact - 1) < 1e-6, "\(first) against \(exact)")
  }

  /// Θ_F describes the first-order change of F in one small step.
  @Test(arguments: [[2], [2, 2]])
  func tangentKernelPredictsASmallStep(_ widths: [Int]) throws {
    let problem = try SmallProblem(widths: widths, outputs: 2, seed: 6, on: SmallProblem.engine())
    let run = try problem.run(.exact, rate: 1e-5)
    for _ in 0..<3 { try run.advance() }
    let kernel = try run.tangentKernel(Array(0..<40))
    let before = run.outputs
    let residual = (before - problem.targets).map { $0 / 40 }
    try run.advance()
    var predicted = Matrix(zeros: 40, 2)
    for i in 0..<80 { predicted.values[i] = -run.rate * (0..<80).reduce(0) { $0 + kernel[i, $1] * residual.values[$1] } }
    let error = Matrix.relativeDistance(run.outputs - before, predicted)
    #expect(error < 1e-3, "bottlenecks \(widths): relative error \(error)")
  }

  @Test func aSymmetrisedReadoutMovesTheBottleneckFromTheSecondStepOn() throws {
    let problem = try SmallProblem(widths: [2], on: SmallProblem.engine())
    let run = try problem.run(.exact, rate: 0.3, start: problem.start(symmetrised: [1]))
    #expect(run.outputs.norm == 0)
    let g0 = try run.bottlenecks()[0]
    try run.advance()
    #expect(try run.bottlenecks()[0] == g0)
    try run.advance()
    #expect(try Matrix.relativeDistance(run.bottlenecks()[0], g0) > 1e-5)
  }

  @Test func twoConsecutiveSymmetrisedBlocksAreRefused() throws {
    let problem = try SmallProblem(widths: [2, 2], on: SmallProblem.engine())
    #expect(throws: LearningError.saddle(block: 1)) { try problem.start(symmetrised: [1, 2]) }
  }

  @Test func divergenceIsReported() throws {
    let problem = try SmallProblem(widths: [2], targetScale: 10, on: SmallProblem.engine())
    let run = try problem.run(.basis(tolerance: 1e-2, rankLimit: 5000), rate: 100)
    let error = #expect(throws: LearningError.self) { for _ in 0..<50 { try run.advance() } }
    guard case .diverged = error else {
      Issue.record("expected divergence, got \(String(describing: error))")
      return
    }
  }

  /// The same run on every backend: equal to rounding, and bitwise equal when repeated on one.
  @Test func backendsAgree() throws {
    func train(_ engine: Engine) throws -> (outputs: Matrix, test: Matrix, ranks: [Int]) {
      let problem = try SmallProblem(widths: [2], firstDepth: 2, seed: 8, on: engine)
      let run = try problem.run(.basis(tolerance: 1e-2, rankLimit: 500), rate: 0.3)
      for _ in 0..<25 { try run.advance() }
      return (run.outputs, try #require(try run.testOutputs().last), run.ranks)
    }
    let reference = try train(Engine(BackendCatalog.backend(named: "reference")))
    let backends = BackendCatalog.all().compactMap { try? $0.backend.get() }.filter { $0.device.precisions.contains(.float64) }
    #expect(backends.count >= 2, "nothing to compare with the reference")
    for backend in backends {
      let engine = try Engine(backend)
      let (got, again) = (try train(engine), try train(engine))
      #expect(got.outputs == again.outputs && got.test == again.test, "\(backend.device.identifier) is not repeatable")
      // 25 steps of a damped dynamics carry roundings of 1e-16 · condition 100; anything near 1e-9 would be a bug.
      let errors = [Matrix.relativeDistance(got.outputs, reference.outputs), Matrix.relativeDistance(got.test, reference.test)]
      #expect(errors.allSatisfy { $0 < 1e-9 }, "\(backend.device.identifier): relative differences \(errors), seed 8")
      #expect(got.ranks == reference.ranks)
    }
  }

  @Test func float32PassesStayCloseToFloat64() throws {
    let engine = try SmallProblem.engine()
    let problem = try SmallProblem(widths: [2], firstDepth: 2, seed: 8, on: engine)
    let start = try problem.start()
    let runs = try [engine, engine.with(precision: .float32)].map { passEngine in
      let stream = RandomStream(seed: problem.seed, name: "start").child("block/1")
      let block = try FiniteNetwork(problem.network.blocks[1], inputs: 2, width: 500, stream: stream, on: passEngine)
      return try LimitRun(
        problem.network, first: problem.first, start: ChainStart(train: start.train, test: start.test, functions: [.features(block)]),
        targets: problem.targets, rate: 0.3, history: .basis(tolerance: 1e-2, rankLimit: 500), on: engine,
        passEngine: passEngine)
    }
    for _ in 0..<40 { for index in runs.indices { try runs[index].advance() } }
    let error = Matrix.relativeDistance(runs[1].outputs, runs[0].outputs)
    #expect(error < 1e-4 && error > 0, "relative difference \(error)")
  }
}
