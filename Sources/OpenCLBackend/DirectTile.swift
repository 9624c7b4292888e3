import Compute

/// A product on a processor: what a work-item of gemm_direct.cl makes of it, and how. A choice by shapes alone.
///
/// The order of every sum follows from `depth`, which is the same for all products of a precision.
package struct DirectTile: Sendable, Hashable {
  /// Neighbouring columns in a register.
  package var lanes: Int
  /// Registers for the columns of a row, and rows whose sums are in registers together.
  package var vectors, registerRows: Int
  /// Inner indices that are summed before C is touched.
  package var depth: Int
  /// Rows, columns and items of a work-item.
  package var rows, columns, items: Int
  /// Whether an item's operands stay in the caches. Then they are read as they lie, and later items are fetched meanwhile.
  var isSmall: Bool
  /// Whether a work-item copies its part of A, and of B, before it multiplies.
  package var copiesA, copiesB: Bool
  /// Numbers of each operand that are fetched with an inner index, and how many items ahead.
  package var share, ahead: Int

  /// Rows of a tile at most where A is copied: 384 inner indices of them are 288 KB in float64, in the second-level cache.
  package static var mostRows: Int { 96 }

  /// - Parameters:
  ///   - operation: how the operands lie.
  ///   - c: sizes of the product.
  ///   - inner: inner indices.
  ///   - table: sizes of the device.
  ///   - vectors: registers of a row where C has many columns.
  ///   - depth: inner indices that are summed before C is touched.
  init(_ operation: GEMM, _ c: Tensor, inner: Int, _ table: KernelSizes, vectors wide: Int, depth: Int) {
    func count(_ size: Int, _ part: Int) -> Int { (size + part - 1) / part }
    let work = max(c.rows * c.columns * inner, 1)
    let numbers = c.rows * inner + inner * c.columns + c.rows * c.columns
    // Work-items that keep the device busy, and let none of its units wait for long.
    let enough = 4 * table.parallelism

    // Registers no wider than C; three of them where they cover few columns better than twice two.
    let widest = table.lanes(c.precision)
    let lanes = [16, 8, 4].first { $0 <= min(widest, c.columns) } ?? 4
    let vectors = count(c.columns, lanes) == 3 ? 3 : min(count(c.columns, lanes), wide)
    let registers = table.doubleLanes >= 8 ? 24 : 12
    let registerRows = [12, 8, 6].first { $0 * vectors <= registers } ?? 4
    (self.lanes, self.vectors, self.registerRows, self.depth) = (lanes, vectors, registerRows, depth)

    isSmall = numbers <= 3 << 14 && (c.batch >= enough / 2 || work <= 1 << 18)
    // Rows of A that many columns read are copied once, away from the distances at which lines displace each other.
    copiesA = !isSmall && (operation.transposeA || c.columns > 1024)
    copiesB = !isSmall || operation.transposeB || c.columns < lanes

    let width = vectors * lanes
    let (wholeRows, wholeColumns) = (max(c.rows, 1), count(max(c.columns, 1), width) * width)
    if isSmall, c.batch >= enough / 2 {
      (rows, columns) = (wholeRows, wholeColumns)
    } else {
      let tile = min(Self.mostRows, max(24, count(count(c.rows * c.batch, enough), 24) * 24))
      rows = tile
      columns = count(count(wholeColumns, max(1, enough / 2 / (count(wholeRows, tile) * c.batch))), width) * width
    }
    // At least what takes longer than starting a work-item.
    items = max(1, (1 << 16) / work, min((1 << 22) / work, c.batch / enough))

    let blocks = count(wholeRows, registerRows) * count(wholeColumns, width)
    let largest = max(c.rows * c.columns, c.rows * inner, inner * c.columns)
    share = min(64 / c.precision.byteCount, count(largest, max(blocks * inner, 1)))
    ahead = max(1, (1 << 13) / work)
  }

  var defines: [String: Int] {
    [
      "VECTORS": vectors, "MOST_ROWS": registerRows, "DEPTH": depth, "TILE_M": Self.mostRows, "A_COPIED": copiesA ? 1 : 0,
      "B_COPIED": copiesB ? 1 : 0, "ITEMWISE": isSmall ? 1 : 0,
    ]
  }

  /// Work-items by rows, columns and items.
  package func grid(_ c: Tensor) -> [Int] {
    [(c.rows + rows - 1) / rows, (c.columns + columns - 1) / columns, (c.batch + items - 1) / items]
  }
}
