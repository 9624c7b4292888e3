import Compute
import Learning
import LinearAlgebra
import Matrices
import Networks
import WideKernels

/// A whole step of the exact limit with one bottleneck, full batch, after the bases' first growth.
struct LimitStep: Sendable {
  var points: Int
  var bottleneck: Int
  /// Steps before the first that counts.
  var warmUp = 20
  /// Random features of the initial function.
  var features = 4096

  private static let tolerance = 1e-2
  private static let inputs = 64

  var benchmark: BenchmarkCase {
    let n = Double(points)
    // Θ_0 with 17 columns, and the features of the initial function; before that kernels through three layers and a factor.
    let run = n * (17 * n + 50 * Double(features))
    return BenchmarkCase(
      "limitStep", "erf", sizes: [.init("N", points), .init("d", bottleneck)], precisions: [.float64],
      // Θ_0, and Q_0 with its factor in the draw of the start.
      elements: 3 * points * points, planned: (n * n * (n / 6 + 150) + Double(warmUp) * run, run), prepare: prepare)
  }

  @Sendable private func prepare(_ engine: Engine) throws -> PreparedBenchmark {
    let stream = RandomStream(seed: 1, name: "benchmark/limit")
    let hidden = Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25)
    let network = Network(
      inputs: Self.inputs,
      blocks: [WideBlock(hidden: [hidden, hidden, hidden], outputs: bottleneck), WideBlock(hidden: [hidden], outputs: 1)])
    let x = Matrix(rows: points, columns: Self.inputs, values: stream.child("inputs").normals(points * Self.inputs))
    let targets = Matrix(rows: points, columns: 1, values: stream.child("targets").uniforms(points).map { $0 < 0.5 ? -1 : 1 })
    let first = try FirstBlock(
      network.blocks[0].program, train: x, test: Matrix(zeros: 0, Self.inputs), relativeJitter: 1e-10, on: engine)
    let start = try ChainStart.draw(network, first, featureWidth: { _ in features }, stream: stream, on: engine)
    func run(_ history: HistoryKind) throws -> LimitRun {
      try LimitRun(network, first: first, start: start, targets: targets, rate: 0.02, history: history, on: engine)
    }
    let timed = try run(.basis(tolerance: Self.tolerance, rankLimit: points))
    for _ in 0..<warmUp { try timed.advance() }
    return PreparedBenchmark(
      run: { try timed.advance() },
      verify: {
        guard timed.trainLoss < timed.initialLoss else {
          return Verification(residual: .infinity, method: "the loss went from \(timed.initialLoss) to \(timed.trainLoss)")
        }
        // Three steps from the start: the exact history costs t·N² pairs at step t.
        let (basis, exact) = (try run(.basis(tolerance: Self.tolerance, rankLimit: points)), try run(.exact))
        let initial = exact.outputs
        for _ in 0..<3 {
          try basis.advance()
          try exact.advance()
        }
        return Verification(
          residual: Matrix.relativeDistance(basis.outputs - initial, exact.outputs - initial) / Self.tolerance,
          method: "three first steps against the exact history, within ε")
      })
  }
}
