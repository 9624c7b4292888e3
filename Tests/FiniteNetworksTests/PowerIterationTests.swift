import Compute
import FiniteNetworks
import Foundation
import Testing
import WideKernels

/// Spectral norms of derivatives of linear networks that are known in closed form, on every backend.
@Suite struct PowerIterationTests {
  private func norm(_ order: Int, _ network: FiniteNetwork, _ x: Tensor, sign: Double? = nil) throws -> PowerIteration.Result {
    let one = try network.engine.tensor([Double](repeating: 1, count: network.members), batch: network.members, rows: 1, columns: 1)
    return try PowerIteration(limit: 200, tolerance: 1e-13).run(
      from: Samples.direction(network, "start"), signs: sign.map { [Double](repeating: $0, count: network.members) }, on: network.engine
    ) {
      try network.derivative(order, one, x, along: $0)
    }
  }

  /// f = v·Wx/√(m n): every hidden unit has the Hessian block x/√(m n) between its v_j and its row of W.
  @Test func hessianOfTwoLayers() throws {
    for engine in try Samples.engines() {
      let (inputs, width) = (5, 12)
      let architecture = try Architecture.fullyConnected(inputs: inputs, widths: [width], outputs: 1, activation: .identity)
      let network = try Samples.network(architecture, members: 3, on: engine)
      let values = (1...inputs).map(Double.init)
      let x = try engine.tensor(values, rows: 1, columns: inputs)
      let expected = (values.reduce(0) { $0 + $1 * $1 } / Double(width * inputs)).squareRoot()
      let result = try norm(2, network, x)
      #expect(result.values.count == 3 && result.residuals.count == 3)
      for value in result.values { #expect(abs(value - expected) < 1e-12 * expected, "\(value), \(engine.device.identifier)") }
      #expect(result.residuals.allSatisfy { $0 < 1e-5 } && result.iterations < 200)
      // A polynomial of degree 2 has no third derivative: no number is made of 0/0.
      let none = try norm(3, network, x)
      #expect(none.values == [0, 0, 0] && none.residuals == [0, 0, 0] && none.iterations == 3)
      #expect(try engine.norms(none.vectors).allSatisfy { abs($0 - 1) < 1e-12 })
    }
  }

  /// f = abc: D³[u, u, u] = 6 u₁u₂u₃ with the maximum 6/√27, and D² has the eigenvalues λ³ − (a² + b² + c²)λ − 2abc = 0.
  @Test func derivativesOfAProductOfThree() throws {
    for engine in try Samples.engines() {
      let architecture = try Architecture.fullyConnected(inputs: 1, widths: [1, 1], outputs: 1, activation: .identity)
      let network = try Samples.network(architecture, members: 4, on: engine)
      let x = try engine.tensor([1], rows: 1, columns: 1)
      let third = try norm(3, network, x).values
      #expect(third.count == 4 && third.allSatisfy { abs($0 - 6 / 27.0.squareRoot()) < 1e-12 }, "\(third), \(engine.device.identifier)")
      let second = try zip(norm(2, network, x, sign: 1).values, norm(2, network, x, sign: -1).values).map { max($0, $1) }
      let first = try norm(1, network, x).values
      for member in 0..<4 {
        let (a, b, c) = (
          try engine.read(network.weights(0).item(member))[0], try engine.read(network.weights(1).item(member))[0],
          try engine.read(network.weights(2).item(member))[0]
        )
        let p: Double = a * a + b * b + c * c
        let cosine: Double = 3 * a * b * c / p * (3 / p).squareRoot()
        let angle: Double = acos(max(-1, min(1, cosine))) / 3
        let radius: Double = 2 * (p / 3).squareRoot()
        let largest: Double = (0..<3).map { abs(radius * cos(angle - 2 * Double.pi * Double($0) / 3)) }.max() ?? 0
        #expect(abs(second[member] - largest) < 1e-7 * largest, "member \(member), \(engine.device.identifier)")
        let parts: [Double] = [a * b, b * c, c * a]
        let slope = parts.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(first[member] - slope) < 1e-12 * slope, "member \(member), \(engine.device.identifier)")
      }
    }
  }

  @Test func anIterationEndsAtItsLimit() throws {
    let engine = try #require(Samples.engines().first)
    let network = try Samples.network(
      .fullyConnected(inputs: 3, widths: [8, 8], outputs: 1, activation: .identity), members: 2, on: engine)
    let x = try engine.tensor([1, 1, 1], rows: 1, columns: 3)
    let one = try engine.tensor([1, 1], batch: 2, rows: 1, columns: 1)
    var reported: [Int] = []
    let result = try PowerIteration(limit: 4, tolerance: 0).run(
      from: Samples.direction(network, "start"), on: engine, report: { reported.append($0.iterations) }
    ) { try network.derivative(2, one, x, along: $0) }
    #expect(result.iterations == 4 && reported == [1, 2, 3, 4])
    #expect(throws: FiniteNetworkError.self) { try network.derivative(0, one, x, along: network.parameters) }
  }
}
