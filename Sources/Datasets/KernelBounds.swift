extension KernelFile {
  /// Looks whether the first `size` rows and columns have a diagonal of at least 0 and no entry beyond √(K(x, x) K(y, y)), as every positive
  /// semi-definite matrix; both up to `symmetryTolerance` times the largest entry of the diagonal.
  ///
  /// Reads the matrix once, in blocks.
  /// - Throws: `DatasetError.negativeDiagonal`, `.beyondSchwarz`; `.wrongShape` if there are fewer rows or columns; `.notFinite`,
  ///   `.changedWhileRead`.
  public func checkBounds(size: Int) throws(DatasetError) {
    let diagonal = try diagonal(size)
    let tolerance = KernelFile.symmetryTolerance * diagonal.reduce(0) { max($0, abs($1)) }
    if let row = diagonal.firstIndex(where: { $0 < -tolerance }) { throw .negativeDiagonal(path: path, row: row, entry: diagonal[row]) }
    let roots = diagonal.map { max($0, 0).squareRoot() }
    // Whole lines of the file, in its own order; of a symmetric matrix they are rows as well as columns.
    let linesOfBlock = max(1, (32 << 20) / (8 * max(size, 1)))
    for first in stride(from: 0, to: size, by: linesOfBlock) {
      let lines = first..<min(first + linesOfBlock, size)
      let entries = try block(rows: lines, columns: 0..<size)
      for (index, entry) in entries.enumerated() {
        let bound = roots[first + index / size] * roots[index % size]
        guard abs(entry) > bound + tolerance else { continue }
        throw .beyondSchwarz(
          path: path, row: first + index / size, column: index % size, entry: entry, bound: bound, tolerance: tolerance)
      }
    }
  }
}
