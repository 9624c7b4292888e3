import CPUKernelInterface
import Compute

extension Operations {
  /// Copies rows, this precision being the target's.
  func copyRows(_ job: RowCopyJob) {
    let target = Matrices<Scalar>(job.target)
    switch job.source.precision {
    case .float64: copy(job, Matrices<Double>(job.source), target) { loops.copyRows($0, of: $1, to: $2, columns: $3) }
    case .float32: copy(job, Matrices<Float>(job.source), target) { loops.copyRows($0, of: $1, to: $2, columns: $3) }
    }
  }

  private func copy<Source>(
    _ job: RowCopyJob, _ source: Matrices<Source>, _ target: Matrices<Scalar>,
    _ copyLines: (Range<Int>, RowSelection<Source>, RowSelection<Scalar>, Int) -> Void
  ) {
    if job.sourceRows == nil, job.targetRows == nil, source.isContiguous, target.isContiguous {
      return tiles(batch: 1, lines: 1, columns: target.batch * target.rows * target.columns) { _, lines, columns in
        copyLines(
          lines, RowSelection(source.base + columns.lowerBound, stride: 0, order: nil),
          RowSelection(target.base + columns.lowerBound, stride: 0, order: nil), columns.count)
      }
    }
    withOrder(job.sourceRows) { sourceOrder in
      withOrder(job.targetRows) { targetOrder in
        tiles(batch: target.batch, lines: job.count, columns: target.columns) { item, lines, columns in
          copyLines(
            lines, RowSelection(source.item(item) + columns.lowerBound, stride: source.rowStride, order: sourceOrder),
            RowSelection(target.item(item) + columns.lowerBound, stride: target.rowStride, order: targetOrder), columns.count)
        }
      }
    }
  }

  /// `body` for every tile: item, lines, columns. Tiles have about `elementBlock` numbers.
  private func tiles(batch: Int, lines: Int, columns: Int, _ body: (Int, Range<Int>, Range<Int>) -> Void) {
    let (width, height) = (Self.elementBlock, max(1, Self.elementBlock / columns))
    let (parts, groups) = ((columns + width - 1) / width, (lines + height - 1) / height)
    pool.run(batch * groups * parts) { tile in
      let (line, column) = (tile / parts % groups * height, tile % parts * width)
      body(tile / (parts * groups), line..<min(line + height, lines), column..<min(column + width, columns))
    }
  }

  private func withOrder(_ rows: [Int]?, _ body: (UnsafePointer<Int>?) -> Void) {
    guard let rows else { return body(nil) }
    rows.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
