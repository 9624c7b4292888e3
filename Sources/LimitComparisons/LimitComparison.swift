import Compute
import FiniteNetworks
import Learning
import Losses
import Matrices
import Networks

/// Finite networks of one width beside the infinite-width limit, both started from the same functions.
///
/// A draw is a finite network with its limit, which begins as the finite network's own function, and with a twin of that limit
/// whose start is perturbed: where the twin departs, no finite network follows the limit point by point. Draws are members of one
/// `FiniteNetwork`, limits and twins runs of one `Lockstep`. Training and test points are one list of which gradients see the
/// first `trainCount` alone, so that one state holds every position.
///
/// Distances are relative L2: |finite − limit| / |limit|. The theory has them fall as 1/√width.
/// Source: `Documentation/the-limit.md`; for one bottleneck Littwin et al. 2021 (2107.00364).
public struct LimitComparison: Sendable {
  /// Relative size of the twin's perturbation.
  public static let perturbation = 1e-6

  /// The network of the limit; finite networks have its blocks at some width.
  public let network: Network
  /// N, the number of training points.
  public let trainCount: Int
  /// Loss that all descend.
  public let loss: Loss
  /// η.
  public let rate: Double
  /// How the limit keeps what training adds to its blocks.
  public let history: HistoryKind
  /// Steps at which distances are measured, from 0; training ends at the last of them.
  public var readings: Set<Int>
  /// Steps among `readings` at which tangent kernels are compared too.
  public var kernelReadings: Set<Int>
  /// Training points of step t, or nil for all of them at every step.
  public var batches: [[Int]]?
  /// Training points on which kernels are compared.
  public var kernelPoints: Int
  let first: FirstBlock
  let inputs: Matrix
  let targets: Matrix
  let engine: Engine

  /// - Parameters:
  ///   - inputs: `[N + M, n_0]`, training points first; `targets` `[N + M, c]`.
  ///   - kernelReadings: nil for none.
  ///   - engine: float64.
  /// - Throws: `FiniteNetworkError.setting` where the numbers of points do not fit, for a rate that is not positive or a step below 0.
  public init(
    _ network: Network, inputs: Matrix, targets: Matrix, trainCount: Int, loss: Loss = .squared, rate: Double, readings: Set<Int>,
    kernelReadings: Set<Int> = [], batches: [[Int]]? = nil, kernelPoints: Int = 80, history: HistoryKind = .exact, on engine: Engine
  ) throws {
    guard inputs.rows == targets.rows, 1..<inputs.rows ~= trainCount else {
      throw FiniteNetworkError.setting(
        name: "points", expected: "targets for all points, of which some are training and some test points",
        got: "\(inputs.rows) points, \(targets.rows) targets, \(trainCount) training points")
    }
    let last = readings.max() ?? -1
    guard readings.min() ?? -1 >= 0, kernelReadings.isSubset(of: readings), batches.map({ $0.count >= last }) ?? true else {
      throw FiniteNetworkError.setting(
        name: "steps compared", expected: "steps from 0 on, a batch for each, kernels at some of them",
        got: "\(readings.sorted()), kernels at \(kernelReadings.sorted()), \(batches?.count ?? last) batches")
    }
    self.network = network
    self.inputs = inputs
    self.targets = targets
    self.trainCount = trainCount
    self.loss = loss
    self.rate = rate
    self.readings = readings
    self.kernelReadings = kernelReadings
    self.batches = batches
    self.kernelPoints = kernelPoints
    self.history = history
    self.engine = engine
    first = try FirstBlock(
      network.blocks[0].program, train: inputs, test: Matrix(zeros: 0, inputs.columns), relativeJitter: 0, on: engine)
  }

  /// The step at which training ends.
  public var lastStep: Int { readings.max() ?? 0 }
  var trainRows: [Int] { Array(0..<trainCount) }
  var testRows: [Int] { Array(trainCount..<inputs.rows) }
  var kernelRows: [Int] { Array(0..<min(kernelPoints, trainCount)) }
  /// Training points of a step.
  func batch(_ step: Int) -> [Int] { batches?[step] ?? trainRows }

  /// What one draw has shown.
  public struct Draw: Sendable, Equatable, Codable {
    /// Distances by step; they stop where the limit diverged.
    public var readings: [LimitReading] = []
    /// max_t |F̃ − F| / (10⁻⁶ |F|) with F̃ that of the twin; infinite where the twin alone diverged.
    public var amplification = 0.0
    /// Why the limit could not be trained to the end.
    public var failure: LearningError?

    /// The largest of a distance over the steps `times`; infinite where it is missing at one of them.
    public func largest(at times: Set<Int>, _ value: (LimitReading) -> Double) -> Double {
      let values = readings.filter { times.contains($0.step) }.map(value)
      return values.count == times.count ? values.reduce(0) { max($0, $1.isFinite ? $1 : .infinity) } : .infinity
    }

    /// The last reading with the largest distances over the steps `times`; nil where there is no reading.
    public func largest(at times: Set<Int>) -> LimitReading? {
      guard var reading = readings.last else { return nil }
      reading.train = largest(at: times, \.train)
      reading.test = largest(at: times, \.test)
      reading.bottlenecks = reading.bottlenecks.indices.map { index in largest(at: times) { $0.bottlenecks[index] } }
      reading.frozenTrain = largest(at: times, \.frozenTrain)
      reading.frozenTest = largest(at: times, \.frozenTest)
      if reading.kernel != nil { reading.kernel = largest(at: times) { $0.kernel ?? .infinity } }
      reading.amplification = amplification
      return reading
    }
  }

  /// Where some draws stand between two steps: enough to go on with the same numbers.
  public struct State: Sendable {
    /// Distances of every draw so far.
    public var draws: [Draw]
    /// The state of limits and twins.
    public var limits: Lockstep.State
    /// Parameters of the finite networks, `[draws, lines, 1024]`, row-major.
    public var parameters: [Double]
    /// F of the frozen kernels, `[draws, N + M, c]`, row-major.
    public var frozen: [Double]

    public init(draws: [Draw], limits: Lockstep.State, parameters: [Double], frozen: [Double]) {
      (self.draws, self.limits, self.parameters, self.frozen) = (draws, limits, parameters, frozen)
    }
  }

  /// Trains one draw per stream to the last reading.
  ///
  /// - Parameters:
  ///   - width: of all hidden layers of the finite networks.
  ///   - state: of equal draws that were left between two steps; nil begins.
  ///   - onStep: told after every step its number, and a function that gives the state.
  /// - Returns: a draw per stream. A draw whose limit diverges has a failure; nothing is thrown for it.
  public func draws(
    width: Int, streams: [RandomStream], from state: State? = nil, onStep: (Int, () throws -> State) throws -> Void = { _, _ in }
  ) throws -> [Draw] {
    var race = try LimitRace(self, width: width, streams: streams)
    if let state { try race.restore(state) }
    for step in (state?.limits.step ?? 0)...lastStep {
      race.compareTwins()
      if readings.contains(step) { try race.read(step) }
      guard step < lastStep, !race.isOver else { break }
      try race.advance(step)
      let current = race
      try onStep(step + 1) { try current.state() }
    }
    return race.draws
  }
}

/// Distances of one draw at one step.
public struct LimitReading: Sendable, Equatable, Codable {
  /// Number of the step, from 0.
  public var step: Int
  /// Distance of F on the training points.
  public var train: Double
  /// Distance of F on the test points.
  public var test: Double
  /// Distances of the positions of all points, bottleneck by bottleneck.
  public var bottlenecks: [Double]
  /// Distance of F on the training points from the limit, of the network whose tangent kernel stays as it began.
  public var frozenTrain: Double
  /// Distance of the frozen network's F on the test points, from the limit.
  public var frozenTest: Double
  /// |z − z_0| / |z_0| of each bottleneck, in the limit.
  public var movement: [Double]
  /// Distance of the finite network's empirical tangent kernel from the limit's Θ; nil where kernels are not compared.
  public var kernel: Double?
  /// |Θ − Θ_0| / |Θ_0| in the limit; nil where kernels are not compared.
  public var kernelChange: Double?
  /// Mean loss on training points, of the limit and of the finite network.
  public var limitLoss: Double
  /// Mean loss of the finite network on training points.
  public var finiteLoss: Double
  /// Amplification of the twin's perturbation up to here.
  public var amplification: Double
}
