import Compute
import LinearAlgebra
import Matrices
import Networks
import WideKernels

/// The kernels of block 0 between fixed points, training points first: made block by block, so that nobody needs all of them.
///
/// Any positive definite matrices will do for block 0, whose centres are the fixed inputs.
public protocol FirstBlockKernels: Sendable {
  /// Training and test points together.
  var count: Int { get }
  /// Entries [rows, columns] of one kernel as a new float64 tensor `[1, rows, columns]` on the engine's device.
  func block(_ kind: KernelKind, rows: Range<Int>, columns: Range<Int>) throws -> Tensor
  /// K(x_i, x_i) of every point.
  func diagonal(_ kind: KernelKind) throws -> [Double]
}

extension FirstBlockKernels {
  /// The least and the largest eigenvalue of one kernel between `points`, by Lanczos: an upper and a lower bound of them (`extremeEigenvalues`).
  ///
  /// Makes the kernel up to 60 times, by blocks of rows.
  public func extremeEigenvalues(_ kind: KernelKind, of points: Range<Int>, on engine: Engine) throws -> (least: Double, largest: Double) {
    let start = RandomStream(seed: 0, name: "lanczos").normals(points.count)
    return try LinearAlgebra.extremeEigenvalues(size: points.count, start: start) { vector in
      let column = try engine.tensor(vector, rows: points.count, columns: 1)
      return try stride(from: points.lowerBound, to: points.upperBound, by: KernelStorage.blockRows).flatMap { first in
        let rows = first..<min(first + KernelStorage.blockRows, points.upperBound)
        return try engine.read(engine.gemm(block(kind, rows: rows, columns: points), column))
      }
    }
  }
}

/// Kernels of a wide block, computed from its inputs whenever they are asked for.
public struct ProgramKernels: FirstBlockKernels {
  let program: CovarianceProgram
  /// `[1, points, features]`.
  let inputs: Tensor
  let engine: Engine

  /// - Parameter engine: float64.
  /// - Throws: what `Engine.requireDigits` throws, too.
  public init(_ program: CovarianceProgram, inputs: Matrix, on engine: Engine) throws(ComputeError) {
    self.program = program
    self.inputs = try engine.tensor(inputs)
    self.engine = engine
    try engine.requireDigits([.nngp, .ntk], program, self.inputs, name: "the inputs (training points first)")
  }

  public var count: Int { inputs.rows }

  public func diagonal(_ kind: KernelKind) throws -> [Double] { try engine.kernelDiagonal(kind, program, inputs) }

  /// Pairs of a point with itself take the diagonal form, which a kernel with a kink needs.
  public func block(_ kind: KernelKind, rows: Range<Int>, columns: Range<Int>) throws -> Tensor {
    let common = rows.clamped(to: columns)
    if common.isEmpty { return try engine.kernel(kind, program, inputs.rows(rows), inputs.rows(columns)) }
    if rows == columns { return try engine.kernel(kind, program, inputs.rows(rows)) }
    let result = try engine.empty(rows: rows.count, columns: columns.count)
    for part in [rows.lowerBound..<common.lowerBound, common, common.upperBound..<rows.upperBound] where !part.isEmpty {
      for other in [columns.lowerBound..<common.lowerBound, common, common.upperBound..<columns.upperBound] where !other.isEmpty {
        let target = result.rows(part.shifted(by: -rows.lowerBound)).columns(other.shifted(by: -columns.lowerBound))
        try engine.copy(block(kind, rows: part, columns: other), into: target)
      }
    }
    return result
  }
}

extension Range<Int> {
  func shifted(by distance: Int) -> Range<Int> { lowerBound + distance..<upperBound + distance }
}
