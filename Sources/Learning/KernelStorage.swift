/// How a kernel matrix of block 0 is kept between steps, from the fastest to the smallest.
public enum KernelStorage: String, Sendable, Codable, CaseIterable {
  /// All entries in float64.
  case float64
  /// Blocks of the lower triangle in float64.
  case packed
  /// All entries in float32: relative errors of 6e-8 in every entry and of the same size in each product.
  case float32
  /// Blocks of the lower triangle in float32.
  case packedFloat32 = "packed-float32"
  /// Nothing is kept: blocks are computed again at every step.
  case recomputed

  /// Rows and columns of a block.
  package static let blockRows = 1024

  /// Bytes of a kernel between `rows` and `columns` points; a symmetric one may keep one triangle.
  public func bytes(rows: Int, columns: Int, isSymmetric: Bool) -> Int {
    let blocks = (rows + Self.blockRows - 1) / Self.blockRows
    let packed = isSymmetric ? blocks * (blocks + 1) / 2 * Self.blockRows * Self.blockRows : rows * columns
    return switch self {
    case .float64: 8 * rows * columns
    case .packed: 8 * min(packed, rows * columns)
    case .float32: 4 * rows * columns
    case .packedFloat32: 4 * min(packed, rows * columns)
    // The block that is being used, and what its computation takes beside it.
    case .recomputed: 16 * min(Self.blockRows, rows) * min(Self.blockRows, columns)
    }
  }

  /// The next smaller one, nil after `recomputed`.
  var smaller: KernelStorage? {
    switch self {
    case .float64: .packed
    case .packed, .float32: .packedFloat32
    case .packedFloat32: .recomputed
    case .recomputed: nil
    }
  }
}
