import Compute
import DeepLinear
import Foundation
import Matrices
import Testing

/// Times with and without a bottleneck, and regression by end-to-end rules, against numbers of an independent program.
@Suite struct LinearBottleneckTests {
  /// Speed-ups to 0.1 % of the initial loss, n₀ = 8, two weight matrices on each side, medians of 20 draws.
  struct Cell: CustomTestStringConvertible {
    let decay: Double
    let isCentred: Bool
    let norm: Double
    let d: Int
    let speedUp: Double
    var testDescription: String { "1/j^\(decay), \(isCentred ? "centred" : "raw"), norm \(norm), d = \(d)" }
  }

  private static func row(_ decay: Double, _ isCentred: Bool, _ norm: Double, _ speedUps: [Double]) -> [Cell] {
    zip([1, 2, 8, 64], speedUps).map { Cell(decay: decay, isCentred: isCentred, norm: norm, d: $0, speedUp: $1) }
  }

  static let cells =
    row(0, false, 0.3, [0.05, 0.10, 0.47, 0.85]) + row(0, false, 1, [0.40, 0.54, 0.79, 0.90])
    + row(0, false, 3, [1.94, 2.02, 1.70, 1.16]) + row(0, false, 10, [8.4, 7.5, 4.8, 2.4])
    + row(2, false, 3, [2.45, 2.39, 1.76, 1.19]) + row(2, false, 10, [11.5, 8.8, 5.1, 2.2])
    + row(0, true, 1, [0.81, 0.94, 0.92, 0.99]) + row(0, true, 3, [2.5, 2.6, 1.8, 1.2])

  static func speedUps(_ cell: Cell, draws: Int) throws -> [Double] {
    let network = LinearBottlenecks(inputs: 8, widths: [cell.d], layers: [2, 2])
    return try (0..<draws).map { draw in
      let stream = RandomStream(seed: 1, name: "draw/\(draw)")
      let task = LinearTask(
        eigenvalues: LinearTask.spectrum(inputs: 8, decay: cell.decay), direction: stream.child("target").normals(8), norm: cell.norm)
      let start = network.start(stream.child("start"))
      let without = task.time(
        to: 1e-3, from: cell.isCentred ? [Double](repeating: 0, count: 8) : network.flow.product(start).values, rate: network.rateWithout)
      let run = try network.run(task, from: start, subtractsStart: cell.isCentred, fraction: 1e-3, horizon: 1e3 * without)
      #expect(run.drift < 1e-6)
      return without / (try #require(run.time))
    }
  }

  @Test(arguments: cells) func speedUpsAreThoseOfAnIndependentProgram(_ cell: Cell) throws {
    let sorted = try Self.speedUps(cell, draws: 20).sorted()
    let (lower, median, upper) = (sorted[4], 0.5 * (sorted[9] + sorted[10]), sorted[15])
    // Both medians are of 20 draws, each with a standard error of 1.25 σ / √20, σ = quartile distance / 1.35; and the reference is rounded.
    let error = 2.0.squareRoot() * 1.25 / 1.35 * (upper - lower) / 20.0.squareRoot()
    let rounding = cell.speedUp < 2.1 ? 0.005 : 0.05
    #expect(abs(median - cell.speedUp) < 3 * error + rounding, "\(median) [\(lower), \(upper)], reference \(cell.speedUp)")
  }

  /// Without bottlenecks on white inputs the loss falls as e^(−2 rate t).
  @Test func theConstantKernelHasItsClosedForm() {
    let task = LinearTask(eigenvalues: [1, 1], target: [3, -1])
    #expect(abs(task.time(to: 0.001, from: [0.5, 0.2], rate: 0.5) - log(1000)) < 1e-12)
    let slow = LinearTask(eigenvalues: LinearTask.spectrum(inputs: 3, decay: 1), direction: [1, 2, 3], norm: 2)
    #expect(abs(slow.eigenvalues.reduce(0, +) - 3) < 1e-14 && abs(slow.loss([0, 0, 0]) - 2) < 1e-14)
    let time = slow.time(to: 0.01, from: [0, 0, 0], rate: 0.7)
    #expect(abs(slow.loss(at: time, from: [0, 0, 0], rate: 0.7) - 0.02) < 1e-13)
  }

  /// The readings lie on the run: monotone, the first the initial loss, none after the run's end.
  @Test func lossesAreReadAlongTheRun() throws {
    let network = LinearBottlenecks(inputs: 4, widths: [2, 3], layers: [2, 1, 2])
    let task = LinearTask(eigenvalues: [1, 1, 1, 1], target: [2, 0, 1, 0]), start = network.start(RandomStream(seed: 2, name: "chain"))
    let readings = [0, 0.1, 0.5, 1, 1e4]
    let run = try network.run(task, from: start, subtractsStart: false, fraction: 0.01, horizon: 1e5, readings: readings)
    let time = try #require(run.time)
    #expect(run.losses.count == readings.filter { $0 <= time }.count && run.losses[0] == run.initialLoss)
    #expect(zip(run.losses, run.losses.dropFirst()).allSatisfy { $0 > $1 })
    let reached = try network.run(task, from: start, subtractsStart: false, fraction: 1e-9, horizon: time)
    #expect(reached.time == nil && abs(task.loss(network.flow.product(reached.end).values) / run.initialLoss - 0.01) < 1e-8)
  }

  @Test(arguments: [2, 4]) func regressionDescendsItsOwnLoss(_ power: Int) {
    let stream = RandomStream(seed: 3, name: "regression"), h = 1e-6
    let problem = PowerRegression(
      inputs: Matrix(rows: 5, columns: 3, values: stream.child("x").normals(15)), targets: stream.child("y").normals(5), power: power)
    let w = stream.child("w").normals(3), gradient = problem.evaluate(w).gradient
    for k in 0..<3 {
      var (up, down) = (w, w)
      up[k] += h
      down[k] -= h
      let slope = (problem.loss(up) - problem.loss(down)) / (2 * h)
      #expect(abs(slope - gradient[k]) < 1e-7 * (1 + abs(slope)))
    }
  }

  /// x = I₂, y = (10, 1), |w₀| = 10⁻³, best constant rate: steps of an independent program for N = 1, 2, 3, which took the best of 40
  /// rates without regard to its neighbours. Depth slows squared loss and speeds quartic loss.
  @Test(arguments: [(2, 1e-4, [1, 12, 50]), (4, 1e-6, [402, 142, 39])])
  func depthSlowsSquaredAndSpeedsQuarticLoss(_ power: Int, _ fraction: Double, _ expected: [Int]) throws {
    let problem = PowerRegression(inputs: Matrix(rows: 2, columns: 2, values: [1, 0, 0, 1]), targets: [10, 1], power: power)
    let steps = try (1...3).map { depth in
      let start = [1e-3 / 2.0.squareRoot(), 1e-3 / 2.0.squareRoot()]
      return try #require(problem.bestDescent(EndToEndRule(depth: depth), from: start, fraction: fraction, limit: 20000)).losses.count - 1
    }
    for (steps, expected) in zip(steps, expected) {
      #expect(Double(steps) <= 1.5 * Double(expected) + 2 && Double(steps) >= 0.5 * Double(expected), "\(steps), \(expected)")
    }
    #expect(power == 2 ? steps[0] < steps[1] && steps[1] < steps[2] : steps[0] > steps[1] && steps[1] > steps[2], "\(steps)")
  }
}
