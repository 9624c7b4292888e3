import Foundation
import WideKernels

/// What one operation asks of a device by its sizes alone, whatever the device makes of it: the one place where work is counted.
///
/// Bytes are those of every operand once, as if caches held all that is used again. Transfers and allocations count their bytes.
public struct DeclaredWork: Sendable, Equatable {
  /// Additions and multiplications: 2mnk of a product of matrices, R²m of a triangular solve; 0 elsewhere.
  public var flops = 0.0
  /// Evaluations of a kernel or a feature at a pair: points × centres.
  public var pairs = 0.0
  /// Instructions of a multiply-add unit: half of `flops`; for pairs nominal, from the formulas (see `ArithmeticCost`).
  public var multiplyAdds = 0.0
  /// Bytes of all operands, each counted once.
  public var bytes = 0.0

  public static func += (a: inout DeclaredWork, b: DeclaredWork) {
    a.flops += b.flops
    a.pairs += b.pairs
    a.multiplyAdds += b.multiplyAdds
    a.bytes += b.bytes
  }

  /// ⌊log₁₀⌋ of what is counted first among flops, pairs and bytes.
  var magnitude: Int {
    let size = flops > 0 ? flops : pairs > 0 ? pairs : bytes
    return size >= 1 ? Int(log10(size)) : 0
  }

  public init() {}

  init(bytes: Int) { self.bytes = Double(bytes) }

  /// Each tensor is read or written once.
  init(moving tensors: [Tensor?]) { bytes = tensors.reduce(0) { $0 + ($1.map(Self.bytes) ?? 0) } }

  init(_ job: RowCopyJob) {
    let elements = job.target.batch * job.count * job.target.columns
    bytes = Double(elements * (job.source.precision.byteCount + job.target.precision.byteCount))
  }

  init(_ operation: GEMM, _ a: Tensor, _ b: Tensor, _ c: Tensor) {
    self.init(moving: [a, b])
    let part = operation.lowerOnly ? Self.lowerPart(c) : 1
    let inner = operation.transposeA ? a.rows : a.columns
    flops = 2 * Double(c.count) * part * Double(inner)
    multiplyAdds = flops / 2
    bytes += Self.bytes(c) * part * (operation.beta == 0 ? 1 : 2)
  }

  init(solving l: Tensor, _ b: Tensor) {
    bytes = Self.bytes(l) * Self.lowerPart(l) + 2 * Self.bytes(b)
    flops = Double(l.rows) * Double(b.count)
    multiplyAdds = flops / 2
  }

  init(_ job: RecursionJob, _ costs: PairCosts) {
    self.init(moving: [job.gram, job.rowDiagonal, job.columnDiagonal, job.nngp, job.ntk])
    pairs = Double(job.gram.count) * (job.isSymmetric ? Self.lowerPart(job.gram) : 1)
    multiplyAdds = pairs * costs.kernels(job.program, nngp: job.nngp != nil, ntk: job.ntk != nil, isPaired: job.isPaired)
  }

  init(_ job: RecursionVJPJob, _ costs: PairCosts) {
    self.init(moving: [job.gram, job.nngpCotangent, job.ntkCotangent, job.gramCotangent])
    bytes += [job.rowDiagonal, job.columnDiagonal, job.rowCotangent, job.columnCotangent].reduce(0) { $0 + Self.bytes($1) }
    pairs = Double(job.gram.count)
    multiplyAdds = pairs * costs.cotangents(job.program, nngp: job.nngpCotangent != nil, ntk: job.ntkCotangent != nil)
  }

  init(_ job: BlockKernelJob, _ costs: PairCosts) {
    self.init(moving: [job.x, job.y, job.nngp, job.ntk])
    guard let kernel = job.nngp ?? job.ntk else { return }
    pairs = Double(kernel.count) * (job.y == nil ? Self.lowerPart(kernel) : 1)
    let kernels = costs.kernels(job.program, nngp: job.nngp != nil, ntk: job.ntk != nil)
    multiplyAdds = pairs * (Double(job.x.columns) + kernels)
  }

  init(_ job: WidePassJob, _ costs: PairCosts) {
    self.init(moving: [job.points, job.centres, job.coefficients, job.value, job.jacobian])
    let centres = job.centreCounts?.reduce(0, +) ?? job.centres.batch * job.centres.rows
    pairs = Double(centres) * Double(job.points.rows)
    let kernel = costs.kernel(job.program, job.kind, isJet: job.jacobian != nil)
    multiplyAdds = pairs * (kernel + Self.sums(job.points.columns, job.coefficients.columns, jacobian: job.jacobian != nil))
  }

  init(_ job: FeaturePassJob, _ costs: PairCosts) {
    self.init(moving: [job.points, job.weights, job.biases, job.coefficients, job.value, job.jacobian])
    pairs = Double(job.points.batch) * Double(job.points.rows) * Double(job.weights.rows)
    let feature = costs.feature(job.activation, isJet: job.jacobian != nil)
    multiplyAdds = pairs * (feature + Self.sums(job.points.columns, job.coefficients.columns, jacobian: job.jacobian != nil))
  }

  /// Work of a pair beside its kernel: the inner product, and the sums of values and, with a Jacobian, of slopes in `width` directions.
  private static func sums(_ width: Int, _ outputs: Int, jacobian: Bool) -> Double {
    Double(width + outputs + (jacobian ? outputs * (width + 1) : 0))
  }

  /// The share of a square matrix that lies on and below its diagonal.
  private static func lowerPart(_ matrix: Tensor) -> Double { Double(matrix.rows + 1) / Double(2 * max(matrix.rows, 1)) }

  private static func bytes(_ tensor: Tensor) -> Double { Double(tensor.count * tensor.precision.byteCount) }
}
