import Compute
import FiniteNetworks
import Losses
import Testing

/// Taylor polynomials of networks trained in their place, on every backend.
@Suite struct TaylorModelTests {
  /// Every network with the orders that it has, displaced from θ₀.
  private func forEveryModel(on engine: Engine, _ body: (_ name: String, TaylorModel) throws -> Void) throws {
    for (name, architecture) in try Samples.all() {
      let network = try Samples.network(architecture, on: engine)
      let direction = try engine.map(.scaled(by: 0.3, plus: 0), Samples.direction(network, "displacement"))
      for order in 1...(architecture.isLinear ? 5 : 2) {
        try body("\(name), order \(order), \(engine.device.identifier)", TaylorModel(network, order: order, displacement: direction))
      }
    }
  }

  private func objective(_ loss: Loss, _ network: FiniteNetwork, _ count: Int, alpha: [Double] = [0.7, 2]) throws -> Objective {
    let engine = network.engine
    return try Objective(
      loss, inputs: Samples.points(network.architecture, count, on: engine),
      targets: Samples.targets(loss, network.architecture, count, on: engine), alpha: alpha, on: engine)
  }

  private func expect(_ got: [Double], _ expected: [Double], _ bound: Double, _ what: String) {
    let scale = expected.reduce(0) { max($0, abs($1)) }
    #expect(got.count == expected.count && scale > 0, "\(what)")
    let worst = largestDifference(got, expected)
    #expect(worst <= bound * scale, "\(what): \(worst) of \(scale)")
  }

  @Test func valuesAreSumsOfTheJet() throws {
    for engine in try Samples.engines() {
      try forEveryModel(on: engine) { name, model in
        let x = try Samples.points(model.network.architecture, 4, on: engine)
        let terms = try model.network.jet(x, along: model.displacement, order: model.order).map { try engine.read($0) }
        let sum = terms.dropFirst().reduce(terms[0]) { zip($0, $1).map(+) }
        try expect(engine.read(model.outputs(x)), sum, 1e-15, name)
        #expect(terms[model.order].contains { abs($0) > 1e-6 } || model.order == 5, "\(name)")
      }
    }
  }

  @Test(arguments: [Loss.squared, .softmax, .softHinge(sharpness: 5)])
  func gradientIsTheSlopeOfTheLoss(_ loss: Loss) throws {
    for engine in try Samples.engines() {
      try forEveryModel(on: engine) { name, model in
        let objective = try objective(loss, model.network, 4)
        let (gradient, _) = try model.gradient(of: objective)
        // Central differences: error h² L‴ and rounding 1e-16 / h.
        let h = 1e-5
        let direction = try Samples.direction(model.network, "direction")
        func losses(_ step: Double) throws -> [Double] {
          let moved = try engine.map(.addScaled(step), model.displacement, direction)
          return try objective.meanLosses(TaylorModel(model.network, order: model.order, displacement: moved).outputs(objective.inputs))
        }
        let slopes = zip(try losses(h), try losses(-h)).map { ($0 - $1) / (2 * h) }
        for (member, slope) in try products(gradient, direction, on: engine).enumerated() {
          let expected = slopes[member] / objective.alpha[member]
          #expect(abs(slope - expected) < 2e-7 * max(1, abs(expected)), "\(name), \(loss), member \(member): \(slope) against \(expected)")
        }
      }
    }
  }

  /// Squared loss: f ← f − η/n Θ₀(·, X)(f(X) − y), with the kernel at θ₀ alone.
  @Test func linearisedTrainingIsThatOfTheTangentKernel() throws {
    for engine in try Samples.engines() {
      for (name, architecture) in try Samples.all() {
        let network = try Samples.network(architecture, on: engine)
        let objective = try objective(.squared, network, 5, alpha: [1, 1])
        let (n, m, c) = (5, 3, architecture.outputs)
        let test = try Samples.points(architecture, m, name: "test", on: engine)
        let (theta, cross) = (
          try engine.read(network.tangentKernel(objective.inputs, outputs: .full)),
          try engine.read(network.tangentKernel(test, objective.inputs, outputs: .full))
        )
        let y = try engine.read(objective.targets)
        var (f, g) = (try engine.read(network.outputs(objective.inputs)), try engine.read(network.outputs(test)))
        let model = try TaylorModel(network)
        let rates = [0.02, 0.05]
        for step in 0..<12 {
          let before = try engine.read(model.descend(objective, rates: rates))
          expect(before, f, 1e-12, "\(name), step \(step), \(engine.device.identifier)")
          for member in 0..<2 {
            // Numbers of point i and output o lie at i·c + o, in kernels at o·n + i.
            let residuals = (0..<n * c).map { f[member * n * c + $0 % n * c + $0 / n] - y[$0 % n * c + $0 / n] }
            func move(_ values: inout [Double], _ kernel: [Double], _ points: Int) {
              for row in 0..<points * c {
                let start = (member * points * c + row) * n * c
                let sum = residuals.indices.reduce(0) { $0 + kernel[start + $1] * residuals[$1] }
                values[member * points * c + row % points * c + row / points] -= rates[member] / Double(n) * sum
              }
            }
            move(&g, cross, m)
            move(&f, theta, n)
          }
        }
        // Twelve steps, each with roundings of γ_300 of a few times the numbers: 12 · 300 · 1e-16 · 3.
        try expect(engine.read(model.outputs(objective.inputs)), f, 1e-12, "\(name), \(engine.device.identifier)")
        try expect(engine.read(model.outputs(test)), g, 1e-12, "\(name), other points, \(engine.device.identifier)")
      }
    }
  }

  /// A linear network of four layers is its Taylor polynomial of order 4, so both go the same way.
  @Test func fullPolynomialOfALinearNetworkTrainsAsItDoes() throws {
    for engine in try Samples.engines() {
      let network = try Samples.network(Samples.linear(), on: engine)
      let objective = try objective(.squared, network, 5, alpha: [1, 1])
      let trained = try network.copy()
      let (model, short) = (try TaylorModel(network, order: 4), try TaylorModel(network, order: 3))
      let rates = [0.03, 0.01]
      var descent = try GradientDescent(rates: rates)
      for _ in 0..<10 {
        let (a, b) = (try descent.step(trained, objective), try model.descend(objective, rates: rates))
        _ = try short.descend(objective, rates: rates)
        try expect(engine.read(b), engine.read(a), 1e-12, engine.device.identifier)
      }
      let moved = try engine.read(engine.map(.difference, trained.parameters, network.parameters))
      try expect(engine.read(model.displacement), moved, 1e-12, "displacement, \(engine.device.identifier)")
      // Order 3 is another model: the bound above can fail.
      let distance = try largestDifference(engine.read(short.displacement), moved)
      #expect(distance > 1e-6 && distance.isFinite)
    }
  }

  @Test func tilesDoNotMatter() throws {
    for engine in try Samples.engines() {
      let small = try Engine(engine.backend, memoryBudget: 1 << 19)
      for (name, architecture) in try Samples.all() {
        func result(_ engine: Engine) throws -> (tiles: Int, gradient: [Double], outputs: [Double]) {
          let network = try Samples.network(architecture, on: engine)
          let model = try TaylorModel(network, order: 2, displacement: Samples.direction(network, "displacement"))
          let (gradient, outputs) = try model.gradient(of: objective(.squared, network, 150))
          try expect(engine.read(model.outputs(Samples.points(architecture, 150, on: engine))), engine.read(outputs), 1e-13, name)
          return (network.tiles(of: 150, passes: 3).count, try engine.read(gradient), try engine.read(outputs))
        }
        let (whole, parts) = (try result(engine), try result(small))
        #expect(whole.tiles == 1 && parts.tiles > 1)
        // Sums over 150 points in another order.
        expect(parts.gradient, whole.gradient, 1e-12, "\(name), \(engine.device.identifier)")
        expect(parts.outputs, whole.outputs, 1e-13, "\(name), \(engine.device.identifier)")
      }
    }
  }

  @Test func modelsThatDoNotExistAreRefused() throws {
    let engine = try #require(Samples.engines().first)
    let network = try Samples.network(Samples.chain(), on: engine)
    #expect(throws: FiniteNetworkError.self) { try TaylorModel(network, order: 3) }
    #expect(throws: FiniteNetworkError.self) { try TaylorModel(network, order: 0) }
    #expect(throws: FiniteNetworkError.self) { try TaylorModel(network, displacement: network.parameters.item(0)) }
    #expect(throws: FiniteNetworkError.self) { try TaylorModel(network).descend(objective(.squared, network, 3), rates: [0.1]) }
  }
}
