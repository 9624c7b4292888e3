import ArgumentParser
import Datasets
import Losses
import WideKernels
import YAMLFiles

/// Settings of the experiment `finite-width`. Each is an option on the command line and a key of the same name in YAML.
public struct FiniteWidthSettings: ExperimentSettings {
  // Networks.
  @Option(help: NetworkFile.help, completion: NetworkFile.completion, transform: { try NetworkFile($0) })
  public var network: NetworkFile?
  @Option(help: "Networks: widths of bottlenecks, chains such as 2x2, inf for none; with --network also `network`, its own.") public
    var bottlenecks = "2,2x2,2x2x2"
  @Option(help: "Widths of the hidden layers of the finite networks.") @Within(1...1_000_000) public var widths: NumberList<Int> =
    "256,512,1024,2048,4096"
  @Option(help: "Independent draws of the initial functions at every width.") @Within(1...100_000) public var draws = 48
  @Option(help: "Hidden layers of the first block.") @Within(1...1000) public var firstDepth = 1
  @Option(help: "Hidden layers of every block after the first.") @Within(1...1000) public var upperDepth = 1
  @Option(
    help: "Activation, one for all blocks or one per block: erf, or relu,erf. See `isthmus list activations`.",
    completion: .list(ActivationKind.names))
  public var activation = "erf"
  @Option(help: "Variance of the weights of hidden layers, σ_w².") @Within(above: 0, to: 1e10) public var weightVariance = 2.25
  @Option(help: "Variance of the biases of hidden layers, σ_b².") @Within(0...1e10) public var biasVariance = 0.25

  // Training.
  @Option(help: "Learning rate η of all networks; by default --rate-fraction says it.") @Within(above: 0, to: 1e10) public var rate:
    Double? = nil
  @Option(help: "Rate as a fraction of the stability limit 2/λmax(Θ/N) of the network without bottlenecks of the same layers.")
  @Within(above: 0, below: 1) public var rateFraction = 0.05
  @Option(help: "Loss: squared (½|F − y|²), softmax (cross-entropy), and for targets ±1 hinge or soft-hinge(β).") public var loss = Loss
    .squared
  @Option(help: "Points per mini-batch; 0 for full batch.") @Within(0...10_000_000) public var batch = 0
  @Option(help: "Steps of gradient descent.") @Within(1...10_000_000) public var steps = 200
  @Option(help: "Steps of which the largest error counts, such as 0,20,100,200; by default 0, a 15th, a third and all of --steps.")
  @Within(0...10_000_000) public var times: NumberList<Int>? = nil
  @Option(help: "Steps at which curves are read, spaced evenly in log steps.") @Within(2...100_000) public var readings = 20
  @Option(help: "Training points on which tangent kernels are compared; all where there are fewer.") @Within(0...10_000_000) public
    var kernelPoints = 80

  // Data, the same for all draws.
  @Option(
    help: "Data: digits (built in), gaussian (synthetic), mnist:FOLDER, csv:FILE, … (see `isthmus list data`).",
    completion: .list(["digits", "mnist:", "idx:", "cifar10:", "csv:", "npy:", "npz:", "gaussian"]))
  public var data = "gaussian:features=6"
  @Option(help: "Number of training points.") @Within(2...10_000_000) public var train = 16
  @Option(help: "Number of test points.") @Within(1...10_000_000) public var test = 8
  @Option(help: "Target: parity, onehot, regression, random, random-classes.") public var target = TargetKind.random
  @Option(help: "Target scale: the lazy/feature knob.") @Within(1e-100...1e100) public var targetScale = 1.0
  @Option(help: "Input preparation: std (subtract the training mean, scale to norm √features), norm (scale only), raw.")
  public var preparation = InputPreparation.std
  @Option(help: "Order of the points: shuffled (by the seed) or file (the first ones).") public var order = PointOrder.shuffled
  @Option(help: "Seed of draws, data selection and batches.") @Within(0...UInt64.max) public var seed: UInt64 = 1

  // Numerics.
  @Option(help: "History of the limit: exact (every visited centre; cost steps²·points²), basis, or auto (basis, but exact with kinks).")
  public var history = BottleneckSettings.History.exact
  @Option(help: "Tolerance ε of the online basis.") @Within(above: 0, below: 1) public var tolerance = 1e-6
  @Option(help: "Memory to use on the device, such as 8GB; by default three quarters of it. It decides how many draws advance together.")
  @Within(ByteCount(bytes: 1)...ByteCount.largest) public var memory: ByteCount? = nil

  public static let sections: [String: SettingsSection] = [
    "network": .network, "draws": .training, "first-depth": .network, "rate": .training, "data": .data, "seed": .training,
    "history": .limit, "memory": .resources,
  ]

  public init() {}
}

extension FiniteWidthSettings: ChainSettings {
  package var rankLimit: Int { 1 << 20 }

  package func firstDepth(bottlenecks count: Int) -> Int { firstDepth }

  /// Steps of which the largest error counts.
  var comparedSteps: Set<Int> { times.map { Set($0.values) } ?? [0, steps / 15, steps / 3, steps] }

  public func checkTogether() throws {
    let late = times?.values.first { $0 > steps }
    try require(late == nil, "times", "steps from 0 to \(steps), such as 0,\(steps)", late ?? 0)
    try require(batch <= train, "batch", "at most the \(train) training points, or 0 for full batch", batch)
    try RunCount.check([("networks", chains().count), ("widths", widths.values.count), ("draws", draws)])
  }
}
