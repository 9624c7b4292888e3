import Compute

/// Lower Cholesky factor of a row-major n × n matrix on the host, by LAPACK in float64.
///
/// - Parameters:
///   - a: symmetric; only the lower triangle is read.
///   - jitter: added to every diagonal entry, in the unit of `a`. Nothing is added unless asked for.
/// - Returns: L row-major with L·Lᵀ = a + jitter·I; zero above the diagonal.
/// - Throws: `.notFinite` before any work, `.notPositiveDefinite` at the first bad pivot.
public func cholesky(_ a: [Double], size n: Int, jitter: Double = 0) throws(FactorisationError) -> [Double] {
  guard a.count == n * n else { throw .shape(expected: "\(n * n) numbers", got: "\(a.count)") }
  try requireFinite(a, size: n, item: 0)
  return try factor(a, size: n, jitter: jitter, item: 0, firstIndex: 0)
}

/// Lower Cholesky factors of a batch of symmetric positive definite matrices.
///
/// Blocked, right-looking: diagonal blocks on the host in float64, panels and trailing updates on the engine's device.
/// Waits for the device. Cost: `batch · n³ / 6` multiply-adds.
///
/// - Parameters:
///   - a: `[batch, n, n]` in float64, symmetric; only the lower triangle is read.
///   - jitter: added to every diagonal entry, in the unit of `a`. Nothing is added unless asked for.
/// - Returns: `[batch, n, n]` with L·Lᵀ = a + jitter·I; zero above the diagonal.
/// - Throws: `.notFinite` before any work, `.notPositiveDefinite` at the first bad pivot.
///
/// Source: Golub & Van Loan, *Matrix Computations*, 4th ed., alg. 4.2.3.
public func cholesky(_ a: Tensor, jitter: Double = 0, blockSize: Int = 256, on engine: Engine) throws(FactorisationError) -> Tensor {
  let n = a.rows
  guard a.columns == n, a.precision == .float64, engine.precision == .float64 else {
    throw .shape(expected: "square matrices in float64 on a float64 engine", got: "\(a.shapeText) in \(a.precision)")
  }
  let result = try onDevice { () throws(ComputeError) in try engine.empty(batch: a.batch, rows: n, columns: n) }
  let zero = try onDevice { () throws(ComputeError) in try engine.zeros(rows: 1, columns: 1) }
  for item in 0..<a.batch {
    let (matrix, target) = (a.item(item), result.item(item))
    try requireFinite(matrix, item: item, first: (0, 0), lowerOnly: true, on: engine)
    let blocks = stride(from: 0, to: n, by: blockSize).map { $0..<min($0 + blockSize, n) }
    for block in blocks {
      let (read, rest) = (0..<block.upperBound, block.upperBound..<n)
      try onDevice { () throws(ComputeError) in
        try engine.copy(matrix.rows(block).columns(read), into: target.rows(block).columns(read))
        try engine.map(.scaled(by: 1, plus: 0), [zero], into: target.rows(block).columns(rest))
      }
    }
    for block in blocks { try eliminate(target, block, jitter: jitter, item: item, on: engine) }
  }
  return result
}

/// One block column: factor the diagonal block, then L21 = A21·L11⁻ᵀ and A22 ← A22 − L21·L21ᵀ.
private func eliminate(_ a: Tensor, _ block: Range<Int>, jitter: Double, item: Int, on engine: Engine) throws(FactorisationError) {
  let size = block.count
  let diagonal = a.rows(block).columns(block)
  let values = try onDevice { () throws(ComputeError) in
    // Without gaps, since a view with gaps goes to the host and back a row at a time, and each waits for the device.
    let dense = try engine.empty(rows: size, columns: size)
    try engine.copy(diagonal, into: dense)
    return try engine.read(dense)
  }
  let lower = try factor(values, size: size, jitter: jitter, item: item, firstIndex: block.lowerBound)
  try onDevice { () throws(ComputeError) in try engine.copy(engine.tensor(lower, rows: size, columns: size), into: diagonal) }
  let rest = block.upperBound..<a.rows
  guard !rest.isEmpty else { return }
  let inverse = try triangularInverse(lower, size: size)
  try onDevice { () throws(ComputeError) in
    let panel = a.rows(rest).columns(block)
    let solved = try engine.empty(rows: rest.count, columns: size)
    try multiply(panel, byTransposed: engine.tensor(inverse, rows: size, columns: size), into: solved, on: engine)
    try engine.map(.scaled(by: 1, plus: 0), [solved], into: panel)
    try engine.gemm(
      GEMM(transposeB: true, alpha: -1, beta: 1, lowerOnly: true), solved, solved, into: a.rows(rest).columns(rest))
  }
}

/// result ← panel·inverseᵀ for the inverse of a lower triangle: by pieces of columns, none of which sums over the zeros above its diagonal block.
func multiply(_ panel: Tensor, byTransposed inverse: Tensor, into result: Tensor, on engine: Engine) throws(ComputeError) {
  let width = max(128, inverse.rows / 4)
  for start in stride(from: 0, to: inverse.rows, by: width) {
    let columns = start..<min(start + width, inverse.rows)
    let inner = 0..<columns.upperBound
    try engine.gemm(
      GEMM(transposeB: true), panel.columns(inner), inverse.rows(columns).columns(inner), into: result.columns(columns))
  }
}

/// Lower Cholesky factor of a small row-major matrix; row 0 is pivot `firstIndex` in errors.
func factor(_ a: [Double], size n: Int, jitter: Double, item: Int, firstIndex: Int) throws(FactorisationError) -> [Double] {
  var lower = a
  if jitter != 0 { for index in 0..<n { lower[index * n + index] += jitter } }
  guard n > 0 else { return lower }
  // Row-major lower is column-major upper: LAPACK's U with A = UᵀU is the transpose of our L.
  var (order, info) = (try lapackCount(Double(n), "cholesky"), Int32(0))
  try LAPACK.routines().dpotrf("U", &order, &lower, &order, &info)
  guard info == 0 else {
    let index = Int(info) - 1
    let pivot = index >= 0 && index < n ? lower[index * n + index] : .zero
    throw .notPositiveDefinite(item: item, index: firstIndex + index, pivot: pivot)
  }
  for row in 0..<n { for column in row + 1..<max(n, row + 1) { lower[row * n + column] = 0 } }
  return lower
}

/// L⁻¹ of a small lower triangular row-major matrix.
func triangularInverse(_ lower: [Double], size n: Int) throws(FactorisationError) -> [Double] {
  var inverse = lower
  var (order, info) = (try lapackCount(Double(n), "cholesky"), Int32(0))
  try LAPACK.routines().dtrtri("U", "N", &order, &inverse, &order, &info)
  guard info == 0 else { throw .notPositiveDefinite(item: 0, index: Int(info) - 1, pivot: 0) }
  return inverse
}
