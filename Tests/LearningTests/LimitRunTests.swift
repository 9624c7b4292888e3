import BackendCatalog
import Compute
import LinearAlgebra
import Networks
import Testing
import WideKernels

@testable import Learning

@Suite struct LimitRunTests {
  @Test func closedFormEqualsStepByStepWithoutBottleneck() throws {
    let problem = try SmallProblem(widths: [], firstDepth: 2, seed: 3, on: SmallProblem.engine())
    let start = try problem.start()
    let rate = 0.5 * 2 / (try problem.first.largestTangentEigenvalue())
    var run = try problem.run(.exact, rate: rate, start: start)
    let frozen = try FrozenKernelDynamics(
      problem.first, eigen: FrozenKernelDynamics.eigen(problem.first), start: start, targets: problem.targets, rate: rate)
    for _ in 0..<30 { try run.advance() }
    let outputs = try Matrix.relativeDistance(frozen.outputs(step: 30), run.outputs)
    let test = try Matrix.relativeDistance(#require(try frozen.testOutputs(step: 30)), #require(try run.testOutputs().last))
    #expect(outputs < 1e-11 && test < 1e-11, "training \(outputs), test \(test)")
    #expect(abs(frozen.trainLoss(step: 30) / run.trainLoss - 1) < 1e-10)
    let steps = try #require(frozen.steps(toFraction: 0.1))
    #expect(
      frozen.trainLoss(step: steps) <= 0.1 * frozen.trainLoss(step: 0)
        && frozen.trainLoss(step: steps - 1) > 0.1 * frozen.trainLoss(step: 0))
  }

  @Test func largestEigenvalueAgreesWithLAPACK() throws {
    let problem = try SmallProblem(widths: [2], outputs: 2, seed: 4, on: SmallProblem.engine())
    let run = try problem.run(.exact, rate: 0.1)
    let kernel = try run.tangentKernel(Array(0..<40))
    let expected = try #require(try symmetricEigen(kernel.values, size: 80).values.last) / 40
    let got = try run.largestTangentEigenvalue()
    #expect(abs(got / expected - 1) < 1e-4, "\(got) against \(expected)")
    let first = try problem.first.largestTangentEigenvalue()
    let exact = try #require(try symmetricEigen(problem.engine.read(problem.first.tangent), size: 40).values.last) / 40
    #expect(abs(first / exact - 1) < 1e-6, "\(first) against \(exact)")
  }

  /// Θ_F describes the first-order change of F in one small step.
  @Test(arguments: [[2], [2, 2]])
  func tangentKernelPredictsASmallStep(_ widths: [Int]) throws {
    let problem = try SmallProblem(widths: widths, outputs: 2, seed: 6, on: SmallProblem.engine())
    var run = try problem.run(.exact, rate: 1e-5)
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
    var run = try problem.run(.exact, rate: 0.3, start: problem.start(symmetrised: [1]))
    #expect(run.outputs.norm == 0)
    let g0 = run.bottlenecks[0]
    try run.advance()
    #expect(run.bottlenecks[0] == g0)
    try run.advance()
    #expect(Matrix.relativeDistance(run.bottlenecks[0], g0) > 1e-5)
  }

  @Test func twoConsecutiveSymmetrisedBlocksAreRefused() throws {
    let problem = try SmallProblem(widths: [2, 2], on: SmallProblem.engine())
    #expect(throws: LearningError.saddle(block: 1)) { try problem.start(symmetrised: [1, 2]) }
  }

  @Test func divergenceIsReported() throws {
    let problem = try SmallProblem(widths: [2], targetScale: 10, on: SmallProblem.engine())
    var run = try problem.run(.basis(tolerance: 1e-2, rankLimit: 5000), rate: 100)
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
      var run = try problem.run(.basis(tolerance: 1e-2, rankLimit: 500), rate: 0.3)
      for _ in 0..<25 { try run.advance() }
      return (run.outputs, try #require(try run.testOutputs().last), run.ranks)
    }
    let reference = try train(Engine(BackendCatalog.backend(named: "reference")))
    for backend in BackendCatalog.all().compactMap({ try? $0.backend.get() }) where backend.device.precisions.contains(.float64) {
      let engine = try Engine(backend)
      let (got, again) = (try train(engine), try train(engine))
      #expect(got.outputs == again.outputs && got.test == again.test, "\(backend.device.identifier) is not repeatable")
      // 25 steps of a damped dynamics carry roundings of 1e-16 · condition 100; anything near 1e-9 would be a bug.
      let error = max(Matrix.relativeDistance(got.outputs, reference.outputs), Matrix.relativeDistance(got.test, reference.test))
      #expect(error < 1e-9, "\(backend.device.identifier): relative difference \(error), seed 8")
      #expect(got.ranks == reference.ranks)
    }
  }

  @Test func float32PassesStayCloseToFloat64() throws {
    let engine = try SmallProblem.engine()
    let problem = try SmallProblem(widths: [2], firstDepth: 2, seed: 8, on: engine)
    let start = try problem.start()
    var runs = try [engine, engine.with(precision: .float32)].map { passEngine in
      let stream = RandomStream(seed: problem.seed, name: "start").child("block/1")
      let block = try FiniteBlock(problem.network.blocks[1], inputs: 2, width: 500, stream: stream, on: passEngine)
      return try LimitRun(
        problem.network, first: problem.first, start: ChainStart(train: start.train, test: start.test, functions: [.features(block)]),
        targets: problem.targets, loss: .squared, rate: 0.3, history: .basis(tolerance: 1e-2, rankLimit: 500), on: engine,
        passEngine: passEngine)
    }
    for _ in 0..<40 { for index in runs.indices { try runs[index].advance() } }
    let error = Matrix.relativeDistance(runs[1].outputs, runs[0].outputs)
    #expect(error < 1e-4 && error > 0, "relative difference \(error)")
  }
}
