import Compute
import Synchronization
import WideKernels

/// Kernels computed elsewhere: of a convolutional or a graph network, say.
public struct GivenKernels: FirstBlockKernels {
  public let count: Int
  private let engine: Engine
  private let values: @Sendable (KernelKind, Range<Int>) throws -> [Double]
  private let diagonals = Diagonals()

  /// - Parameters:
  ///   - engine: float64.
  ///   - rows: rows of one kernel in full, `[rows, count]` row-major.
  public init(count: Int, on engine: Engine, rows: @escaping @Sendable (KernelKind, Range<Int>) throws -> [Double]) {
    self.count = count
    self.engine = engine
    values = rows
  }

  public func block(_ kind: KernelKind, rows: Range<Int>, columns: Range<Int>) throws -> Tensor {
    let result = try engine.empty(rows: rows.count, columns: columns.count)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: 256) {
      let part = start..<min(start + 256, rows.upperBound)
      let whole = try values(kind, part)
      var own: [Double] = []
      own.reserveCapacity(part.count * columns.count)
      for row in 0..<part.count { own.append(contentsOf: whole[row * count + columns.lowerBound..<row * count + columns.upperBound]) }
      try engine.write(own, into: result.rows(part.shifted(by: -rows.lowerBound)))
    }
    return result
  }

  /// Read once, though every block asks for it: it takes all N² numbers.
  public func diagonal(_ kind: KernelKind) throws -> [Double] { try diagonals.value(kind) { try readDiagonal(kind) } }

  private func readDiagonal(_ kind: KernelKind) throws -> [Double] {
    var diagonal: [Double] = []
    for start in stride(from: 0, to: count, by: 256) {
      let part = start..<min(start + 256, count)
      let whole = try values(kind, part)
      for row in part { diagonal.append(whole[(row - start) * count + row]) }
    }
    return diagonal
  }
}

/// The kernels of a block whose inputs are the outputs of another one at infinite width: no bottleneck between them.
///
/// With Q, Θ of the block before, the result is Q ↦ K(Q) and Θ ↦ Θ_K(Q) + Θ ∘ ∂K/∂q₁₂(Q) (`RecursionJob.incomingNTK`).
public struct ContinuedKernels: FirstBlockKernels {
  private let before: any FirstBlockKernels
  private let program: CovarianceProgram
  private let engine: Engine
  private let diagonals = Diagonals()

  /// - Parameter engine: float64.
  public init(_ before: any FirstBlockKernels, by program: CovarianceProgram, on engine: Engine) {
    self.before = before
    self.program = program
    self.engine = engine
  }

  public var count: Int { before.count }

  public func diagonal(_ kind: KernelKind) throws -> [Double] { try diagonals.value(kind) { try computedDiagonal(kind) } }

  private func computedDiagonal(_ kind: KernelKind) throws -> [Double] {
    let variances = try before.diagonal(.nngp)
    guard kind == .ntk else { return variances.map { program.diagonal($0).nngp } }
    return try zip(variances, before.diagonal(.ntk)).map { program.diagonal($0, ntk: $1).ntk }
  }

  public func block(_ kind: KernelKind, rows: Range<Int>, columns: Range<Int>) throws -> Tensor {
    let gram = try before.block(.nngp, rows: rows, columns: columns)
    let variances = try before.diagonal(.nngp)
    let rowDiagonal = try engine.tensor(Array(variances[rows]), rows: rows.count, columns: 1)
    let columnDiagonal = try engine.tensor(Array(variances[columns]), rows: columns.count, columns: 1)
    let kernels = try engine.recursion(
      program, gram: gram, rowDiagonal: rowDiagonal, columnDiagonal: columnDiagonal, isSymmetric: rows == columns,
      incomingNTK: kind == .ntk ? before.block(.ntk, rows: rows, columns: columns) : nil)
    return kind == .ntk ? kernels.ntk : kernels.nngp
  }
}

/// Diagonals of kernels that were asked for.
private final class Diagonals: Sendable {
  private let known = Mutex<[KernelKind: [Double]]>([:])

  func value(_ kind: KernelKind, _ make: () throws -> [Double]) rethrows -> [Double] {
    if let known = known.withLock({ $0[kind] }) { return known }
    let value = try make()
    known.withLock { $0[kind] = value }
    return value
  }
}
