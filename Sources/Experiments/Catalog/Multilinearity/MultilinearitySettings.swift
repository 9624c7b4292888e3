import ArgumentParser

/// Settings of the experiment `multilinearity`. Each is an option on the command line and a key of the same name in YAML.
public struct MultilinearitySettings: ParsableArguments, Sendable {
  // Networks.
  @Option(help: "Networks: weight matrices between bottlenecks, such as 4 (no bottleneck) or 2+2 (one bottleneck).")
  public var networks = "4,2+2,3+3,2+2+2"
  @Option(help: "Widths of all layers but the bottlenecks.") public var widths = "32,64,128,256,512"
  @Option(help: "Width of every bottleneck.") public var bottleneck = 3
  @Option(help: "Inputs; the derivatives are taken at an input of norm √inputs.") public var inputs = 10
  @Option(help: "Independent networks of each kind and width.") public var members = 8
  @Option(help: "Seed of the networks, the starts of iterations and the data.") public var seed: UInt64 = 1

  // Spectral norms.
  @Option(help: "Highest derivative whose norm is measured.") public var orders = 4
  @Option(help: "Random starts of every power iteration, of which the largest norm counts.") public
    var restarts = 2
  @Option(help: "Iterations at most.") public var iterations = 80
  @Option(help: "An iteration ends where the norms change by less than this part.") public var tolerance = 1e-4

  // Distance to the multilinear model.
  @Option(help: "Radius of the ball about the initial parameters.") public var radius = 1.0
  @Option(help: "Random directions in which the distance is sampled.") public var samples = 8

  // Training.
  @Option(help: "Training points.") public var points = 20
  @Option(help: "Learning rate of gradient descent on half the mean square.") public var rate = 0.1
  @Option(help: "Steps of gradient descent.") public var steps = 150
  @Option(help: "Target scale: targets are a random linear function of this variance's root.") public var targetScale = 1.0

  public init() {}

  public func validate() throws(ExperimentError) {
    func require(_ condition: Bool, _ name: String, _ expected: String, _ got: Any) throws(ExperimentError) {
      guard condition else { throw .invalidSetting(name: name, expected: expected, got: "\(got)") }
    }
    try require(bottleneck >= 1, "bottleneck", "at least 1", bottleneck)
    try require(inputs >= 1, "inputs", "at least 1", inputs)
    try require(members >= 1, "members", "at least 1", members)
    try require((1...6).contains(orders), "orders", "from 1 to 6", orders)
    try require(restarts >= 1, "restarts", "at least 1", restarts)
    try require(iterations >= 1, "iterations", "at least 1", iterations)
    try require(tolerance >= 0 && tolerance < 1, "tolerance", "from 0 to below 1", tolerance)
    try require(radius > 0 && radius.isFinite, "radius", "a positive number", radius)
    try require(samples >= 1, "samples", "at least 1", samples)
    try require(points >= 1, "points", "at least 1", points)
    try require(rate > 0 && rate.isFinite, "rate", "a positive number", rate)
    try require(steps >= 0, "steps", "at least 0", steps)
    try require(targetScale > 0 && targetScale.isFinite, "target-scale", "a positive number", targetScale)
  }

  /// In the order given, without duplicates.
  func kinds() throws(ExperimentError) -> [LinearKind] {
    guard let kinds = Self.list(networks, LinearKind.init) else {
      throw .invalidSetting(
        name: "networks", expected: "numbers of layers joined by +, at least two layers in all, such as 4,2+2,2+2+2", got: networks)
    }
    return kinds
  }

  /// In the order given, without duplicates.
  func widthList() throws(ExperimentError) -> [Int] {
    guard let list = Self.list(widths, { Int($0).flatMap { $0 >= 1 ? $0 : nil } }) else {
      throw .invalidSetting(name: "widths", expected: "numbers of at least 1, such as 32,64,128", got: widths)
    }
    return list
  }

  private static func list<Element: Equatable>(_ text: String, _ element: (String) -> Element?) -> [Element]? {
    var elements: [Element] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = element(String(part.trimmingWhitespace())) else { return nil }
      if !elements.contains(value) { elements.append(value) }
    }
    return elements
  }
}
