import Compute
import FiniteNetworks
import Foundation
import WideKernels

/// One step of gradient descent of a ReLU network with three hidden layers on one batch: forward pass, backward pass, update.
struct TrainingStep: Sendable {
  var inputs = 784
  var width: Int
  var outputs = 10
  var batch: Int

  /// A rate so large that the step stands clear of the rounding of the parameters to which it is added; only one is taken from each start.
  private static let rate = 1.0

  var benchmark: BenchmarkCase {
    let parameters = inputs * width + 2 * width * width + width * outputs
    return BenchmarkCase(
      "trainingStep", "relu", sizes: [.init("batch", batch), .init("width", width)],
      // Parameters and what they were; for the check a point to move and the step, in float64.
      elements: 6 * parameters + batch * (8 * width + 2 * inputs), prepare: prepare)
  }

  @Sendable private func prepare(_ engine: Engine) throws -> PreparedBenchmark {
    let stream = RandomStream(seed: 1, name: "benchmark/network")
    let network = try network(stream, on: engine)
    let initial = try engine.zeros(batch: 1, rows: network.parameters.rows, columns: network.parameters.columns)
    try engine.copy(network.parameters, into: initial)
    let objective = try objective(on: engine)
    var descent = try GradientDescent(rates: [Self.rate])
    return PreparedBenchmark(
      reset: { try engine.copy(initial, into: network.parameters) },
      run: { _ = try descent.step(network, objective) },
      verify: { try verification(initial, network.parameters, on: engine) })
  }

  private func network(_ stream: RandomStream, on engine: Engine) throws -> FiniteNetwork {
    let architecture = try Architecture.fullyConnected(
      inputs: inputs, widths: [width, width, width], outputs: outputs, activation: .relu, gain: 2.0.squareRoot())
    return try FiniteNetwork(architecture, members: [stream], draw: .device, on: engine)
  }

  private func objective(on engine: Engine) throws -> Objective {
    var targets = [Double](repeating: 0, count: batch * outputs)
    for point in 0..<batch { targets[point * outputs + point * 7 % outputs] = 1 }
    // Made in float32, so that every precision has the same.
    let inputs = RandomStream(seed: 1, name: "benchmark/batch").normals(batch * self.inputs).map { Double(Float($0)) }
    return try Objective(
      .softmax, inputs: engine.tensor(inputs, rows: batch, columns: self.inputs),
      targets: engine.tensor(targets, rows: batch, columns: outputs), alpha: [1], on: engine)
  }

  /// The loss along the step s = −η∇L against its slope: (L(θ + hs) − L(θ − hs)) / 2h = −|s|²/η, which needs no backward pass.
  ///
  /// In float64 where the device has it. The difference quotient is wrong by O(h²) of itself, kinks included, the gradient of float32
  /// by some hundred roundings: 1e-3 holds both. A device with float32 alone rounds the losses too: 3e-2.
  private func verification(_ before: Tensor, _ after: Tensor, on engine: Engine) throws -> Verification {
    let isExact = engine.device.precisions.contains(.float64)
    let wide = try engine.with(precision: isExact ? .float64 : engine.precision)
    let (network, objective) = (try network(RandomStream(seed: 0, name: "shape"), on: wide), try objective(on: wide))
    // In place, for the largest networks: the network stands at the start.
    let (point, step) = (network.parameters, try wide.empty(batch: 1, rows: after.rows, columns: after.columns))
    try wide.copy(before, into: point)
    try wide.copy(after, into: step)
    try wide.map(.difference, [step, point], into: step)
    let square = try wide.read(wide.rows(.sumOfSquares, step)).reduce(0, +)
    func loss(movedBy h: Double) throws -> Double {
      try wide.map(.addScaled(h), [point, step], into: point)
      return try objective.meanLosses(network.outputs(objective.inputs))[0]
    }
    // A change of the loss by a thousandth.
    let slope = -square / Self.rate
    let h = (isExact ? 1e-3 : 3e-2) * (try loss(movedBy: 0)) / abs(slope)
    let quotient = (try loss(movedBy: h) - loss(movedBy: -2 * h)) / (2 * h)
    return Verification(
      residual: abs(quotient / slope - 1) / (isExact ? 1e-3 : 3e-2), method: "slope of the loss along the step against its length")
  }
}
