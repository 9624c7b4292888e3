import CPUKernelInterface
import Compute

extension Operations {
  /// Items whose operands stay in the caches, some of them by one thread: nothing is packed but a transposed B.
  func smallGEMM(_ product: MatrixProduct<Scalar>) {
    let c = product.c
    let work = max(c.rows * c.columns * product.inner, 1)
    // At least what takes longer than waking another thread, and if there are enough items for all threads some microseconds.
    let itemsPerTile = max(1, (1 << 16) / work, min((1 << 22) / work, c.batch / 32))
    pool.run((c.batch + itemsPerTile - 1) / itemsPerTile) { tile in
      multiplyItems(product, tile * itemsPerTile..<min((tile + 1) * itemsPerTile, c.batch))
    }
  }

  private func multiplyItems(_ product: MatrixProduct<Scalar>, _ items: Range<Int>) {
    for start in stride(from: 0, to: max(product.inner, 1), by: product.innerBlock) {
      let inner = start..<min(start + product.innerBlock, product.inner)
      guard product.operation.transposeB else {
        multiplyItems(product, items, inner, product.right.items(items, inner: start))
        continue
      }
      // Columns of B are made neighbours, of as many items as stay near.
      let width = padded(product.c.columns)
      let group = product.right.matrices.batch == 1 ? items.count : max(1, (1 << 12) / max(width * inner.count, 1))
      let copies = product.right.matrices.batch == 1 ? 1 : min(group, items.count)
      withTile(copies * width * inner.count) { memory in
        for first in stride(from: items.lowerBound, to: items.upperBound, by: group) {
          let part = first..<min(first + group, items.upperBound)
          for copy in 0..<min(copies, part.count) {
            loops.pack(
              product.right.address(first + copy, outer: 0, inner: start), rows: product.c.columns, inner: inner.count,
              rowStep: product.right.outerStep, innerStep: 1, width: width, into: memory + copy * width * inner.count)
          }
          let columns = ItemOperand(
            UnsafePointer(memory), itemStep: copies == 1 ? 0 : width * inner.count, outerStep: 1, innerStep: width)
          multiplyItems(product, part, inner, columns)
        }
      }
    }
  }

  private func multiplyItems(_ product: MatrixProduct<Scalar>, _ items: Range<Int>, _ inner: Range<Int>, _ columns: ItemOperand<Scalar>) {
    let (c, operation) = (product.c, product.operation)
    loops.multiplyItems(
      items.count, product.left.items(items, inner: inner.lowerBound), columns, inner: inner.count, alpha: Scalar(operation.alpha),
      beta: Scalar(inner.lowerBound == 0 ? operation.beta : 1),
      into: Panel(c.item(items.lowerBound), rows: c.rows, columns: c.columns, stride: c.rowStride), itemStep: c.batchStride)
  }
}

extension PanelOperand {
  /// All outer indices of some items from an inner index on, as they lie in memory.
  fileprivate func items(_ items: Range<Int>, inner: Int) -> ItemOperand<Scalar> {
    ItemOperand(
      address(items.lowerBound, outer: 0, inner: inner), itemStep: matrices.batch == 1 ? 0 : matrices.batchStride, outerStep: outerStep,
      innerStep: innerStep)
  }
}
