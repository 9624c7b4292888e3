import Compute

/// What can go wrong in a factorisation.
public enum FactorisationError: Error, Equatable, CustomStringConvertible {
  /// Pivot `index` of batch item `item` was not positive: the matrix is indefinite, or nearly singular at this precision.
  case notPositiveDefinite(item: Int, index: Int, pivot: Double)
  /// The input already held a NaN or an infinity; the fault lies before this call.
  case notFinite(item: Int, row: Int, column: Int)
  /// An iteration of LAPACK that did not converge; `info` is its return code.
  case noConvergence(routine: String, info: Int)
  /// A matrix, or the memory that LAPACK works in, has more numbers than LAPACK can count.
  case tooLarge(routine: String, count: Double)
  /// A matrix of another shape than the operation takes.
  case shape(expected: String, got: String)
  /// A folder for temporary numbers cannot be written or is full.
  case storage(path: String, reason: String)
  /// No LAPACK could be loaded.
  case unavailable(reason: String)
  /// An error of the engine.
  case compute(ComputeError)

  public var description: String {
    switch self {
    case .notPositiveDefinite(let item, let index, let pivot):
      "cholesky: pivot \(index) of item \(item) is \(pivot); expected > 0. The matrix is indefinite, or singular up to rounding: look for inputs that "
        + "coincide, and add a jitter to the diagonal."
    case .notFinite(let item, let row, let column):
      "factorisation: entry (\(row), \(column)) of item \(item) is not finite. The fault lies in the matrix, before this call: numbers too large for "
        + "float64, or missing values."
    case .noConvergence(let routine, let info): "\(routine) did not converge (info = \(info)); the matrix may be badly scaled."
    case .tooLarge(let routine, let count):
      "\(routine): \(count) is beyond the \(Int32.max) that LAPACK can count. Take fewer points or features."
    case .shape(let expected, let got): "factorisation: expected \(expected), got \(got)."
    case .storage(let path, let reason): "factorisation: panels cannot be kept in \(path): \(reason). Choose another folder."
    case .unavailable(let reason):
      "factorisation: LAPACK cannot be loaded (\(reason)). Install it, on Debian libopenblas0, or name a library in ISTHMUS_LAPACK."
    case .compute(let error): error.description
    }
  }
}

/// Runs device work and wraps its error.
func onDevice<T>(_ work: () throws(ComputeError) -> T) throws(FactorisationError) -> T {
  do throws(ComputeError) { return try work() } catch { throw .compute(error) }
}

/// A size as LAPACK takes it.
func lapackCount(_ count: Double, _ routine: String) throws(FactorisationError) -> Int32 {
  guard let exact = Int32(exactly: count.rounded(.up)) else { throw .tooLarge(routine: routine, count: count) }
  return exact
}

/// Looks for NaN and infinities in the lower triangle of a row-major n × n matrix.
func requireFinite(_ a: [Double], size n: Int, item: Int) throws(FactorisationError) {
  for row in 0..<n {
    for column in 0...row where !a[row * n + column].isFinite { throw .notFinite(item: item, row: row, column: column) }
  }
}

/// Looks for NaN and infinities in `matrix` `[1, n, m]`, or on and below its diagonal; only rows whose sum is not finite are read, for a sum
/// is finite only where all of its terms are.
///
/// - Parameter first: row and column of the first element in the matrix that errors name.
func requireFinite(_ matrix: Tensor, item: Int, first: (row: Int, column: Int), lowerOnly: Bool, on engine: Engine)
  throws(FactorisationError)
{
  let sums = try onDevice { () throws(ComputeError) in try engine.read(engine.rows(.sum, matrix)) }
  for row in sums.indices where !sums[row].isFinite {
    let columns = 0..<(lowerOnly ? min(row + 1, matrix.columns) : matrix.columns)
    let values = try onDevice { () throws(ComputeError) in try engine.read(matrix.rows(row..<row + 1).columns(columns)) }
    if let column = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(item: item, row: first.row + row, column: first.column + column)
    }
  }
}
