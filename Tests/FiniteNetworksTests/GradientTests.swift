import Compute
import FiniteNetworks
import Losses
import Testing

/// Gradients and derivatives of higher order against differences, on every backend.
@Suite struct GradientTests {
  @Test(arguments: Loss.allCases)
  func gradientIsTheSlopeOfTheLoss(_ loss: Loss) throws {
    for engine in try Samples.engines() {
      for (name, architecture) in try Samples.all() {
        let network = try Samples.network(architecture, on: engine)
        let x = try Samples.points(architecture, 4, on: engine)
        let offset = try Samples.network(architecture, members: 2, on: engine).outputs(
          Samples.points(architecture, 4, name: "f0", on: engine))
        let objective = try Objective(
          loss, inputs: x, targets: Samples.targets(loss, architecture, 4, on: engine), alpha: [0.7, 2], offset: offset, on: engine)
        let (gradient, _) = try network.gradient(of: objective)
        // Central differences: error h² L‴ and rounding 1e-16 / h.
        let h = 1e-5
        for trial in 0..<3 {
          let direction = try Samples.direction(network, "direction/\(trial)")
          func losses(_ step: Double) throws -> [Double] {
            let moved = try network.with(parameters: engine.map(.addScaled(step), network.parameters, direction))
            return try objective.meanLosses(moved.outputs(x))
          }
          let slopes = zip(try losses(h), try losses(-h)).map { ($0 - $1) / (2 * h) }
          for (member, slope) in try products(gradient, direction, on: engine).enumerated() {
            let expected = slopes[member] / objective.alpha[member]
            // A kink that lies between the two points spoils the difference, not the gradient; none does for these seeds.
            #expect(
              abs(slope - expected) < 2e-7 * max(1, abs(expected)),
              "\(name), \(loss), member \(member), direction \(trial), \(engine.device.identifier): \(slope) against \(expected)")
          }
        }
      }
    }
  }

  @Test func derivativesAlongADirectionAreThoseOfDifferences() throws {
    for engine in try Samples.engines() {
      for (name, architecture) in try Samples.all() {
        let network = try Samples.network(architecture, on: engine)
        let x = try Samples.points(architecture, 3, on: engine)
        let direction = try Samples.direction(network, "direction")
        let cotangent = try engine.tensor(
          RandomStream(seed: 4, name: "cotangent").normals(2 * 3 * architecture.outputs), batch: 2, rows: 3, columns: architecture.outputs)
        func moved(_ t: Double) throws -> FiniteNetwork {
          try network.with(parameters: engine.map(.addScaled(t), network.parameters, direction))
        }
        func gradient(_ t: Double) throws -> [Double] {
          let other = try moved(t)
          let vector = try engine.zeros(batch: 2, rows: network.parameters.rows, columns: network.parameters.columns)
          try other.backward(cotangent, other.forward(x), into: vector)
          return try engine.read(vector)
        }
        let jet = try network.jet(x, along: direction, order: 2).map { try engine.read($0) }
        let gradients = try network.gradientJet(cotangent, x, along: direction, order: 1).map { try engine.read($0) }
        let h = 1e-4
        let (up, here, down) = (
          try engine.read(moved(h).outputs(x)), try engine.read(moved(0).outputs(x)), try engine.read(moved(-h).outputs(x))
        )
        let (gradientUp, gradientHere, gradientDown) = (try gradient(h), try gradient(0), try gradient(-h))
        // h² times fourth derivatives of the size of the numbers here, and rounding 1e-16 / h².
        let scale = here.reduce(1) { max($0, abs($1)) }
        #expect(here.count == 2 * 3 * architecture.outputs && gradientHere.count == network.parameters.count)
        for index in here.indices {
          #expect(jet[0][index] == here[index])
          #expect(abs(jet[1][index] - (up[index] - down[index]) / (2 * h)) < 1e-5 * scale, "\(name), \(engine.device.identifier)")
          #expect(
            abs(2 * jet[2][index] - (up[index] - 2 * here[index] + down[index]) / (h * h)) < 1e-5 * scale,
            "\(name), \(engine.device.identifier)")
        }
        for index in gradientHere.indices {
          #expect(abs(gradients[0][index] - gradientHere[index]) < 1e-13 * scale)
          #expect(
            abs(gradients[1][index] - (gradientUp[index] - gradientDown[index]) / (2 * h)) < 1e-5 * scale,
            "\(name), parameter \(index), \(engine.device.identifier)")
        }
      }
    }
  }

  /// A linear network of four layers with biases is a polynomial of degree 4 in its parameters: its jet is the whole of it.
  @Test func jetOfALinearNetworkIsItsPolynomial() throws {
    for engine in try Samples.engines() {
      let architecture = try Samples.linear()
      let network = try Samples.network(architecture, on: engine)
      let x = try Samples.points(architecture, 3, on: engine)
      let direction = try Samples.direction(network, "direction")
      let coefficients = try network.jet(x, along: direction, order: 5).map { try engine.read($0) }
      #expect(coefficients[5] == [Double](repeating: 0, count: 12), "two members, three points, two outputs")
      let far = try engine.read(network.with(parameters: engine.map(.addScaled(-1.7), network.parameters, direction)).outputs(x))
      #expect(far.count == 12)
      for index in far.indices {
        let value = coefficients.map { $0[index] }.reversed().reduce(0) { $0 * -1.7 + $1 }
        #expect(abs(value - far[index]) < 1e-12 * max(1, abs(far[index])), "\(value) against \(far[index]), \(engine.device.identifier)")
      }
      // The gradient's coefficients: k + 1 times those of F where the cotangent is contracted with them.
      let cotangent = try engine.tensor([1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0], batch: 2, rows: 3, columns: 2)
      let gradients = try network.gradientJet(cotangent, x, along: direction, order: 3)
      #expect(gradients.count == 4)
      for (k, gradient) in gradients.enumerated() {
        for (member, product) in try products(gradient, direction, on: engine).enumerated() {
          let expected = Double(k + 1) * coefficients[k + 1][member * 6]
          #expect(abs(product - expected) < 1e-12 * max(1, abs(expected)), "order \(k), \(engine.device.identifier)")
        }
      }
    }
  }

  @Test func derivativesBeyondTheirOrderAreRefused() throws {
    let engine = try #require(Samples.engines().first)
    let architecture = try Samples.chain()
    let network = try Samples.network(architecture, on: engine)
    let x = try Samples.points(architecture, 2, on: engine)
    #expect(throws: FiniteNetworkError.self) { try network.jet(x, along: network.parameters, order: 3) }
    #expect(throws: FiniteNetworkError.self) { try network.forward(engine.zeros(rows: 2, columns: 4)) }
  }

  /// Points in tiles, and members side by side, give what they give alone.
  @Test func tilesAndMembersDoNotMatter() throws {
    for engine in try Samples.engines() {
      for (name, architecture) in try Samples.all() {
        let small = try Engine(engine.backend, memoryBudget: 1 << 20)
        let network = try Samples.network(architecture, members: 3, on: engine)
        let tiled = try Samples.network(architecture, members: 3, on: small)
        let count = 600
        let x = try Samples.points(architecture, count, on: engine)
        let targets = try Samples.targets(.squared, architecture, count, on: engine)
        let objective = try Objective(.squared, inputs: x, targets: targets, alpha: [1, 1, 1], on: engine)
        let (whole, outputs) = try network.gradient(of: objective)
        let (parts, same) = try tiled.gradient(of: objective)
        #expect(tiled.tiles(of: count).count > 1)
        let (a, b) = (try engine.read(whole), try engine.read(parts))
        let scale = a.reduce(0) { max($0, abs($1)) }
        // Sums over 600 points in another order: γ_600 of the sum of magnitudes, which is below 600 times the largest gradient.
        #expect(largestDifference(a, b) < 1e-11 * scale, "\(name), \(engine.device.identifier)")
        let (f, g) = (try engine.read(outputs), try engine.read(same))
        #expect(f.count == 3 * count * architecture.outputs && f.count == g.count)
        #expect(zip(f, g).allSatisfy { abs($0 - $1) < 1e-12 * max(1, abs($0)) })
        let alone = try network.keeping(members: [2])
        let single = try Objective(.squared, inputs: x, targets: targets, alpha: [1], on: engine)
        let (own, _) = try alone.gradient(of: single)
        let difference = try largestDifference(engine.read(own), engine.read(whole.item(2)))
        // OpenCL's products split long sums by how much there is to do, so there the order of a sum depends on the members.
        #expect(difference <= (engine.device.backend == "opencl" ? 1e-11 * scale : 0), "\(name), \(engine.device.identifier)")
      }
    }
  }
}
