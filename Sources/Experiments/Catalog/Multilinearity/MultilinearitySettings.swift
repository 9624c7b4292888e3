import ArgumentParser
import StudyRecords

/// Settings of the experiment `multilinearity`. Each is an option on the command line and a key of the same name in YAML.
public struct MultilinearitySettings: ExperimentSettings {
  // Networks.
  @Option(help: "Networks: weight matrices between bottlenecks, such as 4 (no bottleneck) or 2+2 (one bottleneck).")
  public var networks = "4,2+2,3+3,2+2+2"
  @Option(help: "Widths of all layers but the bottlenecks.") @Within(1...1_000_000) public var widths: NumberList<Int> = "32,64,128,256,512"
  @Option(help: "Width of every bottleneck.") @Within(1...1_000_000) public var bottleneck = 3
  @Option(help: "Inputs; the derivatives are taken at an input of norm √inputs.") @Within(1...1_000_000) public var inputs = 10
  @Option(help: "Independent networks of each kind and width.") @Within(1...100_000) public var members = 8
  @Option(help: "Seed of the networks, the starts of iterations and the data.") @Within(0...UInt64.max) public var seed: UInt64 = 1

  // Spectral norms.
  @Option(help: "Highest derivative whose norm is measured.") @Within(1...6) public var orders = 4
  @Option(help: "Random starts of every power iteration, of which the largest norm counts.") @Within(1...1000) public var restarts = 2
  @Option(help: "Iterations at most.") @Within(1...1_000_000) public var iterations = 80
  @Option(help: "An iteration ends where the norms change by less than this part.") @Within(from: 0, below: 1) public var tolerance = 1e-4

  // Distance to the multilinear model.
  @Option(help: "Radius of the ball about the initial parameters.") @Within(above: 0, to: 1e6) public var radius = 1.0
  @Option(help: "Random directions in which the distance is sampled.") @Within(1...1_000_000) public var samples = 8

  // Training.
  @Option(help: "Training points.") @Within(1...1_000_000) public var points = 20
  @Option(help: "Learning rate of gradient descent on half the mean square.") @Within(above: 0, to: 1e10) public var rate = 0.1
  @Option(help: "Steps of gradient descent.") @Within(0...10_000_000) public var steps = 150
  @Option(help: "Target scale: targets are a random linear function of this variance's root.") @Within(1e-100...1e100) public
    var targetScale = 1.0

  public static let sections: [String: SettingsSection] = [
    "networks": .network, "seed": .training, "orders": .limit, "points": .data, "rate": .training, "target-scale": .data,
  ]

  public init() {}

  public func checkTogether() throws {
    try RunCount.check([("networks", kinds().count), ("widths", widths.values.count), ("members", members)])
  }

  /// Networks in the order given, without duplicates.
  func kinds() throws(ExperimentError) -> [LinearKind] {
    let layers = 2...20
    return try SettingList.values(
      networks, of: "networks",
      expected: "numbers of layers joined by +, from \(layers.lowerBound) to \(layers.upperBound) in all, such as 4,2+2,2+2+2"
    ) { LinearKind($0).flatMap { layers.contains($0.layers) ? $0 : nil } }
  }
}
