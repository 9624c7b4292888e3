import Compute
import DeepLinear
import FiniteNetworks
import Matrices
import Networks
import Results
import StudyRecords
import WideKernels

/// Finite deep linear networks beside their limit: the same steps of gradient descent from the same initial maps.
enum WidthPart {
  private typealias Fields = LinearAccelerationFields

  static func part(_ settings: LinearAccelerationSettings, _ cost: LinearAccelerationCost?) throws -> LinearAccelerationPart {
    let widths = settings.widths.values
    let summary =
      "finite networks of width \(widths.map(String.init).joined(separator: ", ")), d = \(settings.widthBottleneck), "
      + "\(settings.steps) steps, \(settings.draws) draws, beside the limit"
    let units = try widths.flatMap { width in
      let seconds = try cost?.width(width, network(settings)) ?? 0
      return (0..<settings.draws).map { draw in
        let name = "width-\(width)-draw\(draw)"
        return LinearAccelerationUnit(
          "finite width", .width, seconds: seconds, Fields.width(width), Fields.draw(draw), checkpoint: name
        ) { context in try Comparison(settings, width: width, draw: draw, on: context.engine).record(context, name: name) }
      }
    }
    return LinearAccelerationPart(summary: summary, units: units)
  }

  private static func network(_ settings: LinearAccelerationSettings) -> Network {
    func block(_ layers: Int, outputs: Int) -> WideBlock {
      WideBlock(hidden: [Hidden](repeating: Hidden(.identity), count: layers - 1), outputs: outputs)
    }
    return Network(
      inputs: settings.inputs,
      blocks: [block(settings.layersG, outputs: settings.widthBottleneck), block(settings.layersF, outputs: 1)])
  }

  private struct Comparison {
    private let limit: LinearBottlenecks
    private let task: LinearTask
    private let rate: Double
    private let steps: Int
    private let network: FiniteNetwork
    /// √(n_0 λ_i) e_i: their mean of x xᵀ is Σ.
    private let inputs: Matrix
    private let targets: Matrix
    private let engine: Engine

    init(_ settings: LinearAccelerationSettings, width: Int, draw: Int, on engine: Engine) throws {
      let (n, d) = (settings.inputs, settings.widthBottleneck)
      limit = LinearBottlenecks(inputs: n, widths: [d], layers: [settings.layersG, settings.layersF])
      steps = settings.steps
      self.engine = engine
      let stream = RandomStream(seed: settings.seed, name: "width/\(draw)")
      task = LinearTask(
        eigenvalues: [Double](repeating: 1, count: n), direction: stream.child("target").normals(n), norm: settings.widthNorm)
      rate = settings.rateFraction * 2 / limit.rateWithout
      network = try FiniteNetwork(
        Architecture(WidthPart.network(settings), width: width), members: [stream.child("network/\(width)")], on: engine)
      var inputs = Matrix(zeros: n, n), targets = Matrix(zeros: n, 1)
      for i in 0..<n {
        inputs[i, i] = (Double(n) * task.eigenvalues[i]).squareRoot()
        targets[i, 0] = inputs[i, i] * task.target[i]
      }
      (self.inputs, self.targets) = (inputs, targets)
    }

    private struct Saved: Codable {
      var step: Int
      /// State of the limit.
      var state: [Double]
      var largest: Double
    }

    /// - Parameter name: of the checkpoint.
    func record(_ context: RunContext, name: String) throws -> Record {
      let objective = try Objective(.squared, inputs: engine.tensor(inputs), targets: engine.tensor(targets), alpha: [1], on: engine)
      var descent = try GradientDescent(rates: [rate])
      var state = try factors()
      var (largest, begun) = (0.0, 0)
      if let checkpoint = try context.store.readCheckpoint(name) {
        let saved: Saved = try checkpoint.state()
        (begun, state, largest) = (saved.step, saved.state, saved.largest)
        try engine.write(checkpoint.values("parameters", shape: network.parameters.extents), into: network.parameters)
      }
      var timer = CheckpointTimer()
      try context.steps {
        for step in begun..<steps {
          // Outputs before the step.
          let outputs = try engine.read(descent.step(network, objective))
          largest = max(largest, outputError(outputs, limit.flow.product(state)))
          state = limit.flow.step(state, rate: rate) { Matrix(rows: 1, columns: limit.inputs, values: task.gradient($0.values)) }
          try timer.stepEnded(context) {
            let arrays = ["parameters": try CheckpointArray(network.parameters, on: engine)]
            try context.store.writeCheckpoint(
              name, Checkpoint(state: Saved(step: step + 1, state: state, largest: largest), arrays: arrays))
          }
        }
      }
      let trained = try factors()
      let (finite, wide) = (limit.flow.factors(trained), limit.flow.factors(state))
      return Record(
        Fields.errorG(Matrix.relativeDistance(finite[0], wide[0])), Fields.errorV(Matrix.relativeDistance(finite[1], wide[1])),
        Fields.errorF(largest), Fields.loss(task.loss(limit.flow.product(state).values)),
        Fields.lossFinite(task.loss(limit.flow.product(trained).values)))
    }

    /// |F − F_limit| / |F*| in norm over inputs.
    private func outputError(_ outputs: [Double], _ beta: Matrix) -> Double {
      let expected = (0..<limit.inputs).map { inputs[$0, $0] * beta[0, $0] }
      return zip(outputs, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() / targets.norm
    }

    /// G and v of the finite network: its blocks are linear maps, g(x) = G x / √n_0 and f(ξ) = v·ξ / √d.
    private func factors() throws -> [Double] {
      let layers = network.architecture.layers
      var factors: [Matrix] = [], product: Tensor?
      var inputs = limit.inputs
      for (index, layer) in layers.enumerated() {
        let weights = network.weights(index)
        let scale = layer.weights.multiplier * (product == nil ? Double(inputs).squareRoot() : 1)
        let longer =
          if let product { try engine.gemm(weights, product, alpha: scale) } else { try engine.map(.scaled(by: scale, plus: 0), weights) }
        product = longer
        // A read-out ends its segment.
        guard layer.activation == nil else { continue }
        factors.append(try engine.matrix(longer))
        (product, inputs) = (nil, longer.rows)
      }
      return limit.flow.state(factors)
    }
  }
}
