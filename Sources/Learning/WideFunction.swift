import Compute
import Networks
import WideKernels

/// How a block begins.
public enum InitialFunction: Sendable {
  /// The function of a wide finite block (random features): over draws its covariance is that of the limit.
  case features(FiniteBlock)
  /// Symmetrised: two copies that cancel at the start, (f¹ − f²)/√2, with the same tangent kernel.
  case zero
}

/// How what training adds to a block is kept.
public enum HistoryKind: Sendable, Equatable {
  /// On an online basis with tolerance ε; at most `rankLimit` pivots.
  case basis(tolerance: Double, rankLimit: Int)
  /// All visited centres.
  case exact
}

/// An infinitely wide block during training: the function it began as, and what training has added.
///
/// A function of positions ξ in the block's input space, with the block's tangent kernel K ⊗ identity on its outputs.
struct WideFunction {
  enum Change {
    case basis(BasisChange)
    case history(HistoryChange)
  }

  let initial: InitialFunction
  let inputs: Int
  let outputs: Int
  var change: Change

  init(
    _ block: WideBlock, inputs: Int, initial: InitialFunction, history: HistoryKind, points: Int, index: Int, on engine: Engine,
    passEngine: Engine
  ) throws {
    self.initial = initial
    self.inputs = inputs
    self.outputs = block.outputs
    switch history {
    case .basis(let tolerance, let rankLimit):
      let basis = try PivotedBasis(block.program, width: inputs, tolerance: tolerance, rankLimit: rankLimit, on: engine)
      change = .basis(BasisChange(basis, outputs: block.outputs, points: points, block: index, passEngine: passEngine))
    case .exact:
      change = .history(try HistoryChange(block.program, width: inputs, outputs: block.outputs, on: passEngine))
    }
  }

  /// f(z) `[n, outputs]` and its Jacobian `[n, outputs · inputs]`, output o and coordinate k at o·inputs + k.
  func read(at z: Matrix, jacobian: Bool) throws(ComputeError) -> (value: Matrix, jacobian: Matrix?) {
    let added =
      switch change {
      case .basis(let basis): try basis.read(at: z, jacobian: jacobian)
      case .history(let history): try history.read(at: z, jacobian: jacobian)
      }
    guard case .features(let block) = initial else { return added }
    let start = try block.read(at: z, jacobian: jacobian)
    guard let slope = start.jacobian, let addedSlope = added.jacobian else { return (start.value + added.value, nil) }
    return (start.value + added.value, slope + addedSlope)
  }

  /// f ← f − Σ_i K(·, z_i) step_i for the training points `indices` at positions `z`, `step` = ηδ `[n, outputs]`.
  mutating func descend(at z: Matrix, indices: [Int], by step: Matrix) throws {
    switch change {
    case .basis(var basis):
      try basis.descend(at: z, indices: indices, by: step)
      change = .basis(basis)
    case .history(var history):
      try history.descend(at: z, by: step)
      change = .history(history)
    }
  }

  /// Number of centres kept: the rank of the basis, or all that were visited.
  var rank: Int {
    switch change {
    case .basis(let basis): basis.basis.rank
    case .history(let history): history.count
    }
  }
}
