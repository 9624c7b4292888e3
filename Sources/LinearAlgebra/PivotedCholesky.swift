import Compute

/// A pivoted Cholesky factorisation that stops at a tolerance: A ≈ F·Fᵀ with rank = number of pivots.
public struct PivotedCholesky: Sendable {
  /// Rows of A in the order in which they were chosen.
  public var pivots: [Int]
  /// `[rank, n]` row-major: row r holds (A[:, pivot_r] − what the rows before explain) / √pivot value.
  public var rows: [Double]
  /// A[i, i] − Σ_r rows[r, i]² ≥ 0: what is left of the diagonal.
  public var residual: [Double]
}

/// Greedy pivoted Cholesky on the host in float64: always the largest residual next, ties to the lowest index.
///
/// Cost: n·rank² multiply-adds.
/// - Parameters:
///   - a: `[n, n]` row-major, symmetric positive semi-definite.
///   - tolerance: absolute; stops when every residual is at most this.
/// - Throws: `.notFinite`; `.notPositiveDefinite` where a diagonal entry is below minus the rounding of the largest one.
///
/// Source: Harbrecht, Peters & Schneider 2012, *On the low-rank approximation by the pivoted Cholesky decomposition*, alg. 1.
public func pivotedCholesky(_ a: [Double], size n: Int, tolerance: Double) throws(FactorisationError) -> PivotedCholesky {
  guard a.count == n * n else { throw .shape(expected: "\(n * n) numbers", got: "\(a.count)") }
  try requireFinite(a, size: n, item: 0)
  var residual = (0..<n).map { a[$0 * n + $0] }
  let slack = 1e-12 * max(residual.max() ?? 0, tolerance)
  for (index, value) in residual.enumerated() where value < -slack { throw .notPositiveDefinite(item: 0, index: index, pivot: value) }
  var pivots: [Int] = []
  var rows: [Double] = []
  while pivots.count < n {
    var best = 0
    for index in 1..<max(n, 1) where residual[index] > residual[best] { best = index }
    guard n > 0, residual[best] > max(tolerance, 0) else { break }
    let scale = 1 / residual[best].squareRoot()
    let rank = pivots.count
    rows.append(contentsOf: a[best * n..<(best + 1) * n])
    rows.withUnsafeMutableBufferPointer { rows in
      let (earlier, new) = (rows.prefix(rank * n), UnsafeMutableBufferPointer(rebasing: rows[(rank * n)...]))
      for row in 0..<rank {
        let weight = earlier[row * n + best]
        let source = UnsafeBufferPointer(rebasing: earlier[row * n..<(row + 1) * n])
        for index in 0..<n { new[index] -= weight * source[index] }
      }
      for index in 0..<n {
        new[index] *= scale
        residual[index] = max(0, residual[index] - new[index] * new[index])
      }
    }
    residual[best] = 0
    pivots.append(best)
  }
  return PivotedCholesky(pivots: pivots, rows: rows, residual: residual)
}
