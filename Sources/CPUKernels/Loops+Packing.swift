import CPUKernelInterface
import CVectors
import WideKernels

extension TileLoops {
  @inline(never)
  func pack(
    _ x: UnsafePointer<Scalar>, rows: Int, inner: Int, rowStep: Int, innerStep: Int, width: Int, into panels: UnsafeMutablePointer<Scalar>
  ) {
    if innerStep == 1 {
      for row in stride(from: 0, to: rows, by: width) {
        packRows(
          x + row * rowStep, present: min(width, rows - row), inner: inner, rowStep: rowStep, width: width, into: panels + row * inner)
      }
    } else {
      packColumns(x, rows: rows, inner: inner, rowStep: rowStep, innerStep: innerStep, width: width, into: panels)
    }
  }

  /// One panel of rows with contiguous inner indices: square blocks are transposed in registers.
  @inline(__always)
  private func packRows(
    _ x: UnsafePointer<Scalar>, present: Int, inner: Int, rowStep: Int, width: Int, into panel: UnsafeMutablePointer<Scalar>
  ) {
    // A block that is wider than what is left of the panel writes zeros into the next inner index: blocks go from right to left,
    // so that they are overwritten, and the last ones are left to the plain loop, for nothing follows them.
    let lastGroup = (width - 1) / V.lanes * V.lanes
    let spill = lastGroup + V.lanes - width
    let whole = (inner - (spill > 0 ? 1 : 0)) / V.lanes * V.lanes
    for p in stride(from: 0, to: whole, by: V.lanes) {
      for first in stride(from: lastGroup, through: 0, by: -V.lanes) {
        V.transpose(x + first * rowStep + p, rowStep: rowStep, rows: present - first, into: panel + p * width + first, outStep: width)
      }
    }
    for p in max(whole, 0)..<inner {
      for r in 0..<width { panel[p &* width &+ r] = r < present ? x[r &* rowStep &+ p] : 0 }
    }
  }

  /// Rows that are neighbours in memory (`rowStep` 1) or anywhere: some inner indices at a time, through all panels.
  @inline(__always)
  private func packColumns(
    _ x: UnsafePointer<Scalar>, rows: Int, inner: Int, rowStep: Int, innerStep: Int, width: Int, into panels: UnsafeMutablePointer<Scalar>
  ) {
    for first in stride(from: 0, to: inner, by: 8) {
      let end = min(first + 8, inner)
      for row in stride(from: 0, to: rows, by: width) {
        let present = min(width, rows - row)
        let (source, target) = (x + row * rowStep, panels + row * inner)
        for p in first..<end {
          // A vector may pass the end of the panel where the next inner index is still to come, but not the rows.
          let readable = rowStep == 1 ? (p + 1 < inner ? rows - row : present) : 0
          let (line, panel) = (source + p * innerStep, target + p * width)
          // Each inner index may lie on a page of its own, which takes long to find.
          prefetch_for_reading(line + 16 * innerStep)
          prefetch_for_reading(line + 16 * innerStep + width - 1)
          var r = 0
          while r < present, r + V.lanes <= readable {
            V(line + r).store(panel + r)
            r += V.lanes
          }
          while r < present {
            panel[r] = line[r &* rowStep]
            r += 1
          }
          while r < width {
            panel[r] = 0
            r += 1
          }
        }
      }
    }
  }
}
