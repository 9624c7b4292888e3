import ArgumentParser
import StudyRecords

/// Settings of the experiment `linear-acceleration`. Each is an option on the command line and a key of the same name in YAML.
public struct LinearAccelerationSettings: ExperimentSettings {
  // Speed-up.
  @Option(help: "Norms (E[F*²])^½ of the target; the random initial function has norm 1.") @Within(1e-6...1e6) public var targetNorms:
    NumberList<Double> = "0.3,1,3,10"
  @Option(help: "Bottlenecks to compare: widths, chains such as 2x2; each with the network without.") public var bottlenecks = "1,2,8,64"
  @Option(help: "Input covariances, by the decay a of their eigenvalues j^−a; 0 is white.") @Within(0...30) public var spectrum:
    NumberList<Double> = "0,2"
  @Option(help: "What is trained: raw (F, random at the start), centred (F − F_0), or both.") public var start = "raw,centred"
  @Option(help: "Width n_0 of the input.") @Within(1...10_000) public var inputs = 8
  @Option(help: "Weight matrices of g, the segment before the first bottleneck.") @Within(1...1000) public var layersG = 2
  @Option(help: "Weight matrices of f and of every further segment after a bottleneck.") @Within(1...1000) public var layersF = 2
  @Option(help: "Fraction of the initial loss whose time is compared.") @Within(1e-12...0.999) public var fraction = 1e-3
  @Option(help: "A run ends at this many times the time without bottleneck.") @Within(above: 1, to: 1e9) public var horizon = 1000.0
  @Option(help: "Relative tolerance of the integrator.") @Within(1e-13...1e-3) public var tolerance = 1e-9
  @Option(help: "Independent draws of initial functions, targets and data.") @Within(1...100_000) public var draws = 20
  @Option(help: "Seed of all draws.") @Within(0...UInt64.max) public var seed: UInt64 = 1

  // End-to-end rule and singular modes.
  @Option(help: "Depths N of end-to-end rules and singular modes.") @Within(1...100) public var depths: NumberList<Int> = "1,2,3,4"
  @Option(help: "Powers p of ℓ_p regression, even.") @Within(2...16) public var powers: NumberList<Int> = "2,4"
  @Option(help: "Inputs of the Gaussian regression.") @Within(1...10_000) public var regressionInputs = 10
  @Option(help: "Points of the Gaussian regression.") @Within(1...1_000_000) public var regressionPoints = 50
  @Option(help: "Condition number of the Gaussian regression's input covariance.") @Within(1...1e12) public var condition = 30.0
  @Option(help: "Norm of the product at the start of regression.") @Within(1e-12...1e6) public var startNorm = 1e-3
  @Option(help: "Strengths s of the singular modes, decreasing.") @Within(1e-12...1e6) public var modes: NumberList<Double> = "4,2,1"
  @Option(help: "Size of every singular mode at the start.") @Within(1e-12...1e6) public var modeStart = 1e-3

  // Finite width.
  @Option(help: "Widths of finite networks, compared with the limit.") @Within(1...1_000_000) public var widths: NumberList<Int> =
    "64,256,1024,4096"
  @Option(help: "Bottleneck of the finite networks.") @Within(1...10_000) public var widthBottleneck = 2
  @Option(help: "Norm of the finite networks' target.") @Within(1e-6...1e6) public var widthNorm = 3.0
  @Option(help: "Steps of gradient descent of finite networks and of their limit.") @Within(1...10_000_000) public var steps = 150
  @Option(help: "Rate of these steps, as a fraction of the stability limit of the network without bottleneck.") @Within(above: 0, below: 1)
  public var rateFraction = 0.025

  public static let sections: [String: SettingsSection] = [
    "target-norms": .data, "bottlenecks": .network, "spectrum": .data, "start": .training, "inputs": .network, "fraction": .training,
    "tolerance": .limit, "draws": .training, "depths": .network, "powers": .training, "regression-inputs": .data, "start-norm": .training,
    "modes": .data, "mode-start": .training, "widths": .network, "width-norm": .data, "steps": .training,
  ]

  public init() {}

  func startKinds() throws(ExperimentError) -> [LinearAccelerationFields.Start] {
    try SettingList.values(start, of: "start", expected: "raw, centred or both, as raw,centred") { .init(rawValue: $0) }
  }

  func chains() throws(ExperimentError) -> [BottleneckLabel] {
    let chains = try SettingList.bottlenecks(bottlenecks)
    let isFinite = chains.allSatisfy { !$0.isInfinite }
    try require(isFinite, "bottlenecks", "finite widths; the network without bottleneck always runs", bottlenecks)
    return chains
  }

  var strengths: [Double] { modes.values.sorted(by: >) }

  public func checkTogether() throws {
    try require(
      modes.values.allSatisfy { $0 > modeStart }, "modes", "numbers above --mode-start, \(modeStart), such as 4,2,1", modes.text)
    try require(powers.values.allSatisfy { $0.isMultiple(of: 2) }, "powers", "even powers of at least 2, such as 2,4", powers.text)
    try require(
      regressionPoints >= regressionInputs, "regression-points", "at least as many as the \(regressionInputs) inputs", regressionPoints)
    try RunCount.check([
      ("norms", targetNorms.values.count), ("spectra", spectrum.values.count), ("kinds of start", startKinds().count),
      ("bottlenecks", chains().count), ("draws", draws),
    ])
    try RunCount.check([("problems", 2), ("powers", powers.values.count), ("depths", depths.values.count), ("draws", draws)])
    try RunCount.check([("widths", widths.values.count), ("draws", draws)])
  }
}
