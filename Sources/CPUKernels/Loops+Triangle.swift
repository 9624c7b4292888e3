import CPUKernelInterface
import WideKernels

/// op(L) of a substitution in the order of its steps: step s solves a row from those of the steps before it.
private struct Substitution<Scalar> {
  /// op(L)[s, p] = l[s·step + p·innerStep]; both are negative where a transposed solve runs from the last row.
  let l: UnsafePointer<Scalar>
  let step: Int
  let innerStep: Int

  @inline(__always) func row(_ s: Int) -> UnsafePointer<Scalar> { l + s * step }
}

extension TileLoops {
  @inline(never)
  func solveTriangle(
    _ l: UnsafePointer<Scalar>, lStride: Int, size: Int, transposed: Bool, _ b: UnsafeMutablePointer<Scalar>, bStride: Int, columns: Int
  ) {
    let substitution =
      transposed
      ? Substitution(l: l + (size - 1) * (lStride + 1), step: -1, innerStep: -lStride)
      : Substitution(l: l, step: lStride, innerStep: 1)
    let (first, rowStep) = transposed ? (b + (size - 1) * bStride, -bStride) : (b, bStride)
    let width = 2 * V.lanes
    // Columns are solved in a block of their own: rows that are a power of two apart fight for the same lines of the cache,
    // and columns that do not fill a vector round like all others.
    withUnsafeTemporaryAllocation(byteCount: size * width * MemoryLayout<Scalar>.stride, alignment: 64) { memory in
      guard let base = memory.baseAddress else { return }
      let block = base.bindMemory(to: Scalar.self, capacity: size * width)
      for column in stride(from: 0, to: columns, by: width) {
        let present = min(width, columns - column)
        if present < width { block.update(repeating: 0, count: size * width) }
        for s in 0..<size { copy(first + s * rowStep + column, to: block + s * width, present) }
        substitute(substitution, size: size, block)
        for s in 0..<size { copy(block + s * width, to: first + s * rowStep + column, present) }
      }
    }
  }

  /// Copies at most two vectors.
  @inline(__always)
  private func copy(_ source: UnsafeMutablePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>, _ count: Int) {
    if count == 2 * V.lanes {
      V(source).store(target)
      V(source + V.lanes).store(target + V.lanes)
    } else {
      for j in 0..<count { target[j] = source[j] }
    }
  }

  /// Solves two vectors of columns, four steps at a time: their sums over the steps before are eight chains that overlap.
  @inline(__always)
  private func substitute(_ substitution: Substitution<Scalar>, size: Int, _ x: UnsafeMutablePointer<Scalar>) {
    let (width, inner) = (2 * V.lanes, substitution.innerStep)
    var s = 0
    while s + 4 <= size {
      let (l0, l1) = (substitution.row(s), substitution.row(s + 1))
      let (l2, l3) = (substitution.row(s + 2), substitution.row(s + 3))
      var (left, right) = (FourSums<V>(), FourSums<V>())
      for p in 0..<s {
        let (y0, y1) = (V(repeating: l0[p * inner]), V(repeating: l1[p * inner]))
        let (y2, y3) = (V(repeating: l2[p * inner]), V(repeating: l3[p * inner]))
        left.add(y0, y1, y2, y3, V(x + p * width))
        right.add(y0, y1, y2, y3, V(x + p * width + V.lanes))
      }
      @inline(__always) func finish(_ sums: FourSums<V>, _ x: UnsafeMutablePointer<Scalar>) {
        @inline(__always) func entry(_ l: UnsafePointer<Scalar>, _ p: Int) -> V { V(repeating: l[(s + p) * inner]) }
        let x0 = (V(x) - sums.s0) / entry(l0, 0)
        let s1 = V.fma(entry(l1, 0), x0, sums.s1)
        let x1 = (V(x + width) - s1) / entry(l1, 1)
        let s2 = V.fma(entry(l2, 1), x1, V.fma(entry(l2, 0), x0, sums.s2))
        let x2 = (V(x + 2 * width) - s2) / entry(l2, 2)
        let s3 = V.fma(entry(l3, 2), x2, V.fma(entry(l3, 1), x1, V.fma(entry(l3, 0), x0, sums.s3)))
        let x3 = (V(x + 3 * width) - s3) / entry(l3, 3)
        x0.store(x)
        x1.store(x + width)
        x2.store(x + 2 * width)
        x3.store(x + 3 * width)
      }
      finish(left, x + s * width)
      finish(right, x + s * width + V.lanes)
      s += 4
    }
    while s < size {
      let line = substitution.row(s)
      for target in [x + s * width, x + s * width + V.lanes] {
        let above = target - s * width
        var sum = V.zero
        for p in 0..<s { sum = V.fma(V(repeating: line[p * inner]), V(above + p * width), sum) }
        ((V(target) - sum) / V(repeating: line[s * inner])).store(target)
      }
      s += 1
    }
  }
}
