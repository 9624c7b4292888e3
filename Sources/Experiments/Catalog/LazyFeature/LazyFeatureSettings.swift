import ArgumentParser
import FiniteNetworks
import Learning
import WideKernels

/// Settings of the experiment `lazy-feature`. Each is an option on the command line and a key of the same name in YAML.
public struct LazyFeatureSettings: ParsableArguments, Sendable {
  public enum Network: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    /// Fully connected.
    case fc
    /// Two blocks of two convolutions 5 × 5, a global average, a read-out.
    case cnn
  }
  public enum Method: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    /// Gradient flow by Euler steps of adaptive length.
    case flow
    case sgd, adam
  }
  public enum Preparation: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    case centred, raw
  }
  public enum Kernels: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    case none, initial, both
  }

  // Data.
  @Option(
    help: "Data with classes: digits (built in), mnist:FOLDER (also Fashion-MNIST, EMNIST), cifar10:FOLDER, … (see `isthmus list data`).",
    completion: .list(["digits", "mnist:", "idx:", "cifar10:", "csv:", "npy:", "npz:", "gaussian"]))
  public var data = "digits"
  @Option(help: "Number of training points.") public var train = 400
  @Option(help: "Number of test points: the next ones.") public var test = 1000
  @Option(help: "Input preparation: centred (subtract the mean of all data, scale to norm √features) or raw.")
  public var preparation = Preparation.centred
  @Option(help: "Principal components to project on, whitened; 0 for the data as they are.") public var components = 0

  // Network.
  @Option(help: "Network: fc or cnn.") public var network = Network.fc
  @Option(help: "Hidden layers of fc.") public var depth = 3
  @Option(help: "Widths h (channels of cnn).") public var widths = "20,60,180"
  @Option(help: "Values of √h·α: small ones make features move, large ones make training lazy.")
  public var alphas = "1e-3,1e-2,1e-1,1,10,100,1e3,1e4,1e5"
  @Option(help: "Activation, scaled to unit second moment.", completion: .list(ActivationCatalog.names)) public var activation =
    "softplus(5)"
  @Option(help: "Scale of biases, which begin at 0; 0 is without.") public var bias = 0.0
  @Option(help: "Whether F is α(f − f₀) (yes) or αf (no).") public var centred = Answer.yes

  // Training.
  @Option(help: "Loss on margins: soft-hinge(β), hinge, or squared.") public var loss = Loss.softHinge(sharpness: 20)
  @Option(help: "Training: flow (adaptive Euler), sgd or adam.") public var method = Method.flow
  @Option(help: "Largest |Δgradient|²/(|g₀||g₁|) of a step of the flow.") public var gradientChange = 1e-4
  @Option(help: "Largest change of an output F in a step of the flow.") public var outputChange = 0.1
  @Option(help: "Rate of sgd and adam.") public var rate = 1e-3
  @Option(help: "Momentum of sgd.") public var momentum = 0.0
  @Option(help: "Points per step of sgd and adam; 0 for all.") public var batch = 32
  @Option(help: "A run ends when every training point has this margin.") public var margin = 1.0
  @Option(help: "Steps after which a run ends in any case.") public var steps = 20000

  // What is recorded.
  @Option(help: "Networks per width and α.") public var draws = 3
  @Option(help: "Seed of data order, networks and batches.") public var seed: UInt64 = 1
  @Option(help: "Test points on which the tangent kernel's change is measured; 0 for none.") public var kernelPoints = 200
  @Option(help: "Training with frozen tangent kernels beside the networks: none, initial, both (initial and final).")
  public var kernels = Kernels.initial
  @Option(help: "Test points on which the function is followed during training.") public var followed = 200
  @Option(help: "Seconds between checkpoints.") public var checkpointSeconds = 60.0

  public init() {}

  public enum Answer: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    case yes, no
  }
}

extension LazyFeatureSettings {
  func check() throws(ExperimentError) {
    func require(_ condition: Bool, _ name: String, _ expected: String, _ got: some Any) throws(ExperimentError) {
      guard condition else { throw .invalidSetting(name: name, expected: expected, got: "\(got)") }
    }
    try require(train >= 2, "train", "at least 2", train)
    try require(test >= 1, "test", "at least 1", test)
    try require(components >= 0, "components", "at least 0", components)
    try require(components == 0 || network == .fc, "components", "0 with --network cnn, which needs images", components)
    try require(components == 0 || preparation == .centred, "components", "0 with --preparation raw", components)
    try require(depth >= 1, "depth", "at least 1", depth)
    try require(bias >= 0 && bias.isFinite, "bias", "at least 0", bias)
    try require(loss != .softmax, "loss", "soft-hinge(β), hinge or squared: there is one output", loss)
    try require(
      method != .flow || loss != .hinge, "loss", "soft-hinge(β) or squared: the slope of hinge jumps, which no flow can follow", loss)
    try require(gradientChange > 0, "gradient-change", "a positive number", gradientChange)
    try require(outputChange > 0, "output-change", "a positive number", outputChange)
    try require(rate > 0 && rate.isFinite, "rate", "a positive number", rate)
    try require(momentum >= 0 && momentum < 1, "momentum", "from 0 to below 1", momentum)
    try require(batch >= 0 && (batch <= train || method == .flow), "batch", "0 to the number of training points", batch)
    try require(margin.isFinite, "margin", "a number", margin)
    try require(steps >= 1, "steps", "at least 1", steps)
    try require(draws >= 1, "draws", "at least 1", draws)
    try require(kernelPoints >= 0, "kernel-points", "at least 0", kernelPoints)
    try require(followed >= 1, "followed", "at least 1", followed)
    try require(checkpointSeconds >= 0, "checkpoint-seconds", "at least 0", checkpointSeconds)
    _ = try (widthList(), alphaList())
  }

  /// What the flow of a frozen kernel descends: a soft hinge stands for `hinge`, and ends at the same margins.
  var kernelLoss: Loss { loss == .hinge ? .softHinge(sharpness: 20) : loss }

  func widthList() throws(ExperimentError) -> [Int] { try Self.list(widths, "widths", "widths of at least 1, such as 20,60") { $0 >= 1 } }

  func alphaList() throws(ExperimentError) -> [Double] {
    try Self.list(alphas, "alphas", "positive numbers, such as 1e-2,1,100") { $0 > 0 && $0.isFinite }
  }

  private static func list<Number: LosslessStringConvertible & Hashable & Comparable>(
    _ text: String, _ name: String, _ expected: String, where isValid: (Number) -> Bool
  ) throws(ExperimentError) -> [Number] {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Number(String($0.trimmingWhitespace())) }
    guard numbers.allSatisfy({ $0.map(isValid) ?? false }) else { throw .invalidSetting(name: name, expected: expected, got: text) }
    return Set(numbers.compactMap { $0 }).sorted()
  }

  /// The network of width `h`; the last layer is divided by h, the others by the root of their fan-in.
  func architecture(width h: Int, input: Architecture.Input) throws -> Architecture {
    let activation: any Activation
    do { activation = try ActivationCatalog.activation(self.activation) } catch {
      throw ExperimentError.invalidSetting(name: "activation", expected: "an activation (\(error))", got: self.activation)
    }
    // E[φ(z)²] = 1 / gain² for standard normal z.
    let gain = 1 / activation.diagonal(1.0).dual.squareRoot()
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
