import Compute
import Foundation
import LinearAlgebra

/// What can go wrong when a network is trained.
public enum LearningError: Error, Equatable, Codable, CustomStringConvertible {
  /// A number of the dynamics is no longer finite, or the loss is 50 times the initial one.
  case diverged(step: Int, loss: Double)
  /// The basis would need more pivots than it may have.
  case rankLimit(block: Int, rank: Int, limit: Int)
  /// A setting outside its range.
  case invalid(setting: String, expected: String, got: String)
  /// A Krylov space that would need too many vectors.
  case krylov(vectors: Int, error: Double)
  /// A saved state of other runs, or of none.
  case incompleteState(missing: String)
  /// Two consecutive blocks that both start at zero never move.
  case saddle(block: Int)
  /// Q_0 has no factor, even with the jitter (relative to its mean diagonal); with `sufficient` it would have one.
  case singularProcess(least: Double, largest: Double, jitter: Double, sufficient: Double)

  public var description: String {
    switch self {
    case .diverged(let step, let loss): "training diverged at step \(step) (loss \(loss)); take a smaller learning rate."
    case .rankLimit(let block, let rank, let limit):
      "the basis of block \(block) needs more than \(limit) pivots (has \(rank)); raise the rank limit or the tolerance."
    case .invalid(let setting, let expected, let got): "\(setting): expected \(expected), got \(got)."
    case .krylov(let vectors, let error):
      "\(vectors) Krylov vectors leave an error of up to \(error) of the first residual without bottleneck; take fewer steps or a smaller rate."
    case .incompleteState(let name):
      "the saved state has no '\(name)': it was written for other settings; remove it to begin again."
    case .saddle(let block):
      "blocks \(block) and \(block + 1) would both start at zero: their gradients vanish and neither ever moves (an exact saddle). "
        + "Symmetrise at most every second block."
    case .singularProcess(let least, let largest, let jitter, let sufficient):
      "the NNGP kernel of the first block is not positive definite at --jitter \(jitter): its least eigenvalue is about \(short(least)), its largest "
        + "\(short(largest)). "
        + (sufficient < 1
          ? "--jitter \(short(sufficient)) would do. Points that coincide need some; where columns of very different size make points nearly "
            + "parallel, --preparation std scales the inputs instead."
          : "That is no rounding: no jitter helps. Check the kernel.")
    }
  }

  /// Where a run diverged is known to those who hold it.
  func at(step: Int, loss: Double) -> LearningError {
    if case .diverged = self { .diverged(step: step, loss: loss) } else { self }
  }
}

/// Three digits of a number in a message.
private func short(_ value: Double) -> String { String(format: "%.3g", value) }
