import CPUKernelInterface
import CVectors
import WideKernels

/// A call of `multiplyItems`.
private struct ItemProducts<V: Register> {
  let a: ItemOperand<V.Scalar>
  let b: ItemOperand<V.Scalar>
  let c: Panel<V.Scalar>
  let itemStep: Int
  let inner: Int
  let alpha: V
  /// The factor of C; nil where C is not read.
  let beta: V?
  /// How far the operands are fetched with each inner index, and how many items ahead; 0 where they are not.
  let share: Int
  let ahead: Int
}

/// Columns of C that are done together: two vectors or one, the last one whole or up to an edge.
private struct ItemColumns {
  let first: Int
  /// Columns of the last vector; nil where it is whole.
  let edge: Int?
}

extension TileLoops {
  @inline(never)
  func multiplyItems(
    _ items: Int, _ a: ItemOperand<Scalar>, _ b: ItemOperand<Scalar>, inner: Int, alpha: Scalar, beta: Scalar, into c: Panel<Scalar>,
    itemStep: Int
  ) {
    let (rows, columns) = (c.rows, c.columns)
    // Without gaps, what an item needs is a range of memory, of which each inner index of each block fetches a piece.
    let isDense = c.stride == columns && max(a.outerStep, a.innerStep) <= max(rows, inner) && b.innerStep < columns + V.lanes
    let blocks = (rows + blockRows - 1) / blockRows * ((columns + blockColumns - 1) / blockColumns)
    let numbers = max(rows * columns, rows * inner, inner * columns)
    let share = min(64 / MemoryLayout<Scalar>.stride, (numbers + blocks * inner - 1) / max(blocks * inner, 1))
    let products = ItemProducts<V>(
      a: a, b: b, c: c, itemStep: itemStep, inner: inner, alpha: V(repeating: alpha), beta: beta == 0 ? nil : V(repeating: beta),
      share: isDense && items > 1 ? share : 0, ahead: max(1, (1 << 13) / max(rows * columns * inner, 1)))
    if columns > V.lanes { multiplyWide(products, items) } else { multiplyNarrow(products, items) }
  }

  @inline(never)
  private func multiplyWide(_ products: ItemProducts<V>, _ items: Int) {
    let columns = products.c.columns
    let whole = columns - columns % blockColumns
    for item in 0..<items {
      for column in stride(from: 0, to: whole, by: blockColumns) {
        multiplyRows(products, WideRow<V>.self, item, ItemColumns(first: column, edge: nil), isFetching: true)
      }
      if columns - whole > V.lanes {
        multiplyRows(products, WideRow<V>.self, item, ItemColumns(first: whole, edge: columns - whole - V.lanes), isFetching: true)
      } else if columns > whole {
        multiplyRows(products, NarrowRow<V>.self, item, ItemColumns(first: whole, edge: columns - whole), isFetching: true)
      }
    }
  }

  /// Items that are done so soon that fetching ahead costs more than it saves, and a call for each would too.
  @inline(never)
  private func multiplyNarrow(_ products: ItemProducts<V>, _ items: Int) {
    let count = products.c.columns
    if count == V.lanes {
      for item in 0..<items { multiplyRows(products, NarrowRow<V>.self, item, ItemColumns(first: 0, edge: nil), isFetching: false) }
    } else {
      for item in 0..<items { multiplyRows(products, NarrowRow<V>.self, item, ItemColumns(first: 0, edge: count), isFetching: false) }
    }
  }

  /// Multiplies blocks of as many rows as registers hold sums for, and of fewer at the end, but of no less than four if there are eight.
  @inline(__always)
  private func multiplyRows<Row: BlockSums>(
    _ products: ItemProducts<V>, _: Row.Type, _ item: Int, _ columns: ItemColumns, isFetching: Bool
  ) where Row.V == V {
    let rows = products.c.rows
    var row = 0
    var fetched = columns.first / blockColumns * ((rows + blockRows - 1) / blockRows) * products.inner * products.share
    @inline(__always) func block<Sums: BlockSums>(_: Sums.Type) where Sums.V == V {
      multiplyBlock(products, Sums.self, item, row, columns, fetched: isFetching ? fetched : nil)
      row += Sums.rows
      fetched += products.inner * products.share
    }
    if Self.isWide {
      while row + 12 <= rows, rows - row != 16 { block(Rows12<Row>.self) }
      while row + 8 <= rows { block(Rows8<Row>.self) }
    } else {
      while row + 6 <= rows, rows - row != 8 { block(Rows6<Row>.self) }
    }
    while row + 4 <= rows { block(Rows4<Row>.self) }
    if row + 2 <= rows { block(Rows2<Row>.self) }
    if row < rows { block(Row.self) }
  }

  @inline(__always)
  private func multiplyBlock<Sums: BlockSums>(
    _ products: ItemProducts<V>, _: Sums.Type, _ item: Int, _ row: Int, _ columns: ItemColumns, fetched: Int?
  ) where Sums.V == V {
    let (rowStep, aStep, bStep) = (products.a.outerStep, products.a.innerStep, products.b.innerStep)
    var a = products.a.base + item * products.a.itemStep + row * rowStep
    var b = products.b.base + item * products.b.itemStep + columns.first
    let target = products.c.base + item * products.itemStep + row * products.c.stride + columns.first
    // What a later item needs, a line of each operand with each inner index: in one go they would wait for each other.
    let (later, piece) = (item + products.ahead, fetched ?? 0)
    var nextA = products.a.base + later * products.a.itemStep + piece
    var nextB = products.b.base + later * products.b.itemStep + piece
    var nextC = products.c.base + later * products.itemStep + piece
    var sums = Sums()
    for _ in 0..<products.inner {
      let end = b + (Sums.vectors - 1) * V.lanes
      let last = columns.edge.map { V(end, first: $0) } ?? V(end)
      let first = Sums.vectors == 1 ? last : V(b)
      sums.add(a, rowStep: rowStep, first, first, last)
      if fetched != nil {
        prefetch_for_reading(nextA)
        prefetch_for_reading(nextB)
        prefetch_for_writing(nextC)
        nextA += products.share
        nextB += products.share
        nextC += products.share
      }
      a += aStep
      b += bStep
    }
    if let edge = columns.edge {
      sums.finish(products.alpha, products.beta, target, stride: products.c.stride, edge: edge)
    } else {
      sums.finish(products.alpha, products.beta, target, stride: products.c.stride)
    }
  }
}
