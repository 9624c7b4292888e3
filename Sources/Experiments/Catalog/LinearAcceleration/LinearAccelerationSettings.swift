import ArgumentParser

/// Settings of the experiment `linear-acceleration`. Each is an option on the command line and a key of the same name in YAML.
public struct LinearAccelerationSettings: ParsableArguments, Sendable {
  /// What is trained.
  public enum Start: String, Sendable, CaseIterable {
    /// F, with its random initial function.
    case raw
    /// F − F_0.
    case centred
  }

  // Speed-up.
  @Option(help: "Norms (E[F*²])^½ of the target; the random initial function has norm 1.") public var targetNorms = "0.3,1,3,10"
  @Option(help: "Bottlenecks to compare: widths, chains such as 2x2; each with the network without.") public var bottlenecks = "1,2,8,64"
  @Option(help: "Input covariances, by the decay a of their eigenvalues j^−a; 0 is white.") public var spectrum = "0,2"
  @Option(help: "What is trained: raw (F, random at the start), centred (F − F_0), or both.") public var start = "raw,centred"
  @Option(help: "Width n_0 of the input.") public var inputs = 8
  @Option(help: "Weight matrices of g, the segment before the first bottleneck.") public var layersG = 2
  @Option(help: "Weight matrices of f and of every further segment after a bottleneck.") public var layersF = 2
  @Option(help: "Fraction of the initial loss whose time is compared.") public var fraction = 1e-3
  @Option(help: "A run ends at this many times the time without bottleneck.") public var horizon = 1000.0
  @Option(help: "Relative tolerance of the integrator.") public var tolerance = 1e-9
  @Option(help: "Independent draws of initial functions, targets and data.") public var draws = 20
  @Option(help: "Seed of all draws.") public var seed: UInt64 = 1

  // End-to-end rule and singular modes.
  @Option(help: "Depths N of end-to-end rules and singular modes.") public var depths = "1,2,3,4"
  @Option(help: "Powers p of ℓ_p regression, even.") public var powers = "2,4"
  @Option(help: "Inputs of the Gaussian regression.") public var regressionInputs = 10
  @Option(help: "Points of the Gaussian regression.") public var regressionPoints = 50
  @Option(help: "Condition number of the Gaussian regression's input covariance.") public var condition = 30.0
  @Option(help: "Norm of the product at the start of regression.") public var startNorm = 1e-3
  @Option(help: "Strengths s of the singular modes, decreasing.") public var modes = "4,2,1"
  @Option(help: "Size of every singular mode at the start.") public var modeStart = 1e-3

  // Finite width.
  @Option(help: "Widths of finite networks, compared with the limit.") public var widths = "64,256,1024,4096"
  @Option(help: "Bottleneck of the finite networks.") public var widthBottleneck = 2
  @Option(help: "Norm of their target.") public var widthNorm = 3.0
  @Option(help: "Steps of gradient descent of finite networks and of their limit.") public var steps = 150
  @Option(help: "Rate of these steps, as a fraction of the stability limit of the network without bottleneck.") public var rateFraction =
    0.025

  public init() {}

  func startKinds() throws(ExperimentError) -> [Start] {
    try list(start, of: "start", expected: "raw, centred or both, as raw,centred") { Start(rawValue: $0) }
  }

  func chains() throws(ExperimentError) -> [Chain] {
    let chains = try list(bottlenecks, of: "bottlenecks", expected: "widths of at least 1, or chains such as 2x2") { try? Chain.parse($0) }
    guard chains.allSatisfy({ !$0.widths.isEmpty }) else {
      throw .invalidSetting(name: "bottlenecks", expected: "finite widths; the network without bottleneck always runs", got: bottlenecks)
    }
    return chains
  }

  func norms() throws(ExperimentError) -> [Double] {
    try numbers(targetNorms, of: "target-norms", expected: "positive numbers, such as 0.3,1,3,10") { $0 > 0 }
  }
  func decays() throws(ExperimentError) -> [Double] {
    try numbers(spectrum, of: "spectrum", expected: "numbers of at least 0, such as 0,2") { $0 >= 0 }
  }
  func strengths() throws(ExperimentError) -> [Double] {
    try numbers(modes, of: "modes", expected: "numbers above --mode-start, such as 4,2,1") { $0 > modeStart }.sorted(by: >)
  }
  func depthList() throws(ExperimentError) -> [Int] {
    try list(depths, of: "depths", expected: "depths of at least 1, such as 1,2,3") { Int($0).flatMap { $0 >= 1 ? $0 : nil } }
  }
  func powerList() throws(ExperimentError) -> [Int] {
    try list(powers, of: "powers", expected: "even powers of at least 2, such as 2,4") {
      Int($0).flatMap { $0 >= 2 && $0.isMultiple(of: 2) ? $0 : nil }
    }
  }
  func widthList() throws(ExperimentError) -> [Int] {
    try list(widths, of: "widths", expected: "widths of at least 1, such as 256,1024") { Int($0).flatMap { $0 >= 1 ? $0 : nil } }
  }

  private func numbers(
    _ text: String, of name: String, expected: String, where isValid: (Double) -> Bool
  ) throws(ExperimentError) -> [Double] {
    try list(text, of: name, expected: expected) { Double($0).flatMap { $0.isFinite && isValid($0) ? $0 : nil } }
  }

  /// Without duplicates, in the order given.
  private func list<Value: Equatable>(
    _ text: String, of name: String, expected: String, _ parse: (String) -> Value?
  ) throws(ExperimentError) -> [Value] {
    var values: [Value] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = parse(part.trimmingWhitespace()) else { throw .invalidSetting(name: name, expected: expected, got: text) }
      if !values.contains(value) { values.append(value) }
    }
    return values
  }

  /// Ranges that no type expresses; called after parsing.
  public func validate() throws {
    func require(_ condition: Bool, _ name: String, _ expected: String, _ got: Any) throws {
      guard condition else { throw ExperimentError.invalidSetting(name: name, expected: expected, got: "\(got)") }
    }
    try require(inputs >= 1, "inputs", "at least 1", inputs)
    try require(layersG >= 1, "layers-g", "at least 1 weight matrix", layersG)
    try require(layersF >= 1, "layers-f", "at least 1 weight matrix", layersF)
    try require(fraction > 0 && fraction < 1, "fraction", "a number between 0 and 1", fraction)
    try require(horizon > 1 && horizon.isFinite, "horizon", "a number above 1", horizon)
    try require(tolerance >= 1e-13 && tolerance <= 1e-3, "tolerance", "a number from 1e-13 to 1e-3", tolerance)
    try require(draws >= 1, "draws", "at least 1", draws)
    try require(regressionInputs >= 1, "regression-inputs", "at least 1", regressionInputs)
    try require(regressionPoints >= regressionInputs, "regression-points", "at least as many as inputs", regressionPoints)
    try require(condition >= 1 && condition.isFinite, "condition", "a number of at least 1", condition)
    try require(startNorm > 0 && startNorm.isFinite, "start-norm", "a positive number", startNorm)
    try require(modeStart > 0 && modeStart.isFinite, "mode-start", "a positive number", modeStart)
    try require(widthBottleneck >= 1, "width-bottleneck", "at least 1", widthBottleneck)
    try require(widthNorm > 0 && widthNorm.isFinite, "width-norm", "a positive number", widthNorm)
    try require(steps >= 1, "steps", "at least 1", steps)
    try require(rateFraction > 0 && rateFraction < 1, "rate-fraction", "a number between 0 and 1", rateFraction)
  }
}
