import CPUKernelInterface
import WideKernels

/// Products of four rows of X with one row of Y, or of four vectors of a row of X with one factor.
private struct FourSums<V: Vector> {
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
  package func rowProducts(
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
  package func columnProducts(
    _ x: UnsafePointer<Scalar>, xStride: Int, xColumns: Int, _ y: UnsafePointer<Scalar>, yInnerStep: Int, yStep: Int, yColumns: Int,
    inner: Int, alpha: Scalar, beta: Scalar, into c: UnsafeMutablePointer<Scalar>, rowStep: Int, columnStep: Int
  ) {
    let alphas = V(repeating: alpha)
    @inline(__always) func put(_ sum: V, _ i: Int, _ j: Int) {
      let target = c + i * rowStep + j * columnStep
      if rowStep == 1 {
        (beta == 0 ? alphas * sum : V.fma(alphas, sum, V(repeating: beta) * V(target))).store(target)
      } else {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 64) { memory in
          guard let base = memory.baseAddress else { return }
          let lanes = base.bindMemory(to: Scalar.self, capacity: V.lanes)
          sum.store(lanes)
          for lane in 0..<V.lanes { finish(lanes[lane], alpha, beta, target + lane * rowStep) }
        }
      }
    }
    var i = 0
    while i + 4 * V.lanes <= xColumns {
      @inline(__always) func putColumn(_ sums: FourSums<V>, _ j: Int) {
        put(sums.s0, i, j)
        put(sums.s1, i + V.lanes, j)
        put(sums.s2, i + 2 * V.lanes, j)
        put(sums.s3, i + 3 * V.lanes, j)
      }
      var j = 0
      while j + 4 <= yColumns {
        var (a, b, c, d) = (FourSums<V>(), FourSums<V>(), FourSums<V>(), FourSums<V>())
        for p in 0..<inner {
          let line = x + p * xStride + i
          let factors = y + p * yInnerStep + j * yStep
          let (v0, v1) = (V(line), V(line + V.lanes))
          let (v2, v3) = (V(line + 2 * V.lanes), V(line + 3 * V.lanes))
          a.add(v0, v1, v2, v3, V(repeating: factors[0]))
          b.add(v0, v1, v2, v3, V(repeating: factors[yStep]))
          c.add(v0, v1, v2, v3, V(repeating: factors[2 * yStep]))
          d.add(v0, v1, v2, v3, V(repeating: factors[3 * yStep]))
        }
        putColumn(a, j)
        putColumn(b, j + 1)
        putColumn(c, j + 2)
        putColumn(d, j + 3)
        j += 4
      }
      while j < yColumns {
        var sums = FourSums<V>()
        for p in 0..<inner {
          let line = x + p * xStride + i
          sums.add(
            V(line), V(line + V.lanes), V(line + 2 * V.lanes), V(line + 3 * V.lanes), V(repeating: y[p * yInnerStep + j * yStep]))
        }
        putColumn(sums, j)
        j += 1
      }
      i += 4 * V.lanes
    }
    while i + V.lanes <= xColumns {
      for j in 0..<yColumns {
        var sum = V.zero
        for p in 0..<inner { sum = V.fma(V(x + p * xStride + i), V(repeating: y[p * yInnerStep + j * yStep]), sum) }
        put(sum, i, j)
      }
      i += V.lanes
    }
    while i < xColumns {
      for j in 0..<yColumns {
        var sum: Scalar = 0
        for p in 0..<inner { sum += x[p * xStride + i] * y[p * yInnerStep + j * yStep] }
        finish(sum, alpha, beta, c + i * rowStep + j * columnStep)
      }
      i += 1
    }
  }

  @inline(never)
  package func solveTriangle(
    _ l: UnsafePointer<Scalar>, lStride: Int, size: Int, transposed: Bool, _ b: UnsafeMutablePointer<Scalar>, bStride: Int, columns: Int
  ) {
    // op(L)[i, p] is l[i · rowStep + p · columnStep]; a transposed solve runs from the last row.
    let (rowStep, columnStep) = transposed ? (1, lStride) : (lStride, 1)
    @inline(__always) func row(_ step: Int) -> Int { transposed ? size - 1 - step : step }
    var j = 0
    while j + 4 * V.lanes <= columns {
      for step in 0..<size {
        let i = row(step)
        var sums = FourSums<V>()
        for earlier in 0..<step {
          let p = row(earlier)
          let line = b + p * bStride + j
          sums.add(
            V(line), V(line + V.lanes), V(line + 2 * V.lanes), V(line + 3 * V.lanes), V(repeating: l[i * rowStep + p * columnStep]))
        }
        let target = b + i * bStride + j
        let pivot = V(repeating: l[i * rowStep + i * columnStep])
        ((V(target) - sums.s0) / pivot).store(target)
        ((V(target + V.lanes) - sums.s1) / pivot).store(target + V.lanes)
        ((V(target + 2 * V.lanes) - sums.s2) / pivot).store(target + 2 * V.lanes)
        ((V(target + 3 * V.lanes) - sums.s3) / pivot).store(target + 3 * V.lanes)
      }
      j += 4 * V.lanes
    }
    while j + V.lanes <= columns {
      for step in 0..<size {
        let i = row(step)
        var sum = V.zero
        for earlier in 0..<step {
          let p = row(earlier)
          sum = V.fma(V(b + p * bStride + j), V(repeating: l[i * rowStep + p * columnStep]), sum)
        }
        ((V(b + i * bStride + j) - sum) / V(repeating: l[i * rowStep + i * columnStep])).store(b + i * bStride + j)
      }
      j += V.lanes
    }
    while j < columns {
      for step in 0..<size {
        let i = row(step)
        var sum: Scalar = 0
        for earlier in 0..<step { sum += b[row(earlier) * bStride + j] * l[i * rowStep + row(earlier) * columnStep] }
        b[i * bStride + j] = (b[i * bStride + j] - sum) / l[i * rowStep + i * columnStep]
      }
      j += 1
    }
  }
}
