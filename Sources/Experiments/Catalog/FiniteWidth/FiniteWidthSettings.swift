import ArgumentParser
import Datasets
import Learning
import WideKernels

/// Settings of the experiment `finite-width`. Each is an option on the command line and a key of the same name in YAML.
public struct FiniteWidthSettings: ParsableArguments, Sendable {
  // Networks.
  @Option(help: "Networks: widths of bottlenecks, chains such as 2x2, inf for none.") public var bottlenecks = "2,2x2,2x2x2"
  @Option(help: "Widths of the hidden layers of the finite networks.") public var widths = "256,512,1024,2048,4096"
  @Option(help: "Independent draws of the initial functions at every width.") public var draws = 48
  @Option(help: "Hidden layers of the first block.") public var firstDepth = 1
  @Option(help: "Hidden layers of every block after the first.") public var upperDepth = 1
  @Option(
    help: "Activation, one for all blocks or one per block: erf, or relu,erf. See `isthmus list activations`.",
    completion: .list(ActivationCatalog.names))
  public var activation = "erf"
  @Option(help: "Variance of the weights of hidden layers, σ_w².") public var weightVariance = 2.25
  @Option(help: "Variance of the biases of hidden layers, σ_b².") public var biasVariance = 0.25

  // Training.
  @Option(help: "Learning rate η of all networks; by default --rate-fraction says it.") public var rate: Double?
  @Option(help: "Rate as a fraction of the stability limit 2/λmax(Θ/N) of the network without bottlenecks of the same layers.")
  public var rateFraction = 0.05
  @Option(help: "Loss: squared (½|F − y|²), softmax (cross-entropy), and for targets ±1 hinge or soft-hinge(β).") public var loss = Loss
    .squared
  @Option(help: "Points per mini-batch; 0 for full batch.") public var batch = 0
  @Option(help: "Steps of gradient descent.") public var steps = 200
  @Option(help: "Steps of which the largest error counts, such as 0,20,100,200; by default 0, a 15th, a third and all of --steps.")
  public var times: String?
  @Option(help: "Steps at which curves are read, spaced evenly in log steps.") public var readings = 20
  @Option(help: "Training points on which tangent kernels are compared.") public var kernelPoints = 80

  // Data, the same for all draws.
  @Option(
    help: "Data: digits (built in), gaussian (synthetic), mnist:FOLDER, csv:FILE, … (see `isthmus list data`).",
    completion: .list(["digits", "mnist:", "idx:", "cifar10:", "csv:", "npy:", "npz:", "gaussian"]))
  public var data = "gaussian:features=6"
  @Option(help: "Number of training points.") public var train = 16
  @Option(help: "Number of test points.") public var test = 8
  @Option(help: "Target: parity, onehot, regression, random, random-classes.") public var target = TargetKind.random
  @Option(help: "Target scale: the lazy/feature knob.") public var targetScale = 1.0
  @Option(help: "Input preparation: std (subtract the training mean, scale to norm √features), norm (scale only), raw.")
  public var preparation = InputPreparation.std
  @Option(help: "Order of the points: shuffled (by the seed) or file (the first ones).") public var order = PointOrder.shuffled
  @Option(help: "Seed of draws, data selection and batches.") public var seed: UInt64 = 1

  // Numerics.
  @Option(help: "History of the limit: exact (every visited centre; cost steps²·points²), basis, or auto (basis, but exact with kinks).")
  public var history = BottleneckSettings.History.exact
  @Option(help: "Tolerance ε of the online basis.") public var tolerance = 1e-6
  @Option(help: "Memory to use on the device, such as 8GB; by default three quarters of it. It decides how many draws advance together.")
  public var memory: ByteCount?

  public init() {}
}

extension FiniteWidthSettings: DataSettings {
  func chains() throws(ExperimentError) -> [Chain] { try Chain.list(bottlenecks) }

  func hiddenWidths() throws(ExperimentError) -> [Int] {
    try Self.numbers(widths, of: "widths", expected: "widths of at least 1, such as 256,1024") { $0 >= 1 }
  }

  /// Steps of which the largest error counts.
  func comparedSteps() throws(ExperimentError) -> Set<Int> {
    guard let times else { return [0, steps / 15, steps / 3, steps] }
    return Set(try Self.numbers(times, of: "times", expected: "steps from 0 to \(steps), such as 0,\(steps)") { (0...steps).contains($0) })
  }

  private static func numbers(
    _ text: String, of name: String, expected: String, where isValid: (Int) -> Bool
  ) throws(ExperimentError) -> [Int] {
    var numbers: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let number = Int(part.trimmingWhitespace()), isValid(number) else {
        throw .invalidSetting(name: name, expected: expected, got: text)
      }
      if !numbers.contains(number) { numbers.append(number) }
    }
    return numbers
  }

  var blocks: ChainBlocks {
    ChainBlocks(
      firstDepth: firstDepth, upperDepth: upperDepth, activation: activation, weightVariance: weightVariance, biasVariance: biasVariance)
  }

  /// Ranges that no type expresses; called after parsing.
  public func validate() throws {
    func require(_ condition: Bool, _ name: String, _ expected: String, _ got: Any) throws {
      guard condition else { throw ExperimentError.invalidSetting(name: name, expected: expected, got: "\(got)") }
    }
    _ = try chains()
    _ = try hiddenWidths()
    try require(steps >= 1, "steps", "at least 1", steps)
    _ = try comparedSteps()
    try require(draws >= 1, "draws", "at least 1", draws)
    try require(train >= 2, "train", "at least 2 points", train)
    try require(test >= 1, "test", "at least 1 point", test)
    try require(firstDepth >= 1, "first-depth", "at least 1 hidden layer", firstDepth)
    try require(upperDepth >= 1, "upper-depth", "at least 1 hidden layer", upperDepth)
    try require(weightVariance > 0 && weightVariance.isFinite, "weight-variance", "a positive number", weightVariance)
    try require(biasVariance >= 0 && biasVariance.isFinite, "bias-variance", "a number of at least 0", biasVariance)
    try require(rate.map { $0 > 0 && $0.isFinite } ?? true, "rate", "a positive number", rate ?? 0)
    try require(rateFraction > 0 && rateFraction < 1, "rate-fraction", "a number between 0 and 1", rateFraction)
    try require((0...train).contains(batch), "batch", "at most the \(train) training points, or 0 for full batch", batch)
    try require(readings >= 2, "readings", "at least 2", readings)
    try require(kernelPoints >= 0, "kernel-points", "at least 0", kernelPoints)
    try require(targetScale > 0 && targetScale.isFinite, "target-scale", "a positive number", targetScale)
    try require(tolerance > 0 && tolerance < 1, "tolerance", "a number between 0 and 1", tolerance)
  }
}
