import CPUKernelInterface
import Compute

extension Operations {
  /// Rows of a triangle that are solved by substitution; all else is matrix products.
  private static var triangleBlock: Int { 64 }

  func triangularSolve(_ job: TriangularSolveJob) throws(ComputeError) {
    try triangularSolve(transposed: job.operation.transposed, Matrices(job.l), Matrices(job.b))
  }

  /// B ← op(L)⁻¹ B by halves, so that most of the work is products with a long inner side.
  ///
  /// A column's bits depend on the number of columns only in whether it is at most `GEMM.fewColumns`: then the products stream L
  /// instead of packing it, and add in another order.
  private func triangularSolve(transposed: Bool, _ l: Matrices<Scalar>, _ b: Matrices<Scalar>) throws(ComputeError) {
    let size = l.rows
    guard size > Self.triangleBlock else { return substitute(transposed: transposed, l, b) }
    let half = (size + Self.triangleBlock - 1) / Self.triangleBlock / 2 * Self.triangleBlock
    let (first, second) = transposed ? (half..<size, 0..<half) : (0..<half, half..<size)
    let columns = 0..<b.columns
    try triangularSolve(transposed: transposed, l.part(first, first), b.part(first, columns))
    // The rows that are still to be solved lose what the solved ones contribute.
    let factor = transposed ? l.part(first, second) : l.part(second, first)
    try gemm(GEMM(transposeA: transposed, alpha: -1, beta: 1), factor, b.part(first, columns), b.part(second, columns))
    try triangularSolve(transposed: transposed, l.part(second, second), b.part(second, columns))
  }

  private func substitute(transposed: Bool, _ l: Matrices<Scalar>, _ b: Matrices<Scalar>) {
    let columnBlock = 4 * loops.blockColumns
    let columnTiles = (b.columns + columnBlock - 1) / columnBlock
    pool.run(b.batch * columnTiles) { tile in
      let (item, column) = (tile / columnTiles, tile % columnTiles * columnBlock)
      loops.solveTriangle(
        l.item(item), lStride: l.rowStride, size: l.rows, transposed: transposed, b.item(item) + column, bStride: b.rowStride,
        columns: min(columnBlock, b.columns - column))
    }
  }
}

extension Matrices {
  /// A rectangle of every item.
  fileprivate func part(_ rows: Range<Int>, _ columns: Range<Int>) -> Matrices {
    Matrices(
      base: base + rows.lowerBound * rowStride + columns.lowerBound, batch: batch, rows: rows.count, columns: columns.count,
      rowStride: rowStride, batchStride: batchStride)
  }
}
