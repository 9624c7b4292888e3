import CPUKernelInterface
import WideKernels

// Between rows as they lie in memory and vectors across rows.
extension TileLoops {
  @inline(never)
  func transpose(
    _ x: UnsafePointer<Scalar>, rowStep: Int, rows: Int, columns: Int, into out: UnsafeMutablePointer<Scalar>, outStep: Int
  ) {
    for r in Swift.stride(from: 0, to: rows, by: V.lanes) {
      for p in Swift.stride(from: 0, to: columns, by: V.lanes) {
        transposeBlock(
          x + r * rowStep + p, rowStep: rowStep, rows: min(V.lanes, rows - r), columns: min(V.lanes, columns - p),
          into: out + p * outStep + r, outStep: outStep)
      }
    }
  }

  /// Transposes at most `lanes` rows and columns.
  @inline(__always)
  private func transposeBlock(
    _ x: UnsafePointer<Scalar>, rowStep: Int, rows: Int, columns: Int, into out: UnsafeMutablePointer<Scalar>, outStep: Int
  ) {
    if rows == V.lanes, columns == V.lanes {
      V.transpose(x, rowStep: rowStep, rows: rows, into: out, outStep: outStep)
    } else if 4 * min(rows, columns) > V.lanes {
      V.transpose(x, rowStep: rowStep, rows: rows, columns: columns, into: out, outStep: outStep)
    } else {
      for p in 0..<columns {
        for r in 0..<rows { out[p &* outStep &+ r] = x[r &* rowStep &+ p] }
      }
    }
  }

  @inline(never)
  func finishSlopes(
    _ tile: SlopeTile<Scalar>, factor: Scalar, present: Int, into jacobian: UnsafeMutablePointer<Scalar>, rowStride: Int
  ) {
    let (factors, ownFactors) = (V(repeating: factor), V(repeating: 2 * factor))
    let columns = tile.outputs * tile.width
    for j in Swift.stride(from: 0, to: present, by: V.lanes) {
      var (o, k) = (0, 0)
      var own = ownFactors * V(tile.own + j)
      for first in Swift.stride(from: 0, to: columns, by: V.lanes) {
        let rows = min(V.lanes, columns - first)
        let block = tile.cross + first * tile.stride + j
        for r in 0..<rows {
          if k == tile.width {
            (o, k) = (o + 1, 0)
            own = ownFactors * V(tile.own + o * tile.stride + j)
          }
          let line = block + r * tile.stride
          V.fma(own, V(tile.points + k * tile.stride + j), factors * V(line)).store(line)
          k += 1
        }
        // While the block is in the first-level cache.
        transposeBlock(
          block, rowStep: tile.stride, rows: rows, columns: min(V.lanes, present - j), into: jacobian + j * rowStride + first,
          outStep: rowStride)
      }
    }
  }
}
