import Compute
import LinearAlgebra
import Matrices

/// Gradient flow θ′ = −∇(objective) by explicit Euler steps of adaptive length, each member with its own.
///
/// A trial step is accepted if the gradient turned little, |g₁ − g₀|²/(|g₀||g₁|) < ε_g, and no output moved far,
/// α max|f₁ − f₀| < ε_f; steps grow by 1.1 while both are below half their bound and shrink by 10 after a rejection.
///
/// Source: Geiger et al. 2019, authors' code (`gradientflow`); defaults are theirs.
public struct GradientFlow: EnsembleTraining {
  /// Lengths of steps and the bounds of what one may change.
  public struct Rule: Sendable, Equatable {
    /// Length of the first step, in time.
    public var initialStep: Double
    /// ε_g.
    public var gradientChange: Double
    /// ε_f.
    public var outputChange: Double

    public init(initialStep: Double = 1, gradientChange: Double = 1e-4, outputChange: Double = 0.1) {
      self.initialStep = initialStep
      self.gradientChange = gradientChange
      self.outputChange = outputChange
    }
  }

  /// Rule by which steps are chosen.
  public let rule: Rule
  public private(set) var network: FiniteNetwork
  public private(set) var objective: Objective
  public private(set) var clock: TrainingClock
  private var values: [Matrix]
  private var gradient: Tensor
  private var norms: [Double]
  private var trial: FiniteNetwork
  private var trialGradient: Tensor

  /// - Parameter network: its parameters are the flow's from now on.
  public init(_ network: FiniteNetwork, _ objective: Objective, rule: Rule = Rule(), clock: TrainingClock? = nil) throws {
    self.rule = rule
    self.network = network
    self.objective = objective
    self.clock = clock ?? TrainingClock(members: network.members, step: rule.initialStep)
    trial = network.with(parameters: try network.emptyVector())
    trialGradient = try network.emptyVector()
    gradient = try network.emptyVector()
    values = try network.engine.matrices(network.gradient(of: objective, into: gradient))
    norms = try network.engine.norms(gradient)
  }

  public var vectors: [String: Tensor] { [:] }
  /// Known at every step, with no further work.
  public func outputs() -> [Matrix] { values }

  /// Tries one step of every member. One that no step suits shrinks its step without end: `clock.step` tells.
  public mutating func advance() throws {
    let engine = network.engine
    try engine.map(.product, [gradient, engine.perMember(clock.step.map { -$0 })], into: trial.parameters)
    try engine.map(.sum, [trial.parameters, network.parameters], into: trial.parameters)
    let trialOutputs = try engine.matrices(trial.gradient(of: objective, into: trialGradient))
    let trialNorms = try engine.norms(trialGradient)
    let turns = try engine.norms(engine.map(.difference, trialGradient, gradient))
    var accepted: [Int] = []
    for member in 0..<network.members {
      let product = norms[member] * trialNorms[member]
      let turn = product > 0 ? turns[member] * turns[member] / product : (product == 0 ? 0 : .infinity)
      let moved = objective.alpha[member] * (trialOutputs[member] - values[member]).values.reduce(0) { max($0, abs($1)) }
      let isFinite = trialOutputs[member].isFinite && trialNorms[member].isFinite
      guard isFinite, turn < rule.gradientChange, moved < rule.outputChange else {
        clock.rejected[member] += 1
        clock.step[member] /= 10
        continue
      }
      accepted.append(member)
      clock.accepted[member] += 1
      clock.time[member] += clock.step[member]
      if turn < rule.gradientChange / 2, moved < rule.outputChange / 2 { clock.step[member] *= 1.1 }
      values[member] = trialOutputs[member]
      norms[member] = trialNorms[member]
    }
    guard accepted.count < network.members else {
      (network, trial) = (trial, network)
      (gradient, trialGradient) = (trialGradient, gradient)
      return
    }
    for member in accepted {
      try engine.copy(trial.parameters.item(member), into: network.parameters.item(member))
      try engine.copy(trialGradient.item(member), into: gradient.item(member))
    }
  }

  public mutating func keep(members wanted: [Int]) throws {
    self = try GradientFlow(
      network.keeping(members: wanted), objective.keeping(members: wanted), rule: rule, clock: clock.keeping(members: wanted))
  }
}
