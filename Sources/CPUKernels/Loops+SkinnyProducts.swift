import CPUKernelInterface
import WideKernels

/// Products of four rows with one other row or vector.
struct FourSums<V: Vector> {
  var s0 = V.zero
  var s1 = V.zero
  var s2 = V.zero
  var s3 = V.zero

  @inline(__always) mutating func add(_ x0: V, _ x1: V, _ x2: V, _ x3: V, _ y: V) {
    s0 = V.fma(x0, y, s0)
    s1 = V.fma(x1, y, s1)
    s2 = V.fma(x2, y, s2)
    s3 = V.fma(x3, y, s3)
  }
}

extension TileLoops {
  @inline(__always)
  private func finish(_ sum: Scalar, _ alpha: Scalar, _ beta: Scalar, _ c: UnsafeMutablePointer<Scalar>) {
    c.pointee = beta == 0 ? alpha * sum : alpha * sum + beta * c.pointee
  }

  @inline(never)
  func rowProducts(
    _ x: UnsafePointer<Scalar>, xStride: Int, xRows: Int, _ y: UnsafePointer<Scalar>, yStride: Int, yRows: Int, inner: Int,
    alpha: Scalar, beta: Scalar, into c: UnsafeMutablePointer<Scalar>, rowStep: Int, columnStep: Int
  ) {
    let whole = inner - inner % V.lanes
    @inline(__always) func put(_ sum: V, _ i: Int, _ j: Int) {
      var total = sum.sum
      for p in whole..<inner { total += x[i * xStride + p] * y[j * yStride + p] }
      finish(total, alpha, beta, c + i * rowStep + j * columnStep)
    }
    var i = 0
    while i + 4 <= xRows {
      let (x0, x1) = (x + i * xStride, x + (i + 1) * xStride)
      let (x2, x3) = (x + (i + 2) * xStride, x + (i + 3) * xStride)
      var j = 0
      while j + 4 <= yRows {
        let (y0, y1) = (y + j * yStride, y + (j + 1) * yStride)
        let (y2, y3) = (y + (j + 2) * yStride, y + (j + 3) * yStride)
        var (a, b, c, d) = (FourSums<V>(), FourSums<V>(), FourSums<V>(), FourSums<V>())
        var p = 0
        while p < whole {
          let (v0, v1, v2, v3) = (V(x0 + p), V(x1 + p), V(x2 + p), V(x3 + p))
          a.add(v0, v1, v2, v3, V(y0 + p))
          b.add(v0, v1, v2, v3, V(y1 + p))
          c.add(v0, v1, v2, v3, V(y2 + p))
          d.add(v0, v1, v2, v3, V(y3 + p))
          p += V.lanes
        }
        @inline(__always) func putColumn(_ sums: FourSums<V>, _ j: Int) {
          put(sums.s0, i, j)
          put(sums.s1, i + 1, j)
          put(sums.s2, i + 2, j)
          put(sums.s3, i + 3, j)
        }
        putColumn(a, j)
        putColumn(b, j + 1)
        putColumn(c, j + 2)
        putColumn(d, j + 3)
        j += 4
      }
      while j < yRows {
        let line = y + j * yStride
        var sums = FourSums<V>()
        var p = 0
        while p < whole {
          sums.add(V(x0 + p), V(x1 + p), V(x2 + p), V(x3 + p), V(line + p))
          p += V.lanes
        }
        put(sums.s0, i, j)
        put(sums.s1, i + 1, j)
        put(sums.s2, i + 2, j)
        put(sums.s3, i + 3, j)
        j += 1
      }
      i += 4
    }
    while i < xRows {
      for j in 0..<yRows {
        var sum = V.zero
        var p = 0
        while p < whole {
          sum = V.fma(V(x + i * xStride + p), V(y + j * yStride + p), sum)
          p += V.lanes
        }
        put(sum, i, j)
      }
      i += 1
    }
  }

  @inline(never)
  func columnProducts(
    _ x: UnsafePointer<Scalar>, xStride: Int, xColumns: Int, _ y: UnsafePointer<Scalar>, yInnerStep: Int, yStep: Int, yColumns: Int,
    inner: Int, alpha: Scalar, beta: Scalar, into c: UnsafeMutablePointer<Scalar>, rowStep: Int, columnStep: Int
  ) {
    let whole = xColumns / V.lanes * V.lanes
    let padded = whole == xColumns ? whole : whole + V.lanes
    // Rows of X are read whole, some at a time, for caches fetch ahead along rows; the sums stay in the first level.
    withUnsafeTemporaryAllocation(byteCount: (yColumns * padded + 4 * V.lanes) * MemoryLayout<Scalar>.stride, alignment: 64) { memory in
      guard let base = memory.baseAddress else { return }
      let sums = base.bindMemory(to: Scalar.self, capacity: yColumns * padded + 4 * V.lanes)
      let edge = sums + yColumns * padded
      sums.update(repeating: 0, count: yColumns * padded + 4 * V.lanes)
      for p in stride(from: 0, to: inner, by: 4) {
        let (lines, factors, rows) = (x + p * xStride, y + p * yInnerStep, min(4, inner - p))
        addRows(lines, stride: xStride, rows: rows, columns: whole, factors, yInnerStep, yStep, count: yColumns, to: sums, padded)
        guard whole < xColumns else { continue }
        // What does not fill a vector rounds as if it did.
        for row in 0..<rows { for i in whole..<xColumns { edge[row * V.lanes + i - whole] = lines[row * xStride + i] } }
        addRows(
          edge, stride: V.lanes, rows: rows, columns: V.lanes, factors, yInnerStep, yStep, count: yColumns, to: sums + whole, padded)
      }
      for j in 0..<yColumns {
        for i in 0..<xColumns { finish(sums[j * padded + i], alpha, beta, c + i * rowStep + j * columnStep) }
      }
    }
  }

  /// sums[j·sumStride + i] ← sums + Σ_r x[r·stride + i]·y[r·yInnerStep + j·yStep] for up to four rows r, one after the other.
  @inline(__always)
  private func addRows(
    _ x: UnsafePointer<Scalar>, stride: Int, rows: Int, columns: Int, _ y: UnsafePointer<Scalar>, _ yInnerStep: Int, _ yStep: Int,
    count: Int, to sums: UnsafeMutablePointer<Scalar>, _ sumStride: Int
  ) {
    for j in 0..<count {
      let (line, factors) = (sums + j * sumStride, y + j * yStep)
      var i = 0
      if rows == 4 {
        let (y0, y1) = (V(repeating: factors[0]), V(repeating: factors[yInnerStep]))
        let (y2, y3) = (V(repeating: factors[2 * yInnerStep]), V(repeating: factors[3 * yInnerStep]))
        while i < columns {
          let low = V.fma(V(x + stride + i), y1, V.fma(V(x + i), y0, V(line + i)))
          V.fma(V(x + 3 * stride + i), y3, V.fma(V(x + 2 * stride + i), y2, low)).store(line + i)
          i += V.lanes
        }
      } else {
        while i < columns {
          var sum = V(line + i)
          for r in 0..<rows { sum = V.fma(V(x + r * stride + i), V(repeating: factors[r * yInnerStep]), sum) }
          sum.store(line + i)
          i += V.lanes
        }
      }
    }
  }
}
