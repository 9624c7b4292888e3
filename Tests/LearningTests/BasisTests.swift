import Compute
import Networks
import Testing
import WideKernels

@testable import Learning

/// The online basis against its definition, the exact history.
@Suite struct BasisTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var widths: [Int]
    var outputs = 1
    var batch = 0
    var loss = Loss.squared
    var tolerance: Double
    /// Largest relative error of F over the run; five times what the table of `Documentation/the-limit.md` has for the tolerance.
    var error: Double
    var testDescription: String { "bottlenecks \(widths), \(outputs) outputs, batch \(batch), \(loss), ε = \(tolerance)" }

    static let all = [
      Case(widths: [1], tolerance: 1e-4, error: 4.5e-3),
      Case(widths: [1], tolerance: 1e-8, error: 4.5e-6),
      Case(widths: [2], tolerance: 1e-2, error: 1e-2),
      Case(widths: [2], tolerance: 1e-4, error: 1e-4),
      Case(widths: [2], tolerance: 1e-8, error: 1e-6),
      Case(widths: [2], outputs: 3, batch: 20, loss: .softmax, tolerance: 1e-3, error: 1e-3),
      Case(widths: [2, 2], tolerance: 1e-3, error: 1e-3),
    ]
  }

  @Test(arguments: Case.all)
  func reachesTheErrorOfItsTolerance(_ c: Case) throws {
    let draws = try (5..<8).map { try compare(c, seed: $0) }
    let error = draws.map(\.error).sorted()[1]
    #expect(error <= c.error, "\(c.testDescription), seeds 5, 6, 7: median of the worst relative errors \(draws)")
    for draw in draws {
      #expect(draw.moved > 0.05, "the bottleneck hardly moved (\(draw)), so the comparison proves little")
      #expect(zip(draw.ranks, draw.centres).allSatisfy { $0 < $1 / 5 }, "ranks \(draw.ranks) of \(draw.centres) centres")
    }
  }

  private func compare(_ c: Case, seed: UInt64) throws -> (error: Double, moved: Double, ranks: [Int], centres: [Int]) {
    let problem = try SmallProblem(widths: c.widths, points: 100, outputs: c.outputs, firstDepth: 3, seed: seed, on: SmallProblem.engine())
    let start = try problem.start()
    let targets = c.loss == .softmax ? oneHot(rows: 100, classes: c.outputs) : problem.targets
    func run(_ history: HistoryKind) throws -> LimitRun {
      try LimitRun(
        problem.network, first: problem.first, start: start, targets: targets, loss: c.loss, rate: 0.3, history: history, on: problem.engine
      )
    }
    var exact = try run(.exact)
    var basis = try run(.basis(tolerance: c.tolerance, rankLimit: 5000))
    let order = RandomStream(seed: seed, name: "batches")
    var worst = 0.0
    for step in 0..<60 {
      let batch = c.batch > 0 ? Array(order.child("\(step)").permutation(100).prefix(c.batch)) : nil
      try exact.advance(batch: batch)
      try basis.advance(batch: batch)
      worst = max(worst, Matrix.relativeDistance(basis.outputs, exact.outputs))
    }
    return (worst, Matrix.relativeDistance(exact.bottlenecks[0], start.train), basis.ranks, exact.ranks)
  }

  /// Replays the run's own centres and coefficients through the exact history, which is what the bound is about.
  @Test(arguments: [1e-2, 1e-4])
  func boundHoldsForItsOwnPath(_ tolerance: Double) throws {
    let problem = try SmallProblem(widths: [2], points: 60, seed: 7, on: SmallProblem.engine())
    let start = try problem.start()
    var run = try problem.run(.basis(tolerance: tolerance, rankLimit: 5000), rate: 0.3, start: start)
    let program = problem.network.blocks[1].program
    var history = try HistoryChange(program, width: 2, outputs: 1, on: problem.engine)
    let basis = try PivotedBasis(program, width: 2, tolerance: tolerance, rankLimit: 5000, on: problem.engine)
    var change = BasisChange(basis, outputs: 1, points: 60, block: 1, passEngine: problem.engine)
    let elsewhere = Matrix(rows: 50, columns: 2, values: RandomStream(seed: 7, name: "elsewhere").normals(100))
    var worst = 0.0
    for _ in 0..<40 {
      let z = run.bottlenecks[0]
      let step = (run.outputs - problem.targets).map { $0 * run.rate / 60 }
      try history.descend(at: z, by: step)
      try change.descend(at: z, indices: Array(0..<60), by: step)
      try run.advance()
      for points in [z, elsewhere] {
        let difference = try change.read(at: points, jacobian: false).value - history.read(at: points, jacobian: false).value
        let variances = try problem.engine.kernelDiagonal(
          .ntk, program, problem.engine.tensor(points.values, rows: points.rows, columns: 2))
        for (row, error) in difference.rowNorms.enumerated() {
          worst = max(worst, error / (variances[row].squareRoot() * change.boundFactor))
        }
      }
    }
    #expect(worst <= 1, "ε = \(tolerance), seed 7: error is \(worst) of the bound")
    #expect(worst > 1e-6, "the bound is so wide (\(worst)) that it says nothing")
    #expect(change.basis.rank == run.ranks[0], "the replayed basis differs from the run's")
  }

  @Test func everyShownPointIsWithinTolerance() throws {
    let engine = try SmallProblem.engine()
    let program = WideBlock(hidden: [Hidden(Erf(), weightVariance: 2.25, biasVariance: 0.25)], outputs: 1).program
    var basis = try PivotedBasis(program, width: 3, tolerance: 1e-3, rankLimit: 1000, on: engine)
    for round in 0..<4 {
      let z = Matrix(rows: 50, columns: 3, values: RandomStream(seed: 11, name: "round \(round)").normals(150))
      let returned = try basis.show(z, block: 1)
      let distances = try basis.distances(at: z)
      #expect(distances.allSatisfy { $0 <= basis.threshold * 1.0001 }, "round \(round): \(distances.max() ?? 0) > \(basis.threshold)")
      // What is returned may be from before the last pivots, which only bring the span nearer.
      let excess = zip(returned, distances).map { $1 - $0 }.max() ?? 0
      #expect(excess <= 1e-6, "a recomputed distance exceeds the reported one by \(excess)")
    }
  }

  @Test func aTooSmallRankLimitIsReported() throws {
    let problem = try SmallProblem(widths: [2], on: SmallProblem.engine())
    var run = try problem.run(.basis(tolerance: 1e-6, rankLimit: 10), rate: 0.3)
    let error = #expect(throws: LearningError.self) { try run.advance() }
    guard case .rankLimit(block: 1, _, limit: 10) = error else {
      Issue.record("expected the rank limit of block 1, got \(String(describing: error))")
      return
    }
  }

  private func oneHot(rows: Int, classes: Int) -> Matrix {
    var matrix = Matrix(zeros: rows, classes)
    for (row, uniform) in RandomStream(seed: 5, name: "classes").uniforms(rows).enumerated() {
      matrix[row, Int(uniform * Double(classes))] = 1
    }
    return matrix
  }
}
