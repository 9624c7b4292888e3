import Compute

/// What can go wrong in a factorisation.
public enum FactorisationError: Error, Equatable, CustomStringConvertible {
  /// Pivot `index` of batch item `item` was not positive: the matrix is indefinite, or nearly singular at this precision.
  case notPositiveDefinite(item: Int, index: Int, pivot: Double)
  /// The input already held a NaN or an infinity; the fault lies before this call.
  case notFinite(item: Int, row: Int, column: Int)
  case noConvergence(routine: String, info: Int)
  case shape(expected: String, got: String)
  /// A folder for temporary numbers cannot be written or is full.
  case storage(path: String, reason: String)
  /// No LAPACK could be loaded.
  case unavailable(reason: String)
  case compute(ComputeError)

  public var description: String {
    switch self {
    case .notPositiveDefinite(let item, let index, let pivot):
      "cholesky: pivot \(index) of item \(item) is \(pivot); expected > 0. Assemble in float64, look for duplicate inputs, or pass a jitter."
    case .notFinite(let item, let row, let column):
      "factorisation: entry (\(row), \(column)) of item \(item) is not finite. The fault lies in the matrix, before this call."
    case .noConvergence(let routine, let info): "\(routine) did not converge (info = \(info)); the matrix may be badly scaled."
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

/// Looks for NaN and infinities in the lower triangle of a row-major n × n matrix.
func requireFinite(_ a: [Double], size n: Int, item: Int) throws(FactorisationError) {
  for row in 0..<n {
    for column in 0...row where !a[row * n + column].isFinite { throw .notFinite(item: item, row: row, column: column) }
  }
}
