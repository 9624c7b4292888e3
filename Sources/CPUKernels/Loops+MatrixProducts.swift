import CPUKernelInterface
import CVectors
import WideKernels

/// A call of `multiplyPanels`.
private struct PanelProduct<V: Vector> {
  let left: LeftPanels<V.Scalar>
  let inner: Int
  let alpha: V
  /// The factor of C; nil where C is not read.
  let beta: V?
  let c: Panel<V.Scalar>
  let diagonal: Int?
}

/// The columns of C that one panel of B gives.
private struct PanelColumns<Scalar> {
  let b: UnsafePointer<Scalar>
  let first: Int
  let count: Int
  /// What is read after this panel.
  let next: UnsafePointer<Scalar>
}

/// How far apart neighbouring rows and inner indices of the left operand lie.
///
/// A type, so that loops are compiled once for steps that are constants, whose addresses need no registers.
private protocol LeftSteps {
  var rowStep: Int { get }
  var innerStep: Int { get }
}

private struct PackedSteps<Loops: TileLoops>: LeftSteps {
  let loops: Loops
  var rowStep: Int { 1 }
  var innerStep: Int { loops.blockRows }
}

private struct GivenSteps: LeftSteps {
  let rowStep, innerStep: Int
}

extension TileLoops {
  @inline(never)
  func multiplyPanels(
    _ a: LeftPanels<Scalar>, _ b: UnsafePointer<Scalar>, inner: Int, alpha: Scalar, beta: Scalar, into c: Panel<Scalar>, diagonal: Int?
  ) {
    let product = PanelProduct<V>(
      left: a, inner: inner, alpha: V(repeating: alpha), beta: beta == 0 ? nil : V(repeating: beta), c: c, diagonal: diagonal)
    for column in stride(from: 0, to: c.columns, by: blockColumns) {
      let count = min(blockColumns, c.columns - column)
      let panel = b + column * inner
      let next = column + blockColumns < c.columns ? panel + blockColumns * inner : b
      multiply(product, PanelColumns(b: panel, first: column, count: count, next: next))
    }
  }

  @inline(never)
  private func multiply(_ product: PanelProduct<V>, _ columns: PanelColumns<Scalar>) {
    if product.left.isPacked {
      multiply(product, columns, PackedSteps(loops: self))
    } else {
      multiply(product, columns, GivenSteps(rowStep: product.left.rowStep, innerStep: product.left.innerStep))
    }
  }

  @inline(__always)
  private func multiply<Steps: LeftSteps>(_ product: PanelProduct<V>, _ columns: PanelColumns<Scalar>, _ steps: Steps) {
    if columns.count <= V.lanes {
      multiplyRows(product, NarrowRow<V>.self, columns, steps)
    } else {
      multiplyRows(product, WideRow<V>.self, columns, steps)
    }
  }

  /// Multiplies blocks of as many rows as registers hold sums for, and of fewer at the end.
  @inline(__always)
  private func multiplyRows<Row: BlockSums, Steps: LeftSteps>(
    _ product: PanelProduct<V>, _: Row.Type, _ columns: PanelColumns<Scalar>, _ steps: Steps
  ) where Row.V == V {
    let rows = product.c.rows
    var row = 0
    @inline(__always) func block<Sums: BlockSums>(_: Sums.Type) where Sums.V == V {
      multiplyBlock(product, Sums.self, row, columns, steps)
      row += Sums.rows
    }
    if Self.isWide {
      while row + 12 <= rows { block(Rows12<Row>.self) }
      if row + 8 <= rows { block(Rows8<Row>.self) }
    } else {
      while row + 6 <= rows { block(Rows6<Row>.self) }
    }
    if row + 4 <= rows { block(Rows4<Row>.self) }
    if row + 2 <= rows { block(Rows2<Row>.self) }
    if row < rows { block(Row.self) }
  }

  @inline(__always)
  private func multiplyBlock<Sums: BlockSums, Steps: LeftSteps>(
    _ product: PanelProduct<V>, _: Sums.Type, _ row: Int, _ columns: PanelColumns<Scalar>, _ steps: Steps
  ) where Sums.V == V {
    let c = product.c
    let last = columns.first + columns.count - 1
    if let diagonal = product.diagonal, columns.first > row + Sums.rows - 1 + diagonal { return }
    let target = c.base + row * c.stride + columns.first
    // Fetched while the sums are formed.
    for r in 0..<Sums.rows {
      prefetch_for_writing(target + r * c.stride)
      prefetch_for_writing(target + r * c.stride + columns.count - 1)
    }
    // So is the next panel of B, a piece with each block, for it comes from afar where this one does not.
    let blocks = max(1, c.rows / blockRows)
    let share = (blockColumns + blocks - 1) / blocks
    var ahead = columns.next + min(row / blockRows, blocks - 1) * share * product.inner
    var sums = Sums()
    var (a, b) = (product.left.row(row, inner: product.inner, blockRows: blockRows), columns.b)
    for _ in 0..<product.inner {
      let (first, last) = (V(b), V(b + (Sums.vectors - 1) * V.lanes))
      sums.add(a, rowStep: steps.rowStep, first, first, last)
      prefetch_for_reading(ahead)
      ahead += share
      a += steps.innerStep
      b += blockColumns
    }
    if columns.count == Sums.vectors * V.lanes, product.diagonal.map({ last <= row + $0 }) ?? true {
      sums.finish(product.alpha, product.beta, target, stride: c.stride)
    } else {
      sums.finish(
        product.alpha, product.beta, target, stride: c.stride, columns: columns.count,
        end: product.diagonal.map { row + $0 - columns.first + 1 } ?? columns.count)
    }
  }
}
