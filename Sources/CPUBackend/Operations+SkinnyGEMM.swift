import CPUKernelInterface
import Compute

extension Operations {
  /// C has few columns (or rows): X, the operand with many, is streamed; Y, the other, stays in cache.
  func skinnyGEMM(
    _ operation: GEMM, _ a: Matrices<Scalar>, _ b: Matrices<Scalar>, _ c: Matrices<Scalar>, inner: Int
  ) throws(ComputeError) {
    let isA = c.columns <= c.rows
    let (x, y) = isA ? (a, b) : (b, a)
    // Whether the inner index runs along X's rows in memory, and along Y's.
    let xIsInner = isA ? !operation.transposeA : operation.transposeB
    let (long, short) = isA ? (c.rows, c.columns) : (c.columns, c.rows)
    // A single column without gaps lies as a row does.
    let yIsInner = (isA ? operation.transposeB : !operation.transposeA) || (short == 1 && y.rowStride == 1)
    let (rowStep, columnStep) = isA ? (c.rowStride, 1) : (1, c.rowStride)
    let (alpha, beta) = (Scalar(operation.alpha), Scalar(operation.beta))
    // Less work than this is done before another thread has woken.
    let block = long * short * inner <= 1 << 15 ? long : xIsInner ? 32 : 16 * loops.lanes
    let tiles = (long + block - 1) / block
    let itemsPerTile = max(1, (1 << 15) / max(long * short * inner, 1))
    func run(_ body: (_ item: Int, _ first: Int) -> Void) {
      pool.run((c.batch + itemsPerTile - 1) / itemsPerTile * tiles) { tile in
        let items = tile / tiles * itemsPerTile
        for item in items..<min(items + itemsPerTile, c.batch) { body(item, tile % tiles * block) }
      }
    }

    if !xIsInner {
      let (yInnerStep, yStep) = yIsInner ? (1, y.rowStride) : (y.rowStride, 1)
      run { item, first in
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
      let atOnce = max(1, (1 << 15) / max(short * inner, 1))
      pool.run((copies + atOnce - 1) / atOnce) { tile in
        for copy in tile * atOnce..<min((tile + 1) * atOnce, copies) {
          loops.pack(
            y.item(copy), rows: inner, inner: short, rowStep: y.rowStride, innerStep: 1, width: inner, into: lines + copy * short * inner)
        }
      }
      run { item, first in
        let line = yIsInner ? y.item(item) : lines + (y.batch == 1 ? 0 : item) * short * inner
        loops.rowProducts(
          x.item(item) + first * x.rowStride, xStride: x.rowStride, xRows: min(block, long - first), line,
          yStride: yIsInner ? y.rowStride : inner, yRows: short, inner: inner, alpha: alpha, beta: beta,
          into: c.item(item) + first * rowStep, rowStep: rowStep, columnStep: columnStep)
      }
    }
  }
}
