import Compute
import LinearAlgebra
import Matrices

/// Where every member of a training stands.
public struct TrainingClock: Sendable, Equatable, Codable {
  /// Time that has passed: of a flow its own, of steps their number times the rate.
  public var time: [Double]
  /// Length of the next step.
  public var step: [Double]
  /// Steps of each member that were accepted.
  public var accepted: [Int]
  /// Steps of each member that were rejected.
  public var rejected: [Int]

  /// A clock at time 0 with one step length for all members.
  public init(members: Int, step: Double) {
    time = [Double](repeating: 0, count: members)
    self.step = [Double](repeating: step, count: members)
    accepted = [Int](repeating: 0, count: members)
    rejected = accepted
  }

  /// The clock of the members `wanted` alone, in that order.
  public func keeping(members wanted: [Int]) -> TrainingClock {
    var kept = self
    kept.time = wanted.map { time[$0] }
    kept.step = wanted.map { step[$0] }
    kept.accepted = wanted.map { accepted[$0] }
    kept.rejected = wanted.map { rejected[$0] }
    return kept
  }
}

/// The training of an ensemble, which can be watched, thinned out and saved.
public protocol EnsembleTraining: Sendable {
  /// The networks at their present parameters.
  var network: FiniteNetwork { get }
  /// What is descended, with the data.
  var objective: Objective { get }
  /// Time and steps of every member.
  var clock: TrainingClock { get }
  /// Vectors of the shape of the parameters that later steps depend on besides them, by name.
  var vectors: [String: Tensor] { get }

  /// One step of every member, accepted or not.
  mutating func advance() throws
  /// f of every member at all points, `[members][n, c]`.
  func outputs() throws -> [Matrix]
  /// Goes on with the members `wanted` alone, in that order.
  mutating func keep(members wanted: [Int]) throws
}

/// Steps of an optimiser, on all points or on mini-batches that all members share.
public struct SteppedTraining: EnsembleTraining {
  public private(set) var network: FiniteNetwork
  public private(set) var objective: Objective
  public private(set) var clock: TrainingClock
  private var optimiser: any Optimiser
  private let batch: Int
  private let order: RandomStream

  /// - Parameters:
  ///   - batch: points of a step, drawn without replacement for every step; 0 for all.
  ///   - rate: what a step counts as in time.
  ///   - clock: of a training that goes on, with the vectors that the optimiser holds.
  public init(
    _ network: FiniteNetwork, _ objective: Objective, _ optimiser: any Optimiser, rate: Double, batch: Int, order: RandomStream,
    clock: TrainingClock? = nil
  ) throws {
    guard batch >= 0, batch <= objective.points else {
      throw FiniteNetworkError.setting(name: "batch", expected: "0 (all) to \(objective.points) points", got: "\(batch)")
    }
    self.network = network
    self.objective = objective
    self.optimiser = optimiser
    self.batch = batch
    self.order = order
    self.clock = clock ?? TrainingClock(members: network.members, step: rate)
    self.optimiser.steps = self.clock.accepted.max() ?? 0
  }

  public var vectors: [String: Tensor] { optimiser.vectors }

  public mutating func advance() throws {
    let step = optimiser.steps
    let rows = batch > 0 ? Array(order.child("\(step)").permutation(objective.points).prefix(batch)) : nil
    _ = try optimiser.step(network, rows.map { try objective.batch($0) } ?? objective)
    for member in 0..<network.members {
      clock.accepted[member] += 1
      clock.time[member] += clock.step[member]
    }
  }

  public func outputs() throws -> [Matrix] { try network.engine.matrices(network.outputs(objective.inputs)) }

  public mutating func keep(members wanted: [Int]) throws {
    network = try network.keeping(members: wanted)
    objective = try objective.keeping(members: wanted)
    clock = clock.keeping(members: wanted)
    try optimiser.keep(members: wanted, on: network.engine)
  }
}
