extension KernelFile {
  /// How far two entries that should be equal may differ, relative to the largest entry of the diagonal: some roundings of float32.
  public static let symmetryTolerance = 1e-6

  /// Compares every pair of entries (i, j) and (j, i) of the first `size` rows and columns.
  ///
  /// Block by block with the block of the transposed entries, so that the file is read once and two blocks lie in memory.
  ///
  /// - Throws: `DatasetError.notSymmetric` with the first pair, row by row, that differs by more than `symmetryTolerance` times the
  ///   largest absolute value on the diagonal; `.notFinite`; `.wrongShape` if there are fewer rows or columns; `.changedWhileRead`.
  public func checkSymmetric(size: Int) throws(DatasetError) { try checkSymmetric(size: size, blockSize: 1024) }

  /// Compares a kernel with its transpose, block by block.
  package func checkSymmetric(size: Int, blockSize: Int) throws(DatasetError) {
    let tolerance = KernelFile.symmetryTolerance * (try diagonal(size)).reduce(0) { max($0, abs($1)) }
    func range(from first: Int) -> Range<Int> { first..<min(first + blockSize, size) }
    for firstRow in stride(from: 0, to: size, by: blockSize) {
      let rows = range(from: firstRow)
      var found: (row: Int, column: Int, entry: Double, transposed: Double)?
      for firstColumn in stride(from: firstRow, to: size, by: blockSize) {
        let columns = range(from: firstColumn)
        let entries = try block(rows: rows, columns: columns)
        let transposed = firstColumn == firstRow ? entries : try block(rows: columns, columns: rows)
        let comparison = TransposeComparison(entries: entries, transposed: transposed, rows: rows, columns: columns, tolerance: tolerance)
        guard let (row, column) = comparison.first(before: found?.row ?? size) else { continue }
        let (i, j) = (row - firstRow, column - firstColumn)
        found = (row, column, entries[i * columns.count + j], transposed[j * rows.count + i])
      }
      guard let found else { continue }
      guard found.entry.isFinite else { throw .notFinite(name: path, row: found.row, column: found.column) }
      guard found.transposed.isFinite else { throw .notFinite(name: path, row: found.column, column: found.row) }
      throw .notSymmetric(
        path: path, row: found.row, column: found.column, entry: found.entry, transposed: found.transposed, tolerance: tolerance)
    }
  }

  /// The first `size` entries of the diagonal.
  ///
  /// - Throws: `DatasetError.wrongShape` if there are fewer rows or columns, `.notFinite`, `.changedWhileRead`.
  func diagonal(_ size: Int) throws(DatasetError) -> [Double] {
    guard (0...min(rowCount, columnCount)).contains(size) else {
      throw .wrongShape(path: path, expected: [size, size], found: [rowCount, columnCount])
    }
    var diagonal: [Double] = []
    for index in 0..<size {
      let entry = try block(rows: index..<index + 1, columns: index..<index + 1)[0]
      guard entry.isFinite else { throw .notFinite(name: path, row: index, column: index) }
      diagonal.append(entry)
    }
    return diagonal
  }
}

/// A block of a matrix beside the block of its transposed entries.
private struct TransposeComparison {
  private static let tile = 64

  /// `[rows, columns]`.
  let entries: [Double]
  /// `[columns, rows]`.
  let transposed: [Double]
  let rows: Range<Int>
  let columns: Range<Int>
  let tolerance: Double

  /// The first pair above the diagonal, row by row, that differs and lies in a row before `end`; tile by tile, for the caches.
  func first(before end: Int) -> (row: Int, column: Int)? {
    var first: (row: Int, column: Int)?
    for rowTile in stride(from: rows.lowerBound, to: min(rows.upperBound, end), by: Self.tile) {
      for columnTile in stride(from: columns.lowerBound, to: columns.upperBound, by: Self.tile) {
        compare(
          rowTile..<min(rowTile + Self.tile, rows.upperBound, end), columnTile..<min(columnTile + Self.tile, columns.upperBound), &first)
      }
      if first != nil { return first }
    }
    return nil
  }

  private func compare(_ someRows: Range<Int>, _ someColumns: Range<Int>, _ first: inout (row: Int, column: Int)?) {
    for row in someRows {
      if let first, first.row < row { return }
      for column in max(someColumns.lowerBound, row + 1)..<max(someColumns.upperBound, row + 1) {
        let (i, j) = (row - rows.lowerBound, column - columns.lowerBound)
        // A NaN or an infinity is at no distance, so it is found too.
        if abs(entries[i * columns.count + j] - transposed[j * rows.count + i]) <= tolerance { continue }
        if first.map({ (row, column) < ($0.row, $0.column) }) ?? true { first = (row, column) }
        return
      }
    }
  }
}
