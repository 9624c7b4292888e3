import Compute
import FiniteNetworks
import Foundation
import TestSupport
import WideKernels

/// Finite networks of neural-tangents (float64) that lie beside the repository, their parameters included.
struct EmpiricalOracle {
  /// Nested lists of numbers in row-major order.
  struct Values: Decodable {
    var shape: [Int]
    var numbers: [Double]

    init(from decoder: any Decoder) throws {
      if let number = try? decoder.singleValueContainer().decode(Double.self) {
        (shape, numbers) = ([], [number])
        return
      }
      let parts = try decoder.singleValueContainer().decode([Values].self)
      shape = [parts.count] + (parts.first?.shape ?? [])
      numbers = parts.flatMap(\.numbers)
    }
  }

  struct Layer: Decodable {
    var op: String
    var out_dim: Int?
    var out_chan: Int?
    var filter_shape: [Int]?
    var padding: String?
    var W_std, b_std: Double?
  }

  struct Case: Decodable {
    var id: String
    var layers: [Layer]
    var x1, x2: String
    var params, params_new: [Values]
    var f_x1, f_x2, f_new_x1, linearized_x1, taylor2_x1: Values
    var ntk12_full, ntk12_trace, ntk11_trace, nngp12_full, nngp12_trace: Values
    var ntk_vp_vec, ntk_vp: Values
  }

  struct Input: Decodable { var data: Values }

  struct File: Decodable {
    var inputs: [String: Input]
    var empirical: [Case]
  }

  struct Unsupported: Error { var description: String }

  let cases: [Case]
  private let inputs: [String: Input]

  init() throws {
    let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: OracleFile.url))
    (cases, inputs) = (file.empirical, file.inputs)
  }

  /// Points of a case, `[n, numbers of a point]`.
  func points(_ name: String, on engine: Engine) throws -> Tensor {
    guard let data = inputs[name]?.data, let count = data.shape.first else { throw Unsupported(description: "no input \(name)") }
    return try engine.tensor(data.numbers, rows: count, columns: data.numbers.count / count)
  }

  /// Its network: y = W_std/√fan-in · Wx + b_std b, a ReLU after every layer but the last.
  func architecture(_ description: Case) throws -> Architecture {
    guard let shape = inputs[description.x1]?.data.shape else { throw Unsupported(description: "no input \(description.x1)") }
    var layers: [Architecture.Layer] = []
    var (fanIn, averages) = (shape[shape.count - 1], false)
    for layer in description.layers {
      let map: Architecture.Map
      switch layer.op {
      case "Relu":
        layers[layers.count - 1].activation = .relu
        continue
      case "GlobalAvgPool":
        averages = true
        continue
      case "Dense": map = .dense(outputs: layer.out_dim ?? 0)
      case "Conv":
        guard layer.padding == "SAME", let kernel = layer.filter_shape?.first, layer.filter_shape == [kernel, kernel], kernel % 2 == 1
        else {
          throw Unsupported(description: "\(layer)")
        }
        map = .convolution(channels: layer.out_chan ?? 0, kernel: kernel, stride: 1, padding: kernel / 2)
        fanIn *= kernel * kernel
      default: throw Unsupported(description: layer.op)
      }
      layers.append(
        Architecture.Layer(
          map, averagesPixels: averages, weights: .init(multiplier: (layer.W_std ?? 1) / Double(fanIn).squareRoot()),
          bias: .init(multiplier: layer.b_std ?? 0), activation: nil, name: "\(layers.count)"))
      (fanIn, averages) = (layer.out_dim ?? layer.out_chan ?? 0, false)
    }
    let input: Architecture.Input =
      shape.count == 2 ? .vector(count: shape[1]) : .image(height: shape[1], width: shape[2], channels: shape[3])
    return try Architecture(input: input, layers: layers)
  }

  /// Its network at given parameters: weights (in, out) or (row, column, in, out), then biases, layer by layer.
  func network(_ description: Case, _ parameters: [Values], on engine: Engine) throws -> FiniteNetwork {
    let network = try FiniteNetwork(architecture(description), members: [RandomStream(seed: 0, name: "oracle")], on: engine)
    for layer in network.architecture.layers.indices {
      let (weights, given) = (network.weights(layer), parameters[2 * layer].numbers)
      let transposed = (0..<weights.count).map { given[$0 % weights.columns * weights.rows + $0 / weights.columns] }
      try engine.write(transposed, into: weights)
      if let bias = network.bias(layer) { try engine.write(parameters[2 * layer + 1].numbers, into: bias) }
    }
    return network
  }
}
