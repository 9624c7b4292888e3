/// Singular value decomposition A = U diag(s) Vᵀ with full U and V.
public struct SingularValues: Sendable {
  /// min(rows, columns) numbers in descending order.
  public var values: [Double]
  /// U `[rows, rows]` row-major.
  public var left: [Double]
  /// Vᵀ `[columns, columns]` row-major.
  public var right: [Double]
}

/// The singular value decomposition of a small row-major matrix, by LAPACK's divide and conquer on the host in float64.
///
/// - Throws: `.shape`, `.notFinite` before any work, `.noConvergence` where LAPACK gives up.
public func singularValues(_ a: [Double], rows: Int, columns: Int) throws(FactorisationError) -> SingularValues {
  guard a.count == rows * columns, rows > 0, columns > 0 else {
    throw .shape(expected: "\(rows * columns) numbers, at least one", got: "\(a.count)")
  }
  if let index = a.firstIndex(where: { !$0.isFinite }) { throw .notFinite(item: 0, row: index / columns, column: index % columns) }
  // Row-major A is column-major Aᵀ = V s Uᵀ: LAPACK's left vectors are V, and its right ones, transposed, U.
  let lapack = try LAPACK.routines()
  var matrix = a
  var (m, n) = (try lapackCount(Double(columns), "dgesdd"), try lapackCount(Double(rows), "dgesdd"))
  var (info, workSize) = (Int32(0), Int32(-1))
  var values = [Double](repeating: 0, count: min(rows, columns))
  var left = [Double](repeating: 0, count: columns * columns)
  var right = [Double](repeating: 0, count: rows * rows)
  var integerWork = [Int32](repeating: 0, count: 8 * min(rows, columns))
  var work = [0.0]
  // The first call asks for the size of the work array.
  lapack.dgesdd("A", &m, &n, &matrix, &m, &values, &left, &m, &right, &n, &work, &workSize, &integerWork, &info)
  workSize = try lapackCount(work[0], "dgesdd")
  work = [Double](repeating: 0, count: Int(workSize))
  lapack.dgesdd("A", &m, &n, &matrix, &m, &values, &left, &m, &right, &n, &work, &workSize, &integerWork, &info)
  guard info == 0 else { throw .noConvergence(routine: "dgesdd", info: Int(info)) }
  // Column-major V is row-major Vᵀ; column-major Uᵀ is row-major U.
  return SingularValues(values: values, left: right, right: left)
}
