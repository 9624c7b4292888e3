import CPUKernelInterface
import Compute

extension Operations {
  /// Inner indices of a packed panel: a block of B stays in the second-level cache.
  private static var innerBlock: Int { 256 }
  /// Columns of a tile of C.
  private static var columnBlock: Int { 512 }
  /// At or below this many rows or columns the larger operand is read once, as it lies in memory.
  private static var skinny: Int { GEMM.fewColumns }

  func gemm(_ operation: GEMM, _ a: Matrices<Scalar>, _ b: Matrices<Scalar>, _ c: Matrices<Scalar>) throws(ComputeError) {
    let inner = operation.transposeA ? a.rows : a.columns
    if !operation.lowerOnly, min(c.rows, c.columns) <= Self.skinny, max(c.rows, c.columns) > Self.skinny || inner > 64,
      inner >= 2 * loops.lanes
    {
      try skinnyGEMM(operation, a, b, c, inner: inner)
    } else {
      try packedGEMM(operation, a, b, c, inner: inner)
    }
  }

  private func packedGEMM(
    _ operation: GEMM, _ a: Matrices<Scalar>, _ b: Matrices<Scalar>, _ c: Matrices<Scalar>, inner: Int
  ) throws(ComputeError) {
    let (aRow, aInner) = operation.transposeA ? (1, a.rowStride) : (a.rowStride, 1)
    let (bColumn, bInner) = operation.transposeB ? (b.rowStride, 1) : (1, b.rowStride)
    let (blockRows, blockColumns) = (loops.blockRows, loops.blockColumns)
    let rowBlock = blockRows * (96 / blockRows)
    let depth = min(Self.innerBlock, max(inner, 1))
    // Columns of B packed at once, for all items that differ.
    let wholeColumns = (c.columns + blockColumns - 1) / blockColumns * blockColumns
    let packedColumns = min(wholeColumns, 4096)
    let itemsAtOnce = b.batch == 1 ? c.batch : max(1, min(c.batch, (4 << 20) / (depth * packedColumns)))
    let copies = b.batch == 1 ? 1 : itemsAtOnce
    let rowTiles = (c.rows + rowBlock - 1) / rowBlock

    try scratch(copies * depth * packedColumns).use { panels throws(ComputeError) in
      for firstItem in stride(from: 0, to: c.batch, by: itemsAtOnce) {
        let items = min(itemsAtOnce, c.batch - firstItem)
        for firstColumn in stride(from: 0, to: c.columns, by: packedColumns) {
          let columns = min(packedColumns, c.columns - firstColumn)
          let columnTiles = (columns + Self.columnBlock - 1) / Self.columnBlock
          for firstInner in stride(from: 0, to: max(inner, 1), by: Self.innerBlock) {
            let length = min(Self.innerBlock, inner - firstInner)
            pool.run((b.batch == 1 ? 1 : items) * columnTiles) { tile in
              let (copy, part) = (tile / columnTiles, tile % columnTiles * Self.columnBlock)
              loops.pack(
                b.item(firstItem + copy) + (firstColumn + part) * bColumn + firstInner * bInner,
                rows: min(Self.columnBlock, columns - part),
                inner: length, rowStep: bColumn, innerStep: bInner, width: blockColumns,
                into: panels + copy * depth * packedColumns + part * length)
            }
            let beta = firstInner == 0 ? operation.beta : 1
            pool.run(items * rowTiles * columnTiles) { tile in
              let part = tile % columnTiles * Self.columnBlock
              let firstRow = tile / columnTiles % rowTiles * rowBlock
              let item = tile / columnTiles / rowTiles
              let rows = min(rowBlock, c.rows - firstRow)
              let column = firstColumn + part
              if operation.lowerOnly, column > firstRow + rows - 1 { return }
              withTile(rowBlock * length) { panel in
                loops.pack(
                  a.item(firstItem + item) + firstRow * aRow + firstInner * aInner, rows: rows, inner: length, rowStep: aRow,
                  innerStep: aInner, width: blockRows, into: panel)
                loops.multiplyPanels(
                  panel, panels + (b.batch == 1 ? 0 : item) * depth * packedColumns + part * length, inner: length,
                  alpha: Scalar(operation.alpha), beta: Scalar(beta),
                  into: Panel(
                    c.item(firstItem + item) + firstRow * c.rowStride + column, rows: rows,
                    columns: min(Self.columnBlock, columns - part), stride: c.rowStride),
                  diagonal: operation.lowerOnly ? firstRow - column : nil)
              }
            }
          }
        }
      }
    }
  }

  /// C has few columns (or rows): X, the operand with many, is streamed; Y, the other, stays in cache.
  private func skinnyGEMM(
    _ operation: GEMM, _ a: Matrices<Scalar>, _ b: Matrices<Scalar>, _ c: Matrices<Scalar>, inner: Int
  ) throws(ComputeError) {
    let isA = c.columns <= c.rows
    let (x, y) = isA ? (a, b) : (b, a)
    // Whether the inner index runs along X's rows in memory, and along Y's.
    let xIsInner = isA ? !operation.transposeA : operation.transposeB
    let yIsInner = isA ? operation.transposeB : !operation.transposeA
    let (long, short) = isA ? (c.rows, c.columns) : (c.columns, c.rows)
    let (rowStep, columnStep) = isA ? (c.rowStride, 1) : (1, c.rowStride)
    let (alpha, beta) = (Scalar(operation.alpha), Scalar(operation.beta))
    // Less work than this is done before another thread has woken.
    let block = long * short * inner <= 1 << 15 ? long : xIsInner ? 32 : 16 * loops.lanes
    let tiles = (long + block - 1) / block

    if !xIsInner {
      let (yInnerStep, yStep) = yIsInner ? (1, y.rowStride) : (y.rowStride, 1)
      pool.run(c.batch * tiles) { tile in
        let (item, first) = (tile / tiles, tile % tiles * block)
        loops.columnProducts(
          x.item(item) + first, xStride: x.rowStride, xColumns: min(block, long - first), y.item(item), yInnerStep: yInnerStep,
          yStep: yStep, yColumns: short, inner: inner, alpha: alpha, beta: beta, into: c.item(item) + first * rowStep, rowStep: rowStep,
          columnStep: columnStep)
      }
      return
    }
    // Y with its inner index along rows: as it lies, or copied.
    let copies = yIsInner ? 0 : y.batch
    try scratch(copies * short * inner).use { lines throws(ComputeError) in
      for copy in 0..<copies {
        loops.pack(
          y.item(copy), rows: inner, inner: short, rowStep: y.rowStride, innerStep: 1, width: inner, into: lines + copy * short * inner)
      }
      pool.run(c.batch * tiles) { tile in
        let (item, first) = (tile / tiles, tile % tiles * block)
        let line = yIsInner ? y.item(item) : lines + (y.batch == 1 ? 0 : item) * short * inner
        loops.rowProducts(
          x.item(item) + first * x.rowStride, xStride: x.rowStride, xRows: min(block, long - first), line,
          yStride: yIsInner ? y.rowStride : inner, yRows: short, inner: inner, alpha: alpha, beta: beta,
          into: c.item(item) + first * rowStep, rowStep: rowStep, columnStep: columnStep)
      }
    }
  }
}
