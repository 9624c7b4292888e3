import Compute

/// How parameters follow gradients. A value holds what it needs from step to step, on the device.
public protocol Optimiser: Sendable {
  /// One step on all points of `objective`; gives outputs f before it, `[members, n, c]`.
  mutating func step(_ network: FiniteNetwork, _ objective: Objective) throws -> Tensor
  /// Vectors `[members, lines, 1024]` by name: with the parameters, all that a later step depends on.
  var vectors: [String: Tensor] { get set }
  /// Steps taken.
  var steps: Int { get set }
  /// Goes on with the members `wanted` alone, in that order.
  mutating func keep(members wanted: [Int], on engine: Engine) throws
}

/// θ ← θ − ηv with v ← μv + gradient (heavy ball), or θ ← θ − η gradient without momentum.
public struct GradientDescent: Optimiser {
  /// η of every member.
  public private(set) var rates: [Double]
  /// μ.
  public let momentum: Double
  public var vectors: [String: Tensor] = [:]
  public var steps = 0

  /// - Throws: `FiniteNetworkError.setting` for a rate that is not positive or a momentum outside 0 ..< 1.
  public init(rates: [Double], momentum: Double = 0) throws(FiniteNetworkError) {
    for rate in rates where !(rate > 0 && rate.isFinite) {
      throw .setting(name: "rate", expected: "a positive number", got: "\(rate)")
    }
    guard momentum >= 0, momentum < 1 else { throw .setting(name: "momentum", expected: "from 0 to below 1", got: "\(momentum)") }
    self.rates = rates
    self.momentum = momentum
  }

  public mutating func step(_ network: FiniteNetwork, _ objective: Objective) throws -> Tensor {
    defer { steps += 1 }
    // One tile only: a second one would see the parameters that the first has changed.
    if momentum == 0, network.tiles(of: objective.points).count == 1 {
      return try network.gradient(of: objective, factors: rates.map { -$0 }, adds: true, into: network.parameters)
    }
    let engine = network.engine
    let velocity = try vectors["velocity"] ?? network.emptyVector()
    vectors["velocity"] = velocity
    try engine.map(.scaled(by: momentum, plus: 0), [velocity], into: velocity)
    let outputs = try network.gradient(of: objective, adds: true, into: velocity)
    try network.move(along: velocity, by: rates.map { -$0 })
    return outputs
  }

  public mutating func keep(members wanted: [Int], on engine: Engine) throws {
    rates = wanted.map { rates[$0] }
    vectors = try vectors.mapValues { try engine.selecting(members: wanted, of: $0) }
  }
}

/// Adam with bias-corrected moments.
///
/// Source: Kingma & Ba 2015, alg. 1.
public struct Adam: Optimiser {
  /// Learning rate η.
  public let rate: Double
  /// Decay per step of the running means of the gradient and of its square.
  public let decay: (first: Double, second: Double)
  /// ε, added to the root of the mean square.
  public let epsilon: Double
  public var vectors: [String: Tensor] = [:]
  public var steps = 0

  /// - Throws: `FiniteNetworkError.setting` for a rate that is not positive or decays outside 0 ..< 1.
  public init(rate: Double = 1e-3, decay: (first: Double, second: Double) = (0.9, 0.999), epsilon: Double = 1e-8) throws(FiniteNetworkError)
  {
    guard rate > 0, rate.isFinite else { throw .setting(name: "rate", expected: "a positive number", got: "\(rate)") }
    for value in [decay.first, decay.second] where !(value >= 0 && value < 1) {
      throw .setting(name: "decay", expected: "from 0 to below 1", got: "\(value)")
    }
    guard epsilon > 0 else { throw .setting(name: "epsilon", expected: "a positive number", got: "\(epsilon)") }
    self.rate = rate
    self.decay = decay
    self.epsilon = epsilon
  }

  public mutating func step(_ network: FiniteNetwork, _ objective: Objective) throws -> Tensor {
    let engine = network.engine
    func moment(_ name: String) throws -> Tensor { try vectors[name] ?? network.emptyVector() }
    let (first, second, work) = (try moment("first"), try moment("second"), try moment("work"))
    (vectors["first"], vectors["second"], vectors["work"]) = (first, second, work)
    let outputs = try network.gradient(of: objective, into: work)
    steps += 1
    try engine.map(.combination(decay.first, 1 - decay.first), [first, work], into: first)
    try engine.map(.square, [work], into: work)
    try engine.map(.combination(decay.second, 1 - decay.second), [second, work], into: second)
    // η m̂/(√v̂ + ε) with both corrections in the rate and in ε.
    let corrections = (first: 1 - power(decay.first, steps), second: (1 - power(decay.second, steps)).squareRoot())
    try engine.map(.squareRoot, [second], into: work)
    try engine.map(.scaled(by: 1, plus: epsilon * corrections.second), [work], into: work)
    try engine.map(.quotient, [first, work], into: work)
    try engine.map(
      .addScaled(-rate * corrections.second / corrections.first), [network.parameters, work], into: network.parameters)
    return outputs
  }

  public mutating func keep(members wanted: [Int], on engine: Engine) throws {
    vectors = try vectors.mapValues { try engine.selecting(members: wanted, of: $0) }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(into: 1.0) { value, _ in value *= base } }
}

extension FiniteNetwork {
  /// θ ← θ + factor · vector for every member.
  func move(along vector: Tensor, by factors: [Double]) throws(ComputeError) {
    if let first = factors.first, factors.allSatisfy({ $0 == first }) {
      try engine.map(.addScaled(first), [parameters, vector], into: parameters)
    } else {
      let step = try engine.map(.product, vector, engine.perMember(factors))
      try engine.map(.sum, [parameters, step], into: parameters)
    }
  }
}
