import Compute
import Learning
import Losses
import Matrices
import Networks
import Testing
import WideKernels

/// Functions at further points: those that the same points would have as test points, and nothing of a run depends on them.
@Suite struct FurtherPointsTests {
  private let engine: Engine
  private let network = Network(
    inputs: 6, blocks: [WideBlock(hidden: [Hidden(.erf)], outputs: 2), WideBlock(hidden: [Hidden(.erf)], outputs: 1)])
  private let train, test, targets: Matrix

  init() throws {
    engine = try SmallProblem.engine()
    let stream = RandomStream(seed: 31, name: "further points")
    train = Matrix(rows: 40, columns: 6, values: stream.child("train").normals(240))
    test = Matrix(rows: 24, columns: 6, values: stream.child("test").normals(144))
    targets = Matrix(rows: 40, columns: 1, values: stream.child("targets").normals(40))
  }

  private func first(_ program: CovarianceProgram, further: Int) throws -> FirstBlock {
    let kernels = try ProgramKernels(program, inputs: train.followed(by: test), on: engine)
    return try FirstBlock(kernels, trainCount: 40, furtherCount: further, relativeJitter: 1e-10, on: engine)
  }

  private func lockstep(_ first: FirstBlock) throws -> Lockstep {
    let stream = RandomStream(seed: 32, name: "draw"), request = [(columns: 2, stream: stream)]
    let start = try ChainStart(
      network, first: first.draw(request)[0], further: first.drawFurther(request)[0], featureWidth: { _ in 300 }, stream: stream, on: engine
    )
    let history = HistoryKind.basis(tolerance: 1e-2, rankLimit: 100)
    // Another run beside it, whose columns are not its own.
    let run = Lockstep.Run(network, start: start, rate: 0.2)
    return try Lockstep([run, run], first: first, targets: targets, rule: DescentRule(.squared), history: history, on: engine)
  }

  /// Up to rounding: the mean diagonal, of which the jitter is a part, is of other points here.
  @Test func chainsHaveThemAsTestPoints() throws {
    let program = network.blocks[0].program
    let (asTest, asFurther) = (try lockstep(first(program, further: 0)), try lockstep(first(program, further: 24)))
    for step in 0..<6 {
      let expected = try #require(try asTest.testOutputs()[1]?.last), got = try #require(try asFurther.furtherOutputs(of: [1])[1])
      #expect(got.rows == 24 && (got - expected).norm <= 1e-6 * expected.norm, "step \(step): \((got - expected).norm)")
      #expect(try asTest.furtherOutputs(of: [1]).isEmpty)
      _ = try (asTest.advance(), asFurther.advance())
    }
  }

  @Test(arguments: [true, false]) func frozenNetworksHaveThemAsTestPoints(_ isExact: Bool) throws {
    let program = network.composed.blocks[0].program, stream = RandomStream(seed: 33, name: "draw")
    func run(_ first: FirstBlock) throws -> (run: any FrozenRun, further: Matrix) {
      let request = [(columns: 1, stream: stream)], start = try first.draw(request)[0], further = try first.drawFurther(request)[0]
      guard isExact else {
        let dynamics = try KrylovDynamics(first, starts: [start], targets: targets, rates: [0.1], lastStep: 20, fraction: 0.5)
        return (dynamics.run(draw: 0, rate: 0.1), further)
      }
      return (try FrozenKernelDynamics(first).run(start: start.train, test: start.test, targets: targets, rate: 0.1), further)
    }
    let asTest = try run(first(program, further: 0)), asFurther = try run(first(program, further: 24))
    let expected = try asTest.run.testOutputs(steps: [0, 7, 20])
    let got = try asFurther.run.furtherOutputs(steps: [0, 7, 20], from: asFurther.further)
    #expect(got.count == 3 && expected.count == 3)
    for (got, expected) in zip(got, expected) { #expect((got - expected).norm <= 1e-6 * expected.norm) }
    #expect(try asTest.run.furtherOutputs(steps: [7], from: asTest.further).isEmpty)
  }

  @Test func whatIsDrawnElsewhereStaysAsItWas() throws {
    let program = network.blocks[0].program, request = [(columns: 2, stream: RandomStream(seed: 34, name: "draw"))]
    let without = try FirstBlock(program, train: train, test: Matrix(zeros: 0, 6), relativeJitter: 1e-10, on: engine)
    let with = try first(program, further: 24)
    let isEqual = try without.draw(request)[0].train == with.draw(request)[0].train
    #expect(isEqual && without.jitter == with.jitter && with.testCount == 0 && with.furtherCount == 24)
  }
}
