import CPUKernelInterface
import CVectors
import WideKernels

/// A call of `multiplyThin`.
private struct ThinProduct<V: Register> {
  let a: UnsafePointer<V.Scalar>
  let rowStep: Int
  let b: UnsafePointer<V.Scalar>
  let bStride: Int
  let inner: Int
  let alpha: V
  /// The factor of C; nil where C is not read.
  let beta: V?
  let c: Panel<V.Scalar>
}

extension TileLoops {
  @inline(never)
  func multiplyThin(
    _ a: UnsafePointer<Scalar>, rowStep: Int, _ b: UnsafePointer<Scalar>, bStride: Int, inner: Int, alpha: Scalar, beta: Scalar,
    into c: Panel<Scalar>
  ) {
    let product = ThinProduct<V>(
      a: a, rowStep: rowStep, b: b, bStride: bStride, inner: inner, alpha: V(repeating: alpha),
      beta: beta == 0 ? nil : V(repeating: beta), c: c)
    // Few rows at a time, which stay in cache if the columns take more than one pass over them.
    for first in stride(from: 0, to: c.rows, by: 24) {
      let rows = first..<min(first + 24, c.rows)
      var column = 0
      while column < c.columns {
        // Passes of three vectors; the last ones of two rather than of one.
        let vectors = (c.columns - column + V.lanes - 1) / V.lanes
        if vectors == 3 || vectors > 4 {
          multiplyTriple(product, rows, column)
          column += 3 * V.lanes
        } else {
          multiplyWide(product, rows, column)
          column += 2 * V.lanes
        }
      }
    }
  }

  @inline(never)
  private func multiplyTriple(_ product: ThinProduct<V>, _ rows: Range<Int>, _ column: Int) {
    var row = rows.lowerBound
    @inline(__always) func block<Sums: BlockSums>(_: Sums.Type) where Sums.V == V {
      multiplyBlock(product, Sums.self, row, column)
      row += Sums.rows
    }
    if Self.isWide { while row + 8 <= rows.upperBound { block(Rows8<TripleRow<V>>.self) } }
    while row + 4 <= rows.upperBound { block(Rows4<TripleRow<V>>.self) }
    if row + 2 <= rows.upperBound { block(Rows2<TripleRow<V>>.self) }
    if row < rows.upperBound { block(TripleRow<V>.self) }
  }

  @inline(never)
  private func multiplyWide(_ product: ThinProduct<V>, _ rows: Range<Int>, _ column: Int) {
    var row = rows.lowerBound
    @inline(__always) func block<Sums: BlockSums>(_: Sums.Type) where Sums.V == V {
      multiplyBlock(product, Sums.self, row, column)
      row += Sums.rows
    }
    if Self.isWide {
      while row + 12 <= rows.upperBound { block(Rows12<WideRow<V>>.self) }
    } else {
      while row + 6 <= rows.upperBound { block(Rows6<WideRow<V>>.self) }
    }
    while row + 4 <= rows.upperBound { block(Rows4<WideRow<V>>.self) }
    if row + 2 <= rows.upperBound { block(Rows2<WideRow<V>>.self) }
    if row < rows.upperBound { block(WideRow<V>.self) }
  }

  @inline(__always)
  private func multiplyBlock<Sums: BlockSums>(_ product: ThinProduct<V>, _: Sums.Type, _ row: Int, _ column: Int) where Sums.V == V {
    let (rowStep, bStride) = (product.rowStep, product.bStride)
    let start = product.a + row * rowStep
    var (a, b) = (start, product.b + column)
    let target = product.c.base + row * product.c.stride + column
    var sums = Sums()
    for p in 0..<product.inner {
      // Each row is a stream of its own: one or two of them are fetched with each inner index, some lines ahead.
      let (line, next) = (p & 7, start + p + 64)
      prefetch_for_reading(next + min(line, Sums.rows - 1) * rowStep)
      if Sums.rows > 8 { prefetch_for_reading(next + (line + Sums.rows - 8) * rowStep) }
      let (first, last) = (V(b), V(b + (Sums.vectors - 1) * V.lanes))
      sums.add(a, rowStep: rowStep, first, Sums.vectors == 3 ? V(b + V.lanes) : first, last)
      a += 1
      b += bStride
    }
    let edge = product.c.columns - column - (Sums.vectors - 1) * V.lanes
    if edge < V.lanes {
      sums.finish(product.alpha, product.beta, target, stride: product.c.stride, edge: edge)
    } else {
      sums.finish(product.alpha, product.beta, target, stride: product.c.stride)
    }
  }
}
