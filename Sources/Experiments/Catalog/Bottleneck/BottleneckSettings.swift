import ArgumentParser
import Datasets
import Learning
import Losses
import WideKernels
import YAMLFiles

/// Settings of the experiment `bottleneck`. Each is an option on the command line and a key of the same name in YAML.
public struct BottleneckSettings: ExperimentSettings {
  /// How what training adds to a block is kept.
  public enum History: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    /// The kind chosen by the activation, the online basis, or the exact history.
    case auto, basis, exact
  }
  /// Runs that get a perturbed twin, which measures their sensitivity.
  public enum Twin: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    /// The runs of the comparison at one rate, all runs, or none.
    case same, all, none
  }
  /// Learning rates at which networks are compared.
  public enum Comparison: String, ExpressibleByArgument, Codable, Sendable, CaseIterable {
    /// One rate for all, each network at its own best rate, or both.
    case same, own, both
  }

  // Data.
  @Option(
    help: "Data: digits (built in), mnist:FOLDER, cifar10:FILE, csv:FILE, npy:X.npy,Y.npy, gaussian, … (see `isthmus list data`).",
    completion: .list(["digits", "mnist:", "idx:", "cifar10:", "csv:", "npy:", "npz:", "gaussian"]))
  public var data = "digits"
  @Option(help: "Number of training points.") @Within(2...10_000_000) public var train = 1000
  @Option(help: "Number of test points.") @Within(1...10_000_000) public var test = 797
  @Option(help: "Target: parity, onehot, regression, random, random-classes.") public var target = TargetKind.parity
  @Option(help: "Target scale: the lazy/feature knob. Training to ±s is training an output multiplied by 1/s to ±1.")
  @Within(1e-100...1e100) public var targetScale = 10.0
  @Option(help: "Input preparation: std (subtract the training mean, scale to norm √features), norm (scale only), raw.")
  public var preparation = InputPreparation.std

  @Option(help: "Order of the points: shuffled (by the seed) or file (the first ones, as the rows of a kernel file are).")
  public var order = PointOrder.shuffled

  // Network.
  @Option(help: NetworkFile.help, completion: NetworkFile.completion, transform: { try NetworkFile($0) })
  public var network: NetworkFile?
  @Option(help: "Bottlenecks to compare: widths, chains such as 2x2, inf for none; with --network also `network`, its own.") public
    var bottlenecks = "1,2,4,8,16,inf"
  @Option(help: "Hidden layers in all; the first block takes what the others leave.") @Within(1...1000) public var depth = 4
  @Option(help: "Hidden layers of every block after the first.") @Within(1...1000) public var upperDepth = 1
  @Option(
    help: "Activation, one for all blocks or one per block: erf, or relu,erf. See `isthmus list activations`.",
    completion: .list(ActivationKind.names))
  public var activation = "erf"
  @Option(help: "Variance of the weights of hidden layers, σ_w².") @Within(above: 0, to: 1e10) public var weightVariance = 2.25
  @Option(help: "Variance of the biases of hidden layers, σ_b².") @Within(0...1e10) public var biasVariance = 0.25
  @Option(help: "Blocks that begin at zero (two copies that cancel), by index from 0: for instance 1.")
  @Within(0...1000) public var symmetrised: NumberList<Int>? = nil
  @Option(help: "Width of the finite blocks that the later blocks begin as; 0 takes 4096, or 1024 with several hidden layers.")
  @Within(0...1_000_000) public var featureWidth = 0

  @Option(
    help: "NPY file with the tangent kernel of a first block computed elsewhere: rows and columns are training, then test points.",
    completion: .file(extensions: ["npy"]))
  public var theta: String?
  @Option(help: "NPY file with that block's NNGP kernel.", completion: .file(extensions: ["npy"])) public var nngp: String?
  @Option(help: "Width of a finite random network as which the first block begins; 0 draws it from its Gaussian process.")
  @Within(0...1_000_000) public var firstWidth = 0

  // Training.
  @Option(help: "Loss: squared (½|F − y|²), softmax (cross-entropy), and for targets ±1 hinge or soft-hinge(β).") public var loss = Loss
    .squared
  @Option(help: "Points per mini-batch; 0 for full batch.") @Within(0...10_000_000) public var batch = 0
  @Option(help: "Comparisons: same (one rate for all), own (each at its own best rate), or both.") public var compare = Comparison.both
  @Option(help: "Rate of the comparison at one rate, as a fraction of the stability limit 2/λmax(Θ/N) of the network without bottleneck.")
  @Within(above: 0, below: 1) public var rateFraction = 0.1
  @Option(help: "Learning rate η of the comparison at one rate, in place of a fraction.") @Within(above: 0, to: 1e10) public var rate:
    Double? = nil
  @Option(help: "Fractions of each network's own initial stability limit among which its best rate is sought.")
  @Within(above: 0, below: 1) public var ownFractions: NumberList<Double> = "0.1,0.25,0.5,0.9"
  @Option(help: "Heavy-ball momentum μ, from 0 to below 1; the stability limit is 1 + μ times higher.") @Within(from: 0, below: 1) public
    var momentum = 0.0
  @Option(help: "Rates of the blocks over the common one, from the first block on, such as 1,0.5.")
  @Within(0...1e6) public var blockRates: NumberList<Double>? = nil
  @Option(help: "Steps at most.") @Within(1...100_000_000) public var steps = 200
  @Option(help: "A run ends when its loss is at most this fraction of the initial loss; 0 never ends early.") @Within(from: 0, below: 1)
  public var stopAt = 8e-4
  @Option(help: "Independent draws of the initial functions.") @Within(1...100_000) public var draws = 8
  @Option(help: "Seed of draws, data selection and batches.") @Within(0...UInt64.max) public var seed: UInt64 = 1

  // Numerics.
  @Option(help: "Tolerance ε of the online basis.") @Within(above: 0, below: 1) public var tolerance = 1e-2
  @Option(help: "auto (exact for activations with kinks, else basis), basis, or exact (every visited centre; cost steps²·points²).")
  public var history = History.auto
  @Option(help: "A run ends when its basis would need more pivots than this.") @Within(1...1_000_000) public var rankLimit = 6000
  @Option(help: "Added to the diagonal of the first block's covariance, times its mean: duplicate inputs need some. It is recorded.")
  @Within(from: 0, below: 1) public var jitter = 1e-10
  @Option(help: "Perturbed twins that measure sensitivity: same (for the comparison at one rate), all, none.") public var twin = Twin.same

  // Scale.
  @Option(help: "Memory to use on the device, such as 8GB; by default three quarters of it. It decides how Θ_0 is kept.")
  @Within(ByteCount(bytes: 1)...ByteCount.largest) public var memory: ByteCount? = nil
  @Option(help: "How Θ_0 is kept: float64, packed, float32, packed-float32, recomputed; by default the fastest that memory allows.")
  public var thetaStorage: KernelStorage?
  @Option(help: "Seconds between checkpoints, from which a killed run goes on; 0 saves none until the end.") @Within(0...1e9) public
    var checkpointSeconds = 120.0

  // Records.
  @Option(help: "Training points on which kernel movement and alignment are measured; all where there are fewer.") @Within(0...10_000_000)
  public var kernelPoints = 80
  @Option(help: "Steps at which test points and the kernel are read, spaced evenly in log steps.") @Within(2...100_000) public
    var readings = 20
  @Flag(help: "Save F at training and test points as arrays/outputs-*.npy: at --output-steps and where a run ends.")
  public var saveOutputs = false
  @Option(help: "Steps at which --save-outputs saves F, beside the last one of each run.") @Within(0...100_000_000) public
    var outputSteps: NumberList<Int> = "0"
  @Option(
    help: "NPY file with further points, a row for each as in the data, at which --save-outputs saves F, too.",
    completion: .file(extensions: ["npy"]))
  public var at: String?

  public static let sections: [String: SettingsSection] = [
    "data": .data, "network": .network, "loss": .training, "tolerance": .limit, "memory": .resources, "kernel-points": .training,
  ]

  public init() {}
}
