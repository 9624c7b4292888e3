import Compute
import Losses
import Matrices
import Networks

/// One chain of infinitely wide blocks with finite bottlenecks, trained in the exact limit: a `Lockstep` of one run.
public final class LimitRun {
  /// The network being trained.
  public let network: Network
  /// Learning rate η.
  public let rate: Double
  /// Loss that is descended.
  public let loss: Loss
  /// The initial functions of the blocks.
  public let start: ChainStart
  private let lockstep: Lockstep

  /// - Parameters:
  ///   - targets: `[N, outputs]`.
  ///   - rate: η > 0; the sum over a batch is divided by its size.
  ///   - engine: float64; `passEngine` may be float32 for the passes over the basis and the initial functions.
  public init(
    _ network: Network, first: FirstBlock, start: ChainStart, targets: Matrix, rule: DescentRule = DescentRule(), rate: Double,
    history: HistoryKind, on engine: Engine, passEngine: Engine? = nil
  ) throws {
    self.network = network
    self.rate = rate
    self.start = start
    loss = rule.loss
    lockstep = try Lockstep(
      [Lockstep.Run(network, start: start, rate: rate)], first: first, targets: targets, rule: rule, history: history, on: engine,
      passEngine: passEngine)
  }

  /// Steps made so far.
  public var step: Int { lockstep.step }
  /// Mean loss on the training points before the first step.
  public var initialLoss: Double { lockstep.initialLoss[0] }
  /// F at the training points `[N, outputs]`.
  public var outputs: Matrix { lockstep.outputs(of: 0) }
  /// Mean loss on the training points now.
  public var trainLoss: Double { lockstep.loss(of: 0) }
  /// Rank of the basis (or number of centres) of blocks 1, 2, ….
  public var ranks: [Int] { lockstep.ranks(of: 0) }
  /// Rigorous bound and estimate of what the bases leave out, the largest over blocks; nil with the exact history.
  public var basisError: (bound: Double, estimate: Double)? { lockstep.basisError(of: 0) }

  /// Positions of the training points in each bottleneck.
  public func bottlenecks() throws -> [Matrix] { try lockstep.bottlenecks(of: 0) }

  /// Outputs of every block at the test points: the bottlenecks, then F.
  public func testOutputs() throws -> [Matrix] { try lockstep.testOutputs()[0] ?? [] }

  /// One step on all training points, or on those of `batch`.
  ///
  /// - Throws: `LearningError.diverged` where a number is not finite or the loss is 50 times the initial one, `.rankLimit`;
  ///   the run has ended then.
  public func advance(batch: [Int]? = nil) throws {
    if let failure = try lockstep.advance(batches: batch.map { [0: $0] })[0] { throw failure }
  }

  /// Θ_F on the training points `indices`: entry (i·c + o, j·c + p), `[n·c, n·c]`.
  public func tangentKernel(_ indices: [Int]) throws -> Matrix { try lockstep.tangentKernel(of: 0, indices) }

  /// Largest eigenvalue of Θ_F / N on all training points at the present step, by Lanczos.
  public func largestTangentEigenvalue() throws -> Double { try lockstep.largestTangentEigenvalue(of: 0) }
}
