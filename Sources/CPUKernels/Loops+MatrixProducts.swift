import CPUKernelInterface
import WideKernels

/// Two neighbouring vectors of one row of C.
private struct RowSums<V: Vector> {
  var left = V.zero
  var right = V.zero

  @inline(__always) mutating func add(_ a: UnsafePointer<V.Scalar>, _ x: V, _ y: V) {
    let factor = V(repeating: a.pointee)
    left = V.fma(factor, x, left)
    right = V.fma(factor, y, right)
  }
  @inline(__always) func store(_ c: UnsafeMutablePointer<V.Scalar>) {
    left.store(c)
    right.store(c + V.lanes)
  }
}

private struct SixRows<V: Vector> {
  var r0 = RowSums<V>()
  var r1 = RowSums<V>()
  var r2 = RowSums<V>()
  var r3 = RowSums<V>()
  var r4 = RowSums<V>()
  var r5 = RowSums<V>()

  @inline(__always) mutating func add(_ a: UnsafePointer<V.Scalar>, _ x: V, _ y: V) {
    r0.add(a, x, y)
    r1.add(a + 1, x, y)
    r2.add(a + 2, x, y)
    r3.add(a + 3, x, y)
    r4.add(a + 4, x, y)
    r5.add(a + 5, x, y)
  }
  @inline(__always) func store(_ c: UnsafeMutablePointer<V.Scalar>) {
    let step = 2 * V.lanes
    r0.store(c)
    r1.store(c + step)
    r2.store(c + 2 * step)
    r3.store(c + 3 * step)
    r4.store(c + 4 * step)
    r5.store(c + 5 * step)
  }
}

extension TileLoops {
  @inline(never)
  package func pack(
    _ x: UnsafePointer<Scalar>, rows: Int, inner: Int, rowStep: Int, innerStep: Int, width: Int, into panels: UnsafeMutablePointer<Scalar>
  ) {
    var row = 0
    var panel = panels
    while row < rows {
      let present = min(width, rows - row)
      let source = x + row * rowStep
      if present < width { panel.update(repeating: 0, count: width * inner) }
      if innerStep == 1 {
        for r in 0..<present {
          let line = source + r * rowStep
          for p in 0..<inner { panel[p &* width &+ r] = line[p] }
        }
      } else {
        for p in 0..<inner {
          let line = source + p * innerStep
          let target = panel + p * width
          if rowStep == 1, present == width, width % V.lanes == 0 {
            for r in stride(from: 0, to: width, by: V.lanes) { V(line + r).store(target + r) }
          } else {
            for r in 0..<present { target[r] = line[r &* rowStep] }
          }
        }
      }
      row += width
      panel += width * inner
    }
  }

  /// One block of A·B in `sums` `[blockRows, blockColumns]`.
  @inline(__always)
  private func multiplyBlock(
    _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, inner: Int, into sums: UnsafeMutablePointer<Scalar>
  ) {
    var (a, b) = (a, b)
    var low = SixRows<V>()
    if Self.isWide {
      var high = SixRows<V>()
      for _ in 0..<inner {
        let (x, y) = (V(b), V(b + V.lanes))
        low.add(a, x, y)
        high.add(a + 6, x, y)
        a += 12
        b += 2 * V.lanes
      }
      high.store(sums + 12 * V.lanes)
    } else {
      for _ in 0..<inner {
        let (x, y) = (V(b), V(b + V.lanes))
        low.add(a, x, y)
        a += 6
        b += 2 * V.lanes
      }
    }
    low.store(sums)
  }

  @inline(never)
  package func multiplyPanels(
    _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, inner: Int, alpha: Scalar, beta: Scalar, into c: Panel<Scalar>, diagonal: Int?
  ) {
    let (blockRows, blockColumns) = (blockRows, blockColumns)
    withUnsafeTemporaryAllocation(byteCount: blockRows * blockColumns * MemoryLayout<Scalar>.stride, alignment: 64) { memory in
      guard let base = memory.baseAddress else { return }
      let sums = base.bindMemory(to: Scalar.self, capacity: blockRows * blockColumns)
      let (alphas, betas) = (V(repeating: alpha), V(repeating: beta))
      for column in stride(from: 0, to: c.columns, by: blockColumns) {
        let columns = min(blockColumns, c.columns - column)
        for row in stride(from: 0, to: c.rows, by: blockRows) {
          let rows = min(blockRows, c.rows - row)
          if let diagonal, column > row + rows - 1 + diagonal { continue }
          multiplyBlock(a + row * inner, b + column * inner, inner: inner, into: sums)
          let isWhole = columns == blockColumns && diagonal.map { column + columns - 1 <= row + $0 } ?? true
          for r in 0..<rows {
            let target = c.base + (row + r) * c.stride + column
            let source = sums + r * blockColumns
            if isWhole {
              let (left, right) = (alphas * V(source), alphas * V(source + V.lanes))
              if beta == 0 {
                left.store(target)
                right.store(target + V.lanes)
              } else {
                V.fma(betas, V(target), left).store(target)
                V.fma(betas, V(target + V.lanes), right).store(target + V.lanes)
              }
            } else {
              let end = diagonal.map { min(columns, row + r + $0 - column + 1) } ?? columns
              for j in 0..<max(end, 0) { target[j] = beta == 0 ? alpha * source[j] : alpha * source[j] + beta * target[j] }
            }
          }
        }
      }
    }
  }
}
