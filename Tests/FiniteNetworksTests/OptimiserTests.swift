import Compute
import FiniteNetworks
import Foundation
import Testing
import WideKernels

/// Steps of the optimisers against their definitions on the host.
@Suite struct OptimiserTests {
  private struct Problem {
    let network: FiniteNetwork
    let objective: Objective
    let engine: Engine

    init(_ engine: Engine) throws {
      let architecture = try Samples.chain()
      network = try Samples.network(architecture, on: engine)
      objective = try Objective(
        .squared, inputs: Samples.points(architecture, 6, on: engine), targets: Samples.targets(.squared, architecture, 6, on: engine),
        alpha: [1, 1], on: engine)
      self.engine = engine
    }

    /// Gradient and parameters on the host.
    func state() throws -> (gradient: [Double], parameters: [Double]) {
      (try engine.read(network.gradient(of: objective).gradient), try engine.read(network.parameters))
    }
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    largestDifference(a, b) / b.reduce(1e-300) { max($0, abs($1)) }
  }

  @Test(arguments: [0, 0.9])
  func gradientDescentFollowsItsDefinition(_ momentum: Double) throws {
    for engine in try Samples.engines() {
      let problem = try Problem(engine)
      let rates = [0.3, 0.1]
      var descent = try GradientDescent(rates: rates, momentum: momentum)
      var (velocity, expected) = ([Double](), try problem.state().parameters)
      let count = expected.count / 2
      for _ in 0..<4 {
        let gradient = try problem.state().gradient
        velocity = velocity.isEmpty ? gradient : zip(velocity, gradient).map { momentum * $0 + $1 }
        expected = expected.indices.map { expected[$0] - rates[$0 / count] * velocity[$0] }
        _ = try descent.step(problem.network, problem.objective)
      }
      // A handful of roundings per step.
      #expect(try distance(problem.state().parameters, expected) < 1e-14, "\(engine.device.identifier)")
    }
  }

  @Test func adamFollowsItsDefinition() throws {
    for engine in try Samples.engines() {
      let problem = try Problem(engine)
      var adam = try Adam(rate: 0.01)
      var expected = try problem.state().parameters
      var (first, second) = ([Double](repeating: 0, count: expected.count), [Double](repeating: 0, count: expected.count))
      for step in 1...5 {
        let gradient = try problem.state().gradient
        for index in expected.indices {
          first[index] = 0.9 * first[index] + 0.1 * gradient[index]
          second[index] = 0.999 * second[index] + 0.001 * gradient[index] * gradient[index]
          let (m, v) = (first[index] / (1 - pow(0.9, Double(step))), second[index] / (1 - pow(0.999, Double(step))))
          expected[index] -= 0.01 * m / (v.squareRoot() + 1e-8)
        }
        _ = try adam.step(problem.network, problem.objective)
      }
      // Where a gradient is near 0, m/√v turns roundings of the gradient, about 1e-16, into 1e-16/|gradient| of a rate.
      #expect(try distance(problem.state().parameters, expected) < 1e-9, "\(engine.device.identifier)")
    }
  }

  /// f = wx with squared loss: w(t) = y/x + (w₀ − y/x) e^{−x²t}.
  @Test func gradientFlowIsTheSolutionOfItsEquation() throws {
    for engine in try Samples.engines() {
      let line = try Architecture(
        input: .vector(count: 1),
        layers: [Architecture.Layer(.dense(outputs: 1), weights: .init(multiplier: 1), activation: nil, name: "w")])
      let network = try FiniteNetwork(line, members: [RandomStream(seed: 3, name: "a"), RandomStream(seed: 3, name: "b")], on: engine)
      let start = try [engine.read(network.weights(0).item(0))[0], engine.read(network.weights(0).item(1))[0]]
      let (x, y) = (1.5, 4.0)
      let objective = try Objective(
        .squared, inputs: engine.tensor([x], rows: 1, columns: 1), targets: engine.tensor([y], rows: 1, columns: 1), alpha: [1, 1],
        on: engine)
      var flow = try GradientFlow(network, objective, rule: .init(gradientChange: 1e-6, outputChange: 1e-2))
      while flow.clock.time.contains(where: { $0 < 1 }) { try flow.advance() }
      #expect(flow.clock.rejected.count == 2 && flow.clock.rejected.allSatisfy { $0 > 0 })
      for member in 0..<2 {
        let expected = y / x + (start[member] - y / x) * exp(-x * x * flow.clock.time[member])
        let got = flow.outputs()[member].values[0] / x
        // Euler with steps dt: |g₁ − g₀|/|g| = x²dt < 1e-3, an error of at most x²dt/2 · x²t e^{-x²t} of the way.
        #expect(abs(got - expected) < 1e-3 * abs(start[member] - y / x), "member \(member), \(engine.device.identifier)")
      }
    }
  }

  /// Members have their own steps: what one rejects changes no bit of another.
  @Test func membersOfAFlowAreIndependent() throws {
    for engine in try Samples.engines() {
      let problem = try Problem(engine)
      func objective(_ alpha: [Double]) throws -> Objective {
        try Objective(
          .softHinge(sharpness: 20), inputs: problem.objective.inputs,
          targets: Samples.targets(.hinge, problem.network.architecture, 6, on: engine), alpha: alpha, on: engine)
      }
      let copy = try problem.network.keeping(members: [1])
      var together = try GradientFlow(problem.network, objective([0.1, 10]))
      var alone = try GradientFlow(copy, objective([10]))
      for _ in 0..<30 {
        try together.advance()
        try alone.advance()
      }
      #expect(together.clock.rejected[0] != together.clock.rejected[1] || together.clock.step[0] != together.clock.step[1])
      #expect(together.clock.time[1] == alone.clock.time[0])
      #expect(together.outputs()[1] == alone.outputs()[0], "\(engine.device.identifier)")
      try together.keep(members: [1])
      try together.advance()
      try alone.advance()
      #expect(together.outputs()[0] == alone.outputs()[0], "\(engine.device.identifier)")
    }
  }

  @Test func settingsOutOfRangeAreRefused() throws {
    #expect(throws: FiniteNetworkError.self) { try GradientDescent(rates: [0.1, -1]) }
    #expect(throws: FiniteNetworkError.self) { try GradientDescent(rates: [0.1], momentum: 1) }
    #expect(throws: FiniteNetworkError.self) { try Adam(rate: .nan) }
  }
}
