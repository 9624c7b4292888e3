import Exchange
import Foundation
import Isthmus

/// Steps of gradient descent of a ReLU network on one batch, one for every request, each timed.
///
/// `TrainingStep FOLDER DEVICE`: the folder holds `settings.json` and, as little-endian float32 in row-major order, `weights-L`
/// `[outputs, inputs]`, `bias-L`, `inputs` and `targets`; `training-step` writes it.
@main struct TrainingStep {
  private struct Settings: Decodable {
    /// Inputs, hidden layers, outputs.
    var widths: [Int]
    var batch: Int
    var rate: Double
  }

  private struct Request: Decodable {
    enum Action: String, Decodable { case step }
    var action: Action
  }

  static func main() throws {
    guard CommandLine.arguments.count == 3 else { throw Exchange.Failure.usage("TrainingStep FOLDER DEVICE") }
    let folder = URL(filePath: CommandLine.arguments[1])
    let settings = try JSONDecoder().decode(Settings.self, from: Data(contentsOf: folder.appending(path: "settings.json")))
    let engine = try Engine(BackendCatalog.backend(named: CommandLine.arguments[2]), precision: .float32)
    func numbers(_ name: String, _ count: Int) throws -> [Double] {
      try Exchange.numbers(folder.appending(path: name), count: count, isSingle: true)
    }

    let network = try network(settings.widths, on: engine)
    for layer in 0..<settings.widths.count - 1 {
      let (fanIn, units) = (settings.widths[layer], settings.widths[layer + 1])
      try engine.write(numbers("weights-\(layer)", units * fanIn), into: network.weights(layer))
      if let bias = network.bias(layer) { try engine.write(numbers("bias-\(layer)", units), into: bias) }
    }
    let (inputs, outputs) = (settings.widths[0], settings.widths[settings.widths.count - 1])
    let objective = try Objective(
      .softmax, inputs: engine.tensor(numbers("inputs", settings.batch * inputs), rows: settings.batch, columns: inputs),
      targets: engine.tensor(numbers("targets", settings.batch * outputs), rows: settings.batch, columns: outputs), alpha: [1], on: engine)
    var descent = try GradientDescent(rates: [settings.rate])
    try Exchange.answer(["device": engine.device.name, "driver": engine.device.driver])
    try Exchange.serve(Request.self) { _ in
      var before: Tensor?
      let time = try ContinuousClock().measure {
        before = try descent.step(network, objective)
        try engine.synchronize()
      }
      let loss = try before.map { try objective.meanLosses($0)[0] } ?? .nan
      return ["seconds": "\(time / .seconds(1))", "loss": "\(loss)"]
    }
  }

  /// As a framework has it: multipliers 1. Parameters start at 0 here; they are read from files.
  private static func network(_ widths: [Int], on engine: Engine) throws -> FiniteNetwork {
    let zero = Architecture.Scale(multiplier: 1, deviation: 0)
    let layers = (1..<widths.count).map { index in
      Architecture.Layer(
        .dense(outputs: widths[index]), weights: zero, bias: zero, activation: index + 1 < widths.count ? .relu : nil, name: "\(index)")
    }
    let architecture = try Architecture(input: .vector(count: widths[0]), layers: layers)
    return try FiniteNetwork(architecture, members: [RandomStream(seed: 0, name: "unused")], on: engine)
  }
}
