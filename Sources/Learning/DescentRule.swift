import Losses

/// How every run of a lockstep descends.
public struct DescentRule: Sendable, Equatable {
  /// Loss of a point, averaged over the training points or over a batch.
  public var loss: Loss
  /// μ of heavy-ball momentum, v ← μv + gradient, parameters ← parameters − ηv; 0 is plain gradient descent.
  public var momentum: Double
  /// Each block's rate over η, from the first block on; nil for 1 everywhere.
  public var blockRates: [Double]?

  public init(_ loss: Loss = .squared, momentum: Double = 0, blockRates: [Double]? = nil) {
    self.loss = loss
    self.momentum = momentum
    self.blockRates = blockRates
  }

  func blockRate(_ block: Int) -> Double { blockRates?[block] ?? 1 }

  func check(blocks: Int) throws(LearningError) {
    guard momentum >= 0, momentum < 1 else {
      throw .invalid(setting: "momentum", expected: "a number from 0 to below 1", got: "\(momentum)")
    }
    if let blockRates, blockRates.count != blocks || !blockRates.allSatisfy({ $0 >= 0 && $0.isFinite }) {
      throw .invalid(setting: "rates of the blocks", expected: "\(blocks) numbers of at least 0", got: "\(blockRates)")
    }
  }
}
