/// How a kernel matrix of block 0 is kept between steps, from the fastest to the smallest.
public enum KernelStorage: String, Sendable, Codable, CaseIterable {
  /// All entries in float64.
  case float64
  /// Tiles of the lower triangle in float64.
  case packed
  /// All entries in float32: relative errors of 6e-8 in every entry and of the same size in each product.
  case float32
  /// Tiles of the lower triangle in float32.
  case packedFloat32 = "packed-float32"
  /// Nothing is kept: tiles are computed again at every step.
  case recomputed

  /// Rows and columns of a tile.
  static let tile = 1024

  /// Bytes of a kernel between `rows` and `columns` points; a symmetric one may keep one triangle.
  public func bytes(rows: Int, columns: Int, isSymmetric: Bool) -> Int {
    let tiles = (rows + Self.tile - 1) / Self.tile
    let packed = isSymmetric ? tiles * (tiles + 1) / 2 * Self.tile * Self.tile : rows * columns
    return switch self {
    case .float64: 8 * rows * columns
    case .packed: 8 * min(packed, rows * columns)
    case .float32: 4 * rows * columns
    case .packedFloat32: 4 * min(packed, rows * columns)
    // The tile that is being used, and what its computation takes beside it.
    case .recomputed: 16 * min(Self.tile, rows) * min(Self.tile, columns)
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
