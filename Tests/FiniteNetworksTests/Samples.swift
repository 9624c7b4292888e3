import BackendCatalog
import Compute
import FiniteNetworks
import Losses
import Networks
import Testing
import WideKernels

/// Small networks of every kind with points, on every device present.
enum Samples {
  static let seed: UInt64 = 31

  /// Every backend present, in float64: at least the reference and the processor.
  static func engines() throws -> [Engine] {
    let backends = BackendCatalog.all().compactMap { try? $0.backend.get() }.filter { $0.device.precisions.contains(.float64) }
    try #require(backends.count >= 2, "\(backends.map(\.device.identifier))")
    return try backends.map { try Engine($0) }
  }

  static func chain(_ parametrisation: Parametrisation = .ntk) throws -> Architecture {
    let hidden = Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25)
    let network = Network(
      inputs: 5,
      blocks: [WideBlock(hidden: [hidden, hidden], outputs: 2, readoutBiasVariance: 0.1), WideBlock(hidden: [hidden], outputs: 3)])
    return try Architecture(network, width: 7, parametrisation: parametrisation)
  }

  static func linear() throws -> Architecture {
    try .fullyConnected(inputs: 5, widths: [6, 2, 7], outputs: 2, activation: .identity, biasDeviation: 0.3)
  }

  /// Two convolutions of different strides on images of 6 × 5 pixels with 2 channels; averaged over pixels, or not.
  static func convolutional(averages: Bool, activation: ActivationKind = .softplus(Softplus(sharpness: 5))) throws -> Architecture {
    let shape: [Architecture.Layer] = [
      Architecture.Layer(
        .convolution(channels: 3, kernel: 3, stride: 2, padding: 1), weights: .init(multiplier: 0.4), bias: .init(multiplier: 0.2),
        activation: activation, name: "0"),
      Architecture.Layer(
        .convolution(channels: 4, kernel: 2, stride: 1, padding: 1), weights: .init(multiplier: 0.4), activation: activation, name: "1"),
      Architecture.Layer(
        .dense(outputs: 2), averagesPixels: averages, weights: .init(multiplier: 0.5), bias: .init(multiplier: 0.1), activation: nil,
        name: "2"),
    ]
    return try Architecture(input: .image(height: 6, width: 5, channels: 2), layers: shape)
  }

  static func all() throws -> [(name: String, architecture: Architecture)] {
    try [
      ("chain", chain()), ("linear", linear()), ("pooled images", convolutional(averages: true)),
      ("images", convolutional(averages: false)),
    ]
  }

  static func network(_ architecture: Architecture, members: Int = 2, on engine: Engine) throws -> FiniteNetwork {
    try FiniteNetwork(architecture, members: (0..<members).map { RandomStream(seed: seed, name: "member/\($0)") }, on: engine)
  }

  static func points(_ architecture: Architecture, _ count: Int, name: String = "points", on engine: Engine) throws -> Tensor {
    let values = RandomStream(seed: seed, name: name).normals(count * architecture.inputs)
    return try engine.tensor(values, rows: count, columns: architecture.inputs)
  }

  /// Targets that suit a loss.
  static func targets(_ loss: Loss, _ architecture: Architecture, _ count: Int, on engine: Engine) throws -> Tensor {
    let c = architecture.outputs
    let numbers = RandomStream(seed: seed, name: "targets").normals(count * c)
    let values: [Double]
    switch loss {
    case .squared: values = numbers
    case .softmax: values = (0..<count * c).map { $0 % c == $0 / c % c ? 1 : 0 }
    case .hinge, .softHinge: values = numbers.map { $0 < 0 ? -1 : 1 }
    }
    return try engine.tensor(values, rows: count, columns: c)
  }

  /// A direction in the space of parameters, for every member, as long as the parameters' parts in use.
  static func direction(_ network: FiniteNetwork, _ name: String) throws -> Tensor {
    let other = try FiniteNetwork(
      network.architecture.drawnStandard, members: (0..<network.members).map { RandomStream(seed: seed, name: "\(name)/\($0)") },
      on: network.engine)
    return other.parameters
  }
}

extension Architecture {
  /// The same with every parameter standard normal at the start.
  var drawnStandard: Architecture {
    get throws {
      try Architecture(
        input: input,
        layers: layers.map { layer in
          var layer = layer
          layer.weights.deviation = 1
          layer.bias?.deviation = 1
          return layer
        })
    }
  }
}

/// The largest |a − b| of two lists; infinite where their lengths differ or a difference is no number, which `max` would pass over.
func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count, !a.isEmpty else { return .infinity }
  return zip(a, b).reduce(0) { worst, pair in
    let difference = abs(pair.0 - pair.1)
    return difference <= worst ? worst : difference.isNaN ? .infinity : difference
  }
}

/// a · b over all numbers of every member.
func products(_ a: Tensor, _ b: Tensor, on engine: Engine) throws -> [Double] {
  let (x, y) = (try engine.read(a), try engine.read(b))
  let count = a.rows * a.columns
  return (0..<a.batch).map { member in (0..<count).reduce(0) { $0 + x[member * count + $1] * y[member * count + $1] } }
}
