import CPUKernelInterface
import Compute

extension Operations {
  func gemm(_ job: GEMMJob) throws(ComputeError) { try gemm(job.operation, Matrices(job.a), Matrices(job.b), Matrices(job.c)) }

  func gemm(_ operation: GEMM, _ a: Matrices<Scalar>, _ b: Matrices<Scalar>, _ c: Matrices<Scalar>) throws(ComputeError) {
    let inner = operation.transposeA ? a.rows : a.columns
    // At or below so many rows or columns the larger operand is read once, as it lies in memory.
    let skinny = GEMM.fewColumns
    if !operation.lowerOnly, min(c.rows, c.columns) <= skinny, max(c.rows, c.columns) > skinny || inner > 64, inner >= 2 * loops.lanes {
      return try skinnyGEMM(operation, a, b, c, inner: inner)
    }
    let product = MatrixProduct(operation, a, b, c, inner: inner, loops)
    if product.isSmall {
      smallGEMM(product)
    } else if isThin(product) {
      try thinGEMM(product)
    } else {
      try packedGEMM(product)
    }
  }

  /// Operands that several tiles read are packed once, all others by the tile that reads them.
  private func packedGEMM(_ product: MatrixProduct<Scalar>) throws(ComputeError) {
    let shared = SharedPanels(product)
    try scratch(shared.leftCount + shared.rightCount).use { memory throws(ComputeError) in
      for part in shared.parts {
        let left = shared.sharesLeft ? product.packed(product.left, part.items, part.rows, part.inner, at: memory) : nil
        let right =
          shared.sharesRight ? product.packed(product.right, part.items, part.columns, part.inner, at: memory + shared.leftCount) : nil
        // What all items share is there from the first of them on.
        let isFirst = part.items.lowerBound == 0
        let leftPieces = isFirst ? left?.pieces ?? 0 : 0
        let rightPieces = isFirst || product.right.matrices.batch > 1 ? right?.pieces ?? 0 : 0
        pool.run(leftPieces + rightPieces) { piece in
          if piece < leftPieces { left?.pack(piece) } else { right?.pack(piece - leftPieces) }
        }
        let tiles = TileGrid(part, rows: product.rowTile, columns: product.columnTile)
        pool.run(tiles.count) { index in
          let tile = tiles[index]
          if product.operation.lowerOnly, tile.columns.lowerBound > tile.rows.upperBound - 1 { return }
          withTile(product.tileCount(tile, left, right)) { memory in product.multiply(tile, left, right, memory) }
        }
      }
    }
  }
}
