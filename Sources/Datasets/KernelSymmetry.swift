extension KernelFile {
  /// How far two entries that should be equal may differ, relative to the largest entry of the diagonal: some roundings of float32.
  public static let symmetryTolerance = 1e-6

  /// Compares every pair of entries (i, j) and (j, i) of the first `size` rows and columns.
  ///
  /// In blocks that suit every cache. A file that fits in the system's cache is read from the disk once; of a larger one the system reads
  /// ahead more than a block needs: 9 times the file where a quarter of it fits.
  ///
  /// - Throws: `DatasetError.notSymmetric` with the first pair, row by row, that differs by more than `symmetryTolerance` times the
  ///   largest absolute value on the diagonal; `.notFinite`; `.wrongShape` if there are fewer rows or columns.
  public func checkSymmetric(size: Int) throws(DatasetError) {
    guard (0...min(rowCount, columnCount)).contains(size) else {
      throw .wrongShape(path: path, expected: [size, size], found: [rowCount, columnCount])
    }
    let diagonal = withEntries { entries in (0..<size).map { entries[$0, $0] } }
    if let index = diagonal.firstIndex(where: { !$0.isFinite }) { throw .notFinite(name: path, row: index, column: index) }
    let tolerance = KernelFile.symmetryTolerance * diagonal.reduce(0) { max($0, abs($1)) }
    let found = withEntries { entries in
      var comparison = TransposeComparison(entries: entries, tolerance: tolerance)
      comparison.compare(rows: 0..<size, columns: 0..<size)
      return comparison.first.map { (row, column) in
        (row: row, column: column, entry: entries[row, column], transposed: entries[column, row])
      }
    }
    guard let found else { return }
    guard found.entry.isFinite else { throw .notFinite(name: path, row: found.row, column: found.column) }
    guard found.transposed.isFinite else { throw .notFinite(name: path, row: found.column, column: found.row) }
    throw .notSymmetric(
      path: path, row: found.row, column: found.column, entry: found.entry, transposed: found.transposed, tolerance: tolerance)
  }
}

/// Finds the first entry above the diagonal, row by row, that differs from its transpose.
///
/// Blocks are halved until both a block and its transpose fit in the nearest cache, so that they fit in every memory in between too.
///
/// Source: Frigo, Leiserson, Prokop & Ramachandran, *Cache-Oblivious Algorithms*, FOCS 1999, sec. 3 (matrix transposition).
private struct TransposeComparison {
  private static let smallest = 64

  let entries: KernelFile.Entries
  let tolerance: Double
  private(set) var first: (row: Int, column: Int)?

  init(entries: KernelFile.Entries, tolerance: Double) { (self.entries, self.tolerance) = (entries, tolerance) }

  /// - Precondition: the ranges are equal, or the rows lie before the columns.
  mutating func compare(rows: Range<Int>, columns: Range<Int>) {
    if let first, first.row < rows.lowerBound { return }
    guard max(rows.count, columns.count) > Self.smallest else { return compareEach(rows, columns) }
    let rowHalves = halves(rows), columnHalves = halves(columns)
    if rows == columns {
      compare(rows: rowHalves.0, columns: rowHalves.0)
      compare(rows: rowHalves.0, columns: rowHalves.1)
      compare(rows: rowHalves.1, columns: rowHalves.1)
    } else if rows.count >= columns.count {
      compare(rows: rowHalves.0, columns: columns)
      compare(rows: rowHalves.1, columns: columns)
    } else {
      compare(rows: rows, columns: columnHalves.0)
      compare(rows: rows, columns: columnHalves.1)
    }
  }

  private mutating func compareEach(_ rows: Range<Int>, _ columns: Range<Int>) {
    for row in rows {
      for column in max(columns.lowerBound, row + 1)..<columns.upperBound {
        // A NaN or an infinity is at no distance, so it is found too.
        if abs(entries[row, column] - entries[column, row]) <= tolerance { continue }
        if first.map({ (row, column) < ($0.row, $0.column) }) ?? true { first = (row, column) }
        return
      }
    }
  }

  private func halves(_ range: Range<Int>) -> (Range<Int>, Range<Int>) {
    let middle = range.lowerBound + range.count / 2
    return (range.lowerBound..<middle, middle..<range.upperBound)
  }
}
