import ArgumentParser
import FiniteNetworks
import Losses
import WideKernels

/// Settings of the experiment `lazy-feature`. Each is an option on the command line and a key of the same name in YAML.
public struct LazyFeatureSettings: ExperimentSettings {
  /// Architectures of the finite networks.
  public enum Network: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    /// Fully connected.
    case fc
    /// Two blocks of two convolutions 5 × 5, a global average, a read-out.
    case cnn
  }
  /// Methods of training.
  public enum Method: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    /// Gradient flow by Euler steps of adaptive length.
    case flow
    /// Stochastic gradient descent, and Adam.
    case sgd, adam
  }
  /// Preparations of the inputs.
  public enum Preparation: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    /// Inputs without their mean and of norm √features, or as they are.
    case centred, raw
  }
  /// Frozen tangent kernels with which training is repeated.
  public enum Kernels: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    /// No kernel, that at the start, or those at the start and at the end.
    case none, initial, both
  }

  // Data.
  @Option(
    help: "Data with classes: digits (built in), mnist:FOLDER (also Fashion-MNIST, EMNIST), cifar10:FOLDER, … (see `isthmus list data`).",
    completion: .list(["digits", "mnist:", "idx:", "cifar10:", "csv:", "npy:", "npz:", "gaussian"]))
  public var data = "digits"
  @Option(help: "Number of training points.") @Within(2...10_000_000) public var train = 400
  @Option(help: "Number of test points: the next ones.") @Within(1...10_000_000) public var test = 1000
  @Option(help: "Input preparation: centred (subtract the mean of all data, scale to norm √features) or raw.")
  public var preparation = Preparation.centred
  @Option(help: "Principal components to project on, whitened; 0 for the data as they are.") @Within(0...1_000_000) public var components =
    0

  // Network.
  @Option(help: "Network: fc or cnn.") public var network = Network.fc
  @Option(help: "Hidden layers of fc.") @Within(1...1000) public var depth = 3
  @Option(help: "Widths h (channels of cnn).") @Within(1...1_000_000) public var widths: NumberList<Int> = "20,60,180"
  @Option(help: "Values of √h·α: small ones make features move, large ones make training lazy.")
  @Within(1e-12...1e12) public var alphas: NumberList<Double> = "1e-3,1e-2,1e-1,1,10,100,1e3,1e4,1e5"
  @Option(help: "Activation, scaled to unit second moment.", completion: .list(ActivationKind.names)) public var activation =
    "softplus(5)"
  @Option(help: "Scale of biases, which begin at 0; 0 is without.") @Within(0...1e6) public var bias = 0.0
  @Option(help: "Whether F is α(f − f₀) (yes) or αf (no).") public var centred = Answer.yes

  // Training.
  @Option(help: "Loss on margins: soft-hinge(β), hinge, or squared.") public var loss = Loss.softHinge(sharpness: 20)
  @Option(help: "Training: flow (adaptive Euler), sgd or adam.") public var method = Method.flow
  @Option(help: "Largest |Δgradient|²/(|g₀||g₁|) of a step of the flow.") @Within(above: 0, to: 1e6) public var gradientChange = 1e-4
  @Option(help: "Largest change of an output F in a step of the flow.") @Within(above: 0, to: 1e6) public var outputChange = 0.1
  @Option(help: "Rate of sgd and adam.") @Within(above: 0, to: 1e10) public var rate = 1e-3
  @Option(help: "Momentum of sgd.") @Within(from: 0, below: 1) public var momentum = 0.0
  @Option(help: "Points per step of sgd and adam; 0 for all.") @Within(0...10_000_000) public var batch = 32
  @Option(help: "A run ends when every training point has this margin.") @Within(-1e6...1e6) public var margin = 1.0
  @Option(help: "Steps after which a run ends in any case.") @Within(1...100_000_000) public var steps = 20000

  // What is recorded.
  @Option(help: "Networks per width and α.") @Within(1...100_000) public var draws = 3
  @Option(help: "Seed of data order, networks and batches.") @Within(0...UInt64.max) public var seed: UInt64 = 1
  @Option(help: "Test points on which the tangent kernel's change is measured; 0 for none; all where there are fewer.")
  @Within(0...10_000_000) public
    var kernelPoints = 200
  @Option(help: "Training with frozen tangent kernels beside the networks: none, initial, both (initial and final).")
  public var kernels = Kernels.initial
  @Option(help: "Test points on which the function is followed during training; all where there are fewer.") @Within(1...10_000_000) public
    var followed = 200
  @Option(help: "Seconds between checkpoints.") @Within(0...1e9) public var checkpointSeconds = 60.0

  public static let sections: [String: SettingsSection] = [
    "data": .data, "network": .network, "loss": .training, "kernels": .limit, "followed": .training, "checkpoint-seconds": .resources,
  ]

  public init() {}

  /// An answer to a question that has two.
  public enum Answer: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    /// The two answers.
    case yes, no
  }
}

extension LazyFeatureSettings {
  public func checkTogether() throws {
    try require(components == 0 || network == .fc, "components", "0 with --network cnn, which needs images", components)
    try require(components == 0 || preparation == .centred, "components", "0 with --preparation raw", components)
    try require(loss != .softmax, "loss", "soft-hinge(β), hinge or squared: there is one output", loss)
    try require(
      method != .flow || loss != .hinge, "loss", "soft-hinge(β) or squared: the slope of hinge jumps, which no flow can follow", loss)
    try require(batch <= train || method == .flow, "batch", "0 to the number of training points", batch)
    try RunCount.check([("widths", widths.values.count), ("alphas", alphas.values.count), ("draws", draws)])
  }

  /// What the flow of a frozen kernel descends: a soft hinge stands for `hinge`, and ends at the same margins.
  var kernelLoss: Loss { loss == .hinge ? .softHinge(sharpness: 20) : loss }

  /// Steps that are taken, as the plan guesses: a flow on the tasks tried took so many to its margins.
  var expectedSteps: Double { method == .flow ? min(2500, Double(steps)) : Double(steps) }

  /// Steps of a flow with a frozen kernel, as the plan guesses.
  var expectedKernelSteps: Double { min(400, Double(steps)) }

  /// Widths in ascending order.
  var widthList: [Int] { widths.values.sorted() }
  var alphaList: [Double] { alphas.values.sorted() }

  /// The network of width `h`; the last layer is divided by h, the others by the root of their fan-in.
  func architecture(width h: Int, input: Architecture.Input) throws -> Architecture {
    let activation: ActivationKind
    do { activation = try ActivationKind(self.activation) } catch {
      throw ExperimentError.invalidSetting(name: "activation", expected: "an activation (\(error))", got: self.activation)
    }
    // E[φ(z)²] = 1 / gain² for standard normal z.
    let gain = 1 / activation.formulas.diagonal(1.0).dual.squareRoot()
    let bias = self.bias > 0 ? Architecture.Scale(multiplier: self.bias, deviation: 0) : nil
    var layers: [Architecture.Layer] = []
    switch network {
    case .fc:
      var fanIn = input.features
      for index in 0..<depth {
        layers.append(
          Architecture.Layer(
            .dense(outputs: h), weights: .init(multiplier: (index == 0 ? 1 : gain) / Double(fanIn).squareRoot()), bias: bias,
            activation: activation, name: "\(index)"))
        fanIn = h
      }
    case .cnn:
      guard case .image(_, _, let channels) = input else {
        throw ExperimentError.invalidSetting(name: "network", expected: "fc for data that are no images", got: "cnn")
      }
      for index in 0..<4 {
        let fanIn = 25 * (index == 0 ? channels : h)
        layers.append(
          Architecture.Layer(
            .convolution(channels: h, kernel: 5, stride: index % 2 == 0 ? 2 : 1, padding: 1),
            weights: .init(multiplier: (index == 0 ? 1 : gain) / Double(fanIn).squareRoot()), activation: activation, name: "\(index)"))
      }
    }
    layers.append(
      Architecture.Layer(
        .dense(outputs: 1), averagesPixels: network == .cnn, weights: .init(multiplier: gain / Double(h)), bias: bias, activation: nil,
        name: "\(layers.count)"))
    return try Architecture(input: input, layers: layers)
  }
}

extension Architecture.Input {
  var features: Int {
    switch self {
    case .vector(let count): count
    case .image(let height, let width, let channels): height * width * channels
    }
  }
}
