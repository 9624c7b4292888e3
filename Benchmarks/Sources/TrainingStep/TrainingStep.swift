import Foundation
import Isthmus

/// Steps of gradient descent of a ReLU network on one batch, one for every line on standard input, each timed.
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

  private enum Failure: Error, CustomStringConvertible {
    case usage
    case size(file: String, expected: Int, got: Int)

    var description: String {
      switch self {
      case .usage: "expected: TrainingStep FOLDER DEVICE"
      case .size(let file, let expected, let got): "\(file): expected \(expected) float32 numbers, got \(got)."
      }
    }
  }

  static func main() throws {
    guard CommandLine.arguments.count == 3 else { throw Failure.usage }
    let folder = URL(filePath: CommandLine.arguments[1])
    let settings = try JSONDecoder().decode(Settings.self, from: Data(contentsOf: folder.appending(path: "settings.json")))
    let engine = try Engine(BackendCatalog.backend(named: CommandLine.arguments[2]), precision: .float32)
    func numbers(_ name: String, _ count: Int) throws -> [Double] {
      let data = try Data(contentsOf: folder.appending(path: name))
      guard data.count == 4 * count else { throw Failure.size(file: name, expected: count, got: data.count / 4) }
      return data.withUnsafeBytes { bytes in
        (0..<count).map { Double(Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))) }
      }
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
    answer(["device": engine.device.name, "driver": engine.device.driver])
    while readLine() != nil {
      var before: Tensor?
      let time = try ContinuousClock().measure {
        before = try descent.step(network, objective)
        try engine.synchronize()
      }
      let loss = try before.map { try objective.meanLosses($0)[0] } ?? .nan
      answer(["seconds": "\(time / .seconds(1))", "loss": "\(loss)"])
    }
  }

  /// As a framework has it: multipliers 1. Parameters start at 0 here; they are read from files.
  private static func network(_ widths: [Int], on engine: Engine) throws -> FiniteNetwork {
    let zero = Architecture.Scale(multiplier: 1, deviation: 0)
    let layers = (1..<widths.count).map { index in
      Architecture.Layer(
        .dense(outputs: widths[index]), weights: zero, bias: zero, activation: index + 1 < widths.count ? ReLU() : nil, name: "\(index)")
    }
    let architecture = try Architecture(input: .vector(count: widths[0]), layers: layers)
    return try FiniteNetwork(architecture, members: [RandomStream(seed: 0, name: "unused")], on: engine)
  }

  private static func answer(_ fields: [String: String]) {
    let text = fields.sorted { $0.key < $1.key }.map { "\"\($0)\": \"\($1)\"" }.joined(separator: ", ")
    FileHandle.standardOutput.write(Data("{\(text)}\n".utf8))
  }
}
