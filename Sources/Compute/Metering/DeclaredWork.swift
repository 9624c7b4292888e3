import Foundation

/// What one operation asks of a device by its sizes alone, whatever the device makes of it. Every job counts its own.
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

  package init(bytes: Int) { self.bytes = Double(bytes) }

  /// Each tensor is read or written once.
  init(moving tensors: [Tensor?]) { bytes = tensors.reduce(0) { $0 + ($1.map(Self.bytes) ?? 0) } }

  /// Work of a pair beside its kernel: the inner product, and the sums of values and, with a Jacobian, of slopes in `width` directions.
  static func sums(_ width: Int, _ outputs: Int, jacobian: Bool) -> Double {
    Double(width + outputs + (jacobian ? outputs * (width + 1) : 0))
  }

  /// The share of a square matrix that lies on and below its diagonal.
  static func lowerPart(_ matrix: Tensor) -> Double { Double(matrix.rows + 1) / Double(2 * max(matrix.rows, 1)) }

  static func bytes(_ tensor: Tensor) -> Double { Double(tensor.count * tensor.precision.byteCount) }
}
