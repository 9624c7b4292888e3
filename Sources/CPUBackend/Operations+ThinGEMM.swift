import CPUKernelInterface
import Compute

extension Operations {
  /// Columns up to which A is read once, as it lies in memory, by many rows.
  private static var thinColumns: Int { 64 }
  /// Numbers of B that are packed at once.
  private static var thinRoom: Int { 1 << 22 }

  func isThin(_ product: MatrixProduct<Scalar>) -> Bool {
    // Two vectors of columns at least: the first is written whole.
    !product.operation.transposeA && !product.operation.lowerOnly && product.c.columns > loops.lanes
      && product.c.columns <= Self.thinColumns && product.c.rows >= 128
  }

  /// Few columns: all of B is packed first, then each tile takes some rows of A through all inner indices.
  func thinGEMM(_ product: MatrixProduct<Scalar>) throws(ComputeError) {
    let (c, operation, width) = (product.c, product.operation, padded(product.c.columns))
    let depth = product.innerBlock
    let part = max(depth, Self.thinRoom / width / depth * depth)
    let rows = min(96, max(24, c.rows / 32 / 24 * 24))
    try scratch(width * min(part, product.inner)).use { packed throws(ComputeError) in
      for item in 0..<c.batch {
        for first in stride(from: 0, to: max(product.inner, 1), by: part) {
          let inner = first..<min(first + part, product.inner)
          let starts = Array(stride(from: first, to: max(inner.upperBound, first + 1), by: depth))
          if item == 0 || product.right.matrices.batch > 1 || inner.count < product.inner {
            pool.run(starts.count) { piece in
              let start = starts[piece]
              loops.pack(
                product.right.address(item, outer: 0, inner: start), rows: c.columns, inner: min(depth, inner.upperBound - start),
                rowStep: product.right.outerStep, innerStep: product.right.innerStep, width: width, into: packed + (start - first) * width)
            }
          }
          pool.run((c.rows + rows - 1) / rows) { tile in
            let row = tile * rows
            for start in starts {
              loops.multiplyThin(
                product.left.address(item, outer: row, inner: start), rowStep: product.left.outerStep, packed + (start - first) * width,
                bStride: width, inner: min(depth, inner.upperBound - start), alpha: Scalar(operation.alpha),
                beta: Scalar(start == 0 ? operation.beta : 1),
                into: Panel(c.item(item) + row * c.rowStride, rows: min(rows, c.rows - row), columns: c.columns, stride: c.rowStride))
            }
          }
        }
      }
    }
  }
}
