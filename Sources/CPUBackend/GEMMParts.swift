/// How a product is divided so that operands that several tiles read find room in packed form.
struct SharedPanels<Scalar: BinaryFloatingPoint & SIMDScalar & BitwiseCopyable & Sendable> {
  /// Numbers that are packed at once.
  private static var room: Int { 1 << 22 }

  let sharesLeft: Bool
  let sharesRight: Bool
  let leftCount: Int
  let rightCount: Int
  let parts: [ProductPart]

  init(_ product: MatrixProduct<Scalar>) {
    let (c, inner) = (product.c, product.inner)
    let (leftBatch, rightBatch) = (product.left.matrices.batch, product.right.matrices.batch)
    // The tiles of one row pack A for themselves: it is then near.
    sharesLeft = leftBatch == 1 && c.batch > 1
    sharesRight = c.rows > product.rowTile || (rightBatch == 1 && c.batch > 1)
    let rows = sharesLeft ? min(c.rows, Self.room / product.innerBlock / product.rowTile * product.rowTile) : c.rows
    let columns = sharesRight ? product.columnTile * max(1, Self.room / 2 / (product.columnTile * product.innerBlock)) : c.columns
    let (left, right) = (product.left.packedCount(min(rows, c.rows), 1), product.right.packedCount(min(columns, c.columns), 1))
    let depth = min(product.innerBlock, inner)
    // Panels that each item has of its own.
    let own = sharesRight && rightBatch > 1 ? right * depth : 0
    let items = own == 0 ? c.batch : max(1, min(c.batch, Self.room / own))
    leftCount = sharesLeft ? left * depth : 0
    rightCount = sharesRight ? right * depth * (rightBatch == 1 ? 1 : items) : 0

    var parts: [ProductPart] = []
    for columns in (0..<c.columns).parts(of: columns) {
      for rows in (0..<c.rows).parts(of: rows) {
        for indices in inner == 0 ? [0..<0] : (0..<inner).parts(of: depth) {
          for items in (0..<c.batch).parts(of: items) {
            parts.append(ProductPart(items: items, rows: rows, columns: columns, inner: indices))
          }
        }
      }
    }
    self.parts = parts
  }
}

/// The tiles of a part of C: rows run fastest, so that tiles done at the same time read the same panels of B.
struct TileGrid {
  private let part: ProductPart
  private let rows: [Range<Int>]
  private let columns: [Range<Int>]

  init(_ part: ProductPart, rows: Int, columns: Int) {
    self.part = part
    self.rows = part.rows.parts(of: rows)
    self.columns = part.columns.parts(of: columns)
  }

  var count: Int { part.items.count * rows.count * columns.count }

  subscript(index: Int) -> ProductPart {
    let item = part.items.lowerBound + index / rows.count / columns.count
    return ProductPart(
      items: item..<item + 1, rows: rows[index % rows.count], columns: columns[index / rows.count % columns.count], inner: part.inner)
  }
}

extension Range<Int> {
  fileprivate func parts(of count: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: Swift.max(count, 1)).map { $0..<Swift.min($0 + count, upperBound) }
  }
}
