import Compute
import DeepLinear
import Foundation
import Matrices
import Testing

/// Products of matrices under gradient flow: what is conserved, closed forms, and the equations of the one-bottleneck network.
@Suite struct DeepLinearTests {
  private static let tight = DormandPrince(relativeTolerance: 1e-12, absoluteTolerance: 1e-14)

  private func normals(_ name: String, _ rows: Int, _ columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns, values: RandomStream(seed: 5, name: name).normals(rows * columns))
  }

  /// Quadratic loss ½|W − T|², any shape.
  private func gradient(to target: Matrix) -> (Matrix) -> Matrix { { $0 - target } }

  /// The pair's error is a multiple of its tolerance, and so is that of its continuous extension, of order 4.
  @Test(arguments: [1e-6, 1e-9, 1e-12]) func integratesAnOscillator(_ tolerance: Double) throws {
    var (middle, steps) = (0.0, 0)
    let integrator = DormandPrince(relativeTolerance: tolerance, absoluteTolerance: tolerance)
    let end = try integrator.integrate([1, 0], over: 0...10, derivative: { _, y in [y[1], -y[0]] }) { step in
      steps += 1
      let time = step.start + 0.4 * step.length, value = step.value(at: time)
      middle = max(middle, abs(value[0] - cos(time)), abs(value[1] + sin(time)))
      return true
    }
    let error = max(abs(end[0] - cos(10)), abs(end[1] + sin(10)))
    #expect(error < 30 * tolerance && middle < 100 * tolerance, "\(error), within steps \(middle), \(steps) steps")
    // Steps grow like tolerance^(−1/5): no more than 2.5 per decade and unit of time.
    #expect(steps < Int(25 * pow(tolerance, -0.2)))
  }

  @Test func anIntegratorWithoutRoomSaysWhere() {
    let few = DormandPrince(maximumSteps: 20)
    #expect(throws: DeepLinearError.self) { try few.integrate([1], over: 0...1000, derivative: { t, _ in [cos(t * t)] }) }
    // A pole at t = 1.
    #expect(throws: DeepLinearError.self) { try DormandPrince().integrate([1], over: 0...2, derivative: { _, y in [y[0] * y[0]] }) }
  }

  /// c outputs, three factors of different rates, far from balanced.
  @Test func flowConservesAndDescentDoesNot() throws {
    let flow = DeepLinearFlow(widths: [5, 3, 4, 2], rates: [3, 1, 2], scale: 0.3), target = normals("target", 2, 5)
    let start = RandomStream(seed: 5, name: "start").normals(flow.count)
    let end = try Self.tight.integrate(start, over: 0...5, derivative: { _, w in flow.derivative(w, gradient: gradient(to: target)) })
    #expect((flow.product(end) - target).norm < 0.5 * (flow.product(start) - target).norm, "nothing was learned")
    #expect(flow.drift(from: start, to: end) < 1e-10)
    var stepped = start
    for _ in 0..<100 { stepped = flow.step(stepped, rate: 0.05, gradient: gradient(to: target)) }
    #expect(flow.drift(from: start, to: stepped) > 1e-4, "descent in steps conserves to first order only")
  }

  /// β′ = −(1/(d n₀)) [L_g |v|² I + L_f GᵀG] S.
  @Test func oneBottleneckHasTheDerivedRate() {
    let (inputs, d, upper, lower) = (6, 3, 2.0, 5.0)
    let network = LinearBottlenecks(inputs: inputs, widths: [d], layers: [Int(lower), Int(upper)])
    let start = network.start(RandomStream(seed: 5, name: "one")), factors = network.flow.factors(start)
    let (g, v) = (factors[0], factors[1])
    let expected = { (row: Int, column: Int) in
      let square = (0..<d).reduce(0) { $0 + v[0, $1] * v[0, $1] }
      let gram = (0..<d).reduce(0) { $0 + g[$1, row] * g[$1, column] }
      return ((row == column ? lower * square : 0) + upper * gram) / Double(d * inputs)
    }
    let rate = network.flow.rateOperator(start)
    var errors: [Double] = []
    for row in 0..<inputs { for column in 0..<inputs { errors.append(abs(rate[row, column] - expected(row, column))) } }
    #expect(errors.allSatisfy { $0 < 1e-13 }, "\(errors)")
    #expect(network.rateWithout == 7.0 / 6)
  }

  /// n₀ = d = 1: β′ = √(I² + 4 L_f L_g β²) (y − β), I = L_g v² − L_f G² constant.
  @Test func theScalarNetworkClosesInItsOutput() throws {
    let network = LinearBottlenecks(inputs: 1, widths: [1], layers: [3, 2]), y = -4.0
    let start = [1.3, 0.4]
    let constant = 3 * start[1] * start[1] - 2 * start[0] * start[0]
    let times = [0.01, 0.05, 0.1, 0.3]
    for time in times {
      let full = try Self.tight.integrate(start, over: 0...time) { _, w in
        network.flow.derivative(w) { $0.map { $0 - y } }
      }
      let scalar = try Self.tight.integrate([0.52], over: 0...time) { _, beta in
        [(constant * constant + 24 * beta[0] * beta[0]).squareRoot() * (y - beta[0])]
      }
      #expect(abs(full[0] * full[1] - scalar[0]) < 1e-9, "at \(time): \(full[0] * full[1]) and \(scalar[0])")
    }
  }

  /// N factors that start balanced follow the end-to-end rule, one output and several.
  @Test(arguments: [2, 3, 4], [1, 3]) func balancedFactorsFollowTheEndToEndRule(_ depth: Int, _ outputs: Int) throws {
    let flow = DeepLinearFlow(
      widths: [4] + [Int](repeating: 5, count: depth - 1) + [outputs], rates: [Double](repeating: 1, count: depth))
    let rule = EndToEndRule(depth: depth), target = normals("target", outputs, 4)
    let first = normals("start", outputs, 4).map { 0.3 * $0 }
    let start = try flow.balancedState(first, stream: RandomStream(seed: 5, name: "frames"))
    let conserved = flow.conserved(start).map(\.norm)
    #expect((flow.product(start) - first).norm < 1e-13 && conserved.count == depth - 1 && conserved.allSatisfy { $0 < 1e-13 })
    // At one point to rounding.
    let velocity = try rule.velocity(first, gradient: first - target), h = 1e-6
    let ahead = flow.product(flow.step(start, rate: h, gradient: gradient(to: target)))
    let behind = flow.product(flow.step(start, rate: -h, gradient: gradient(to: target)))
    let slope = (ahead - behind).map { $0 / (2 * h) }
    // Central differences of polynomials of degree ≤ 4 in h.
    #expect((slope - velocity).norm < 1e-8 * velocity.norm)
    // And along the way.
    let factors = try Self.tight.integrate(start, over: 0...1, derivative: { _, w in flow.derivative(w, gradient: gradient(to: target)) })
    var failure: (any Error)?
    let product = try Self.tight.integrate(first.values, over: 0...1) { _, w in
      let w = Matrix(rows: outputs, columns: 4, values: w)
      do { return try rule.velocity(w, gradient: w - target).values } catch {
        failure = error
        return w.values
      }
    }
    #expect(failure == nil)
    let end = flow.product(factors)
    #expect((end - first).norm > 0.1)
    #expect((end - Matrix(rows: outputs, columns: 4, values: product)).norm < 1e-8)
  }

  @Test(arguments: 1...5) func theMatrixRuleIsTheVectorRuleForOneOutput(_ depth: Int) throws {
    let rule = EndToEndRule(depth: depth), w = normals("w", 1, 6), gradient = normals("gradient", 1, 6)
    let vector = rule.velocity(w.values, gradient: gradient.values)
    let difference = try rule.velocity(w, gradient: gradient).values.enumerated().map { abs($0.element - vector[$0.offset]) }
    #expect(difference.count == 6 && difference.allSatisfy { $0 < 1e-13 })
    let still = rule.velocity([0, 0], gradient: [1, -2])
    #expect(still == (depth == 1 ? [-1, 2] : [0, 0]))
  }

  /// Every mode of M factors that start balanced and aligned with the correlation follows its own equation.
  @Test(arguments: [1, 2, 3, 5]) func singularModesAreIndependent(_ depth: Int) throws {
    let strengths = [3.0, 1.5, 0.8], u0 = 0.01
    let flow = DeepLinearFlow(
      widths: [4] + [Int](repeating: 6, count: depth - 1) + [3], rates: [Double](repeating: 1, count: depth))
    func diagonal(_ values: [Double]) -> Matrix {
      var matrix = Matrix(zeros: 3, 4)
      for (index, value) in values.enumerated() { matrix[index, index] = value }
      return matrix
    }
    let correlation = diagonal(strengths), times = stride(from: 0.0, through: 8, by: 0.5).map { $0 }
    let modes = try strengths.map { try SaxeMode(depth: depth, strength: $0, start: u0).values(at: times, integrator: Self.tight) }
    let start = try flow.balancedState(diagonal([u0, u0, u0]), stream: RandomStream(seed: 5, name: "modes"))
    var (worst, index) = (0.0, 1)
    try Self.tight.integrate(start, over: 0...8, derivative: { _, w in flow.derivative(w, gradient: gradient(to: correlation)) }) { step in
      while index < times.count, times[index] <= step.endTime {
        let expected = diagonal(modes.map { $0[index] })
        let error = (flow.product(step.value(at: times[index])) - expected).norm
        if !(error <= worst) { worst = error.isNaN ? .infinity : error }
        index += 1
      }
      return true
    }
    // The continuous extension's error.
    #expect(index == times.count && worst < 1e-7, "depth \(depth): \(worst)")
    if depth == 2 {
      let mode = SaxeMode(strength: 1.5, start: u0)
      let half = try mode.values(at: [mode.learningTime(to: 0.75)])[0]
      #expect(abs(half - 0.75) < 1e-12)
    }
  }
}
