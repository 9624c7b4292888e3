import CPUKernelInterface
import Compute

extension Operations {
  static var elementBlock: Int { 16384 }
  /// Rows up to this many numbers are reduced at once, longer ones block by block.
  private static var reductionBlock: Int { 16384 }

  func reduceRows(_ job: ReduceRowsJob) throws(ComputeError) {
    let (reduction, input, out) = (job.reduction, Matrices<Scalar>(job.input), Matrices<Scalar>(job.out))
    let parts = (input.columns + Self.reductionBlock - 1) / Self.reductionBlock
    guard parts > 1 else {
      let lines = max(1, Self.elementBlock / input.columns)
      let tiles = (input.rows + lines - 1) / lines
      pool.run(input.batch * tiles) { tile in
        let (item, first) = (tile / tiles, tile % tiles * lines)
        for row in first..<min(first + lines, input.rows) {
          out.line(item, row).pointee = loops.reduce(reduction, input.line(item, row), count: input.columns)
        }
      }
      return
    }
    let rows = input.batch * input.rows
    try scratch(rows * parts).use { partial throws(ComputeError) in
      pool.run(rows * parts) { tile in
        let (row, part) = (tile / parts, tile % parts)
        let first = part * Self.reductionBlock
        partial[tile] = loops.reduce(
          reduction, input.line(row / input.rows, row % input.rows) + first, count: min(Self.reductionBlock, input.columns - first))
      }
      // Parts of squares are summed.
      let combined: Reduction = reduction == .sumOfSquares ? .sum : reduction
      for row in 0..<rows {
        out.line(row / input.rows, row % input.rows).pointee = loops.reduce(combined, partial + row * parts, count: parts)
      }
    }
  }

  func fillNormal(_ job: FillNormalJob) {
    let (out, stream) = (Matrices<Scalar>(job.out), job.stream)
    let count = out.batch * out.rows * out.columns
    let block = 4096
    pool.run((count + block - 1) / block) { tile in
      let first = job.firstElement + tile * block
      let length = min(block, count - tile * block)
      let (firstBlock, lastBlock) = (first / 2, (first + length - 1) / 2)
      withTile(block + 2) { pairs in
        loops.normals(
          seed: stream.seed, stream: stream.hash, firstBlock: UInt64(firstBlock), blocks: lastBlock - firstBlock + 1, into: pairs)
        (out.base + tile * block).update(from: pairs + first % 2, count: length)
      }
    }
  }
}

extension Matrices {
  /// A row; a tensor of one row, or of one item, is repeated.
  func line(_ item: Int, _ row: Int) -> UnsafeMutablePointer<Scalar> {
    self.item(item) + (rows == 1 ? 0 : row * rowStride)
  }
}
