import Compute
import Matrices

/// Eigenvalues and eigenvectors of a symmetric matrix.
public struct SymmetricEigen: Sendable {
  /// Eigenvalues in ascending order.
  public var values: [Double]
  /// `[n, n]` row-major; row k is the unit eigenvector of `values[k]`.
  public var vectors: [Double]
}

/// Eigenvalues and eigenvectors of a row-major symmetric n × n matrix, by LAPACK's divide and conquer on the host in float64.
///
/// - Parameter a: only the lower triangle is read.
/// - Throws: `.notFinite` before any work, `.noConvergence` where LAPACK gives up.
public func symmetricEigen(_ a: [Double], size n: Int) throws(FactorisationError) -> SymmetricEigen {
  guard a.count == n * n else { throw .shape(expected: "\(n * n) numbers", got: "\(a.count)") }
  try requireFinite(a, size: n, item: 0)
  guard n > 0 else { return SymmetricEigen(values: [], vectors: []) }
  let lapack = try LAPACK.routines()
  var vectors = a
  var values = [Double](repeating: 0, count: n)
  var (order, info) = (try lapackCount(Double(n), "dsyevd"), Int32(0))
  var (workSize, integerWorkSize) = (Int32(-1), Int32(-1))
  var work = [0.0]
  var integerWork = [Int32(0)]
  // The first call asks for the sizes of the work arrays. Row-major lower is column-major upper.
  lapack.dsyevd("V", "U", &order, &vectors, &order, &values, &work, &workSize, &integerWork, &integerWorkSize, &info)
  workSize = try lapackCount(work[0], "dsyevd")
  integerWorkSize = integerWork[0]
  work = [Double](repeating: 0, count: Int(workSize))
  integerWork = [Int32](repeating: 0, count: Int(integerWorkSize))
  lapack.dsyevd("V", "U", &order, &vectors, &order, &values, &work, &workSize, &integerWork, &integerWorkSize, &info)
  guard info == 0 else { throw .noConvergence(routine: "dsyevd", info: Int(info)) }
  return SymmetricEigen(values: values, vectors: vectors)
}

/// The largest eigenvalue of a symmetric positive semi-definite operator, by Lanczos with full reorthogonalisation.
///
/// - Parameters:
///   - size: length of the vectors.
///   - start: a non-zero start vector; the same start gives the same answer.
///   - tolerance: stop when the estimate changes by less than this fraction.
///   - apply: the operator.
/// - Returns: a lower bound of the largest eigenvalue, to the tolerance once converged.
///
/// Source: Golub & Van Loan, *Matrix Computations*, 4th ed., sec. 10.1.
public func largestEigenvalue(
  size: Int, start: [Double], tolerance: Double = 1e-6, maximumSteps: Int = 60, apply: ([Double]) throws -> [Double]
) throws -> Double {
  try lanczos(size: size, start: start, maximumSteps: maximumSteps, apply: apply) { values, previous in
    abs(values.largest - previous.largest) <= tolerance * abs(values.largest)
  }.largest
}

/// The least and the largest eigenvalue of a symmetric operator, in the same way: an upper bound of the least and a lower bound of the
/// largest, so that a least one below 0 shows an indefinite operator.
///
/// - Parameter tolerance: stop when both change by less than this fraction of the larger magnitude.
public func extremeEigenvalues(
  size: Int, start: [Double], tolerance: Double = 1e-9, maximumSteps: Int = 60, apply: ([Double]) throws -> [Double]
) throws -> (least: Double, largest: Double) {
  try lanczos(size: size, start: start, maximumSteps: maximumSteps, apply: apply) { values, previous in
    let change = max(abs(values.least - previous.least), abs(values.largest - previous.largest))
    return change <= tolerance * max(abs(values.least), abs(values.largest))
  }
}

/// Extreme eigenvalues of the operator in a growing Krylov space, until `isSettled` of the last two estimates, asked from the fourth step on.
private func lanczos(
  size: Int, start: [Double], maximumSteps: Int, apply: ([Double]) throws -> [Double],
  isSettled: (_ values: (least: Double, largest: Double), _ previous: (least: Double, largest: Double)) -> Bool
) throws -> (least: Double, largest: Double) {
  guard size > 0, start.count == size else {
    throw FactorisationError.shape(expected: "a start vector of \(size) numbers", got: "\(start.count)")
  }
  func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  var basis: [[Double]] = []
  var (diagonal, offDiagonal): ([Double], [Double]) = ([], [])
  let norm = euclideanNorm(start)
  var vector = start.map { $0 / norm }
  var estimate = (least: 0.0, largest: 0.0)
  for step in 0..<min(size, maximumSteps) {
    basis.append(vector)
    var next = try apply(vector)
    guard next.allSatisfy(\.isFinite) else { throw FactorisationError.notFinite(item: 0, row: 0, column: step) }
    diagonal.append(dot(next, vector))
    // Twice, so that rounding leaves the basis orthogonal.
    for _ in 0..<2 {
      for direction in basis {
        let overlap = dot(next, direction)
        for index in next.indices { next[index] -= overlap * direction[index] }
      }
    }
    let previous = estimate
    estimate = try extremesOfTridiagonal(diagonal, offDiagonal)
    let residual = euclideanNorm(next)
    let size = max(abs(estimate.least), abs(estimate.largest))
    if residual <= 1e-14 * size || (step > 2 && isSettled(estimate, previous)) { break }
    offDiagonal.append(residual)
    vector = next.map { $0 / residual }
  }
  return estimate
}

private func extremesOfTridiagonal(_ diagonal: [Double], _ offDiagonal: [Double]) throws(FactorisationError)
  -> (least: Double, largest: Double)
{
  let n = diagonal.count
  var matrix = [Double](repeating: 0, count: n * n)
  for index in 0..<n {
    matrix[index * n + index] = diagonal[index]
    if index > 0 { matrix[index * n + index - 1] = offDiagonal[index - 1] }
  }
  let values = try symmetricEigen(matrix, size: n).values
  return (values.first ?? 0, values.last ?? 0)
}
