import CPUKernelInterface
import Compute

/// Items, rows and columns of C, and inner indices.
struct ProductPart {
  var items: Range<Int>
  var rows: Range<Int>
  var columns: Range<Int>
  var inner: Range<Int>
}

/// One matrix product: its operands, and the sizes in which it is done. What an element of C sums, and in which order, follows from
/// `innerBlock` alone.
struct MatrixProduct<Scalar: BinaryFloatingPoint & SIMDScalar & BitwiseCopyable & Sendable> {
  let operation: GEMM
  let left: PanelOperand<Scalar>
  let right: PanelOperand<Scalar>
  let c: Matrices<Scalar>
  let inner: Int
  let loops: any HotLoops<Scalar>

  init(
    _ operation: GEMM, _ a: Matrices<Scalar>, _ b: Matrices<Scalar>, _ c: Matrices<Scalar>, inner: Int, _ loops: any HotLoops<Scalar>
  ) {
    self.operation = operation
    left = PanelOperand(
      loops: loops, matrices: a, outerStep: operation.transposeA ? 1 : a.rowStride, innerStep: operation.transposeA ? a.rowStride : 1,
      width: loops.blockRows)
    right = PanelOperand(
      loops: loops, matrices: b, outerStep: operation.transposeB ? b.rowStride : 1, innerStep: operation.transposeB ? 1 : b.rowStride,
      width: loops.blockColumns)
    self.c = c
    self.inner = inner
    self.loops = loops
  }

  // MARK: Sizes

  /// Inner indices of a packed panel, at most 1024 and in blocks alike: C is read and written once for each block.
  var innerBlock: Int {
    let blocks = max(1, (inner + 1023) / 1024)
    return max(1, (inner + blocks * 8 - 1) / (blocks * 8) * 8)
  }
  /// Rows of a tile: its panels of A stay in the second-level cache. Fewer where there would be too few tiles to share.
  var rowTile: Int {
    let width = loops.blockRows
    guard !isLow else { return c.rows }
    return min(max((c.rows * c.batch / Self.enoughTiles + width - 1) / width * width, 24), 96)
  }
  /// Columns of a tile. Packed panels of B stay in the third-level cache, or in the second where one tile alone reads them.
  var columnTile: Int {
    let width = loops.blockColumns
    let rowTiles = c.batch * ((c.rows + rowTile - 1) / rowTile)
    let splits = max(1, Self.enoughTiles / 2 / rowTiles)
    let even = (c.columns + splits - 1) / splits
    let room = (isLow ? 1 << 19 : 1 << 23) / (innerBlock * MemoryLayout<Scalar>.stride)
    return max(4 * width, (min(even, room) + width - 1) / width * width)
  }
  private static var enoughTiles: Int { 32 }
  /// Whether C has so few rows that each column of B is read by one tile.
  private var isLow: Bool { c.rows <= 96 && right.matrices.batch == c.batch }
  /// Whether an item's operands stay in the caches without being packed, and there is an item for every thread.
  var isSmall: Bool {
    let numbers = c.rows * inner + inner * c.columns + c.rows * c.columns
    return numbers <= 3 << 14 && (c.batch >= 16 || c.rows * c.columns * inner <= 1 << 18) && !operation.lowerOnly
  }

  // MARK: Parts

  func packed(
    _ operand: PanelOperand<Scalar>, _ items: Range<Int>, _ outer: Range<Int>, _ inner: Range<Int>, at memory: UnsafeMutablePointer<Scalar>
  ) -> PackedOperand<Scalar> {
    PackedOperand(
      operand: operand, memory: memory, items: operand.matrices.batch == 1 ? 0..<1 : items, outer: outer, inner: inner)
  }

  private func leftInPlace(_ part: ProductPart) -> Bool { !operation.transposeA && part.columns.count <= 64 }

  /// Numbers that `multiply` packs for itself at a time.
  func tileCount(_ part: ProductPart, _ left: PackedOperand<Scalar>?, _ right: PackedOperand<Scalar>?) -> Int {
    let depth = min(innerBlock, part.inner.count)
    return (left != nil || leftInPlace(part) ? 0 : self.left.packedCount(part.rows.count, depth))
      + (right != nil ? 0 : self.right.packedCount(part.columns.count, depth))
  }

  /// C ← alpha·A·B + beta·C for a part; operands that are not packed yet are read in place, or packed to `memory`.
  func multiply(
    _ part: ProductPart, _ left: PackedOperand<Scalar>?, _ right: PackedOperand<Scalar>?, _ memory: UnsafeMutablePointer<Scalar>
  ) {
    let (rows, columns) = (part.rows, part.columns)
    let (row, column) = (rows.lowerBound, columns.lowerBound)
    for item in part.items {
      for start in stride(from: part.inner.lowerBound, to: max(part.inner.upperBound, 1), by: innerBlock) {
        let block = start..<min(start + innerBlock, part.inner.upperBound)
        var free = memory
        let a: LeftPanels<Scalar>
        if let left {
          a = .packed(left.panels(item, outer: row), width: loops.blockRows)
        } else if leftInPlace(part) {
          a = .inPlace(
            self.left.address(item, outer: row, inner: start), rowStep: self.left.outerStep, innerStep: self.left.innerStep)
        } else {
          self.left.pack(item, outer: rows, inner: block, into: free)
          a = .packed(free, width: loops.blockRows)
          free += self.left.packedCount(rows.count, block.count)
        }
        let b = right?.panels(item, outer: column) ?? UnsafePointer(free)
        if right == nil { self.right.pack(item, outer: columns, inner: block, into: free) }
        loops.multiplyPanels(
          a, b, inner: block.count, alpha: Scalar(operation.alpha), beta: Scalar(start == 0 ? operation.beta : 1),
          into: Panel(c.item(item) + row * c.rowStride + column, rows: rows.count, columns: columns.count, stride: c.rowStride),
          diagonal: operation.lowerOnly ? row - column : nil)
      }
    }
  }
}
