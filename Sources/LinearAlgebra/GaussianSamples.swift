import Compute

/// L·z for the Cholesky factor L of a symmetric positive definite matrix A, which is made panel by panel and never held:
/// draws of a Gaussian with covariance A where the entries of z are independent standard normals.
///
/// Left-looking and blocked: panel k of A loses the products of the panels before it, its diagonal block is factored on the
/// host, the rest goes through that block's inverse, and its share of L·z is added. Waits for the device once per panel.
/// Cost: n³/6 multiply-adds, and n²·blockSize/2 more for the blocks.
///
/// Memory on the device at the peak: n²/2 numbers with `.device` storage, two panels of n · blockSize (with what `panel` itself
/// takes) and 2n columns' worth of samples and normals; with `.disk` the two panels and the columns, and the n²/2 numbers on disk,
/// where n³/(6·blockSize) numbers are read back. Both storages give the same bits.
///
/// A column of the result depends on its own normals alone, to the bit, however many columns there are.
///
/// - Parameters:
///   - n: size of A.
///   - normals: z `[1, n, c]` in float64.
///   - jitter: added to every diagonal entry, in the unit of A. Nothing is added unless asked for.
///   - blockSize: width of a panel; nil takes n/16, at least 128 and at most 1024. Bits depend on it.
///   - panel: A[columns.lowerBound ..< n, columns] as `[1, n − columns.lowerBound, columns.count]` in float64 on the engine's device.
/// - Returns: `[1, n, c]`.
/// - Throws: `.notFinite` at a panel that holds NaN or infinities, `.notPositiveDefinite` at the first bad pivot, `.storage` where
///   the folder cannot be written or is full, and what `panel` throws.
///
/// Source: Golub & Van Loan, *Matrix Computations*, 4th ed., sec. 4.2.5 (gaxpy form, by blocks).
public func gaussianSamples(
  size n: Int, normals: Tensor, jitter: Double = 0, blockSize: Int? = nil, storage: PanelStorage = .device, on engine: Engine,
  panel: (_ columns: Range<Int>) throws -> Tensor
) throws -> Tensor {
  guard normals.batch == 1, normals.rows == n, normals.precision == .float64, engine.precision == .float64 else {
    throw FactorisationError.shape(
      expected: "normals [1, \(n), c] in float64 on a float64 engine", got: "\(normals.shapeText) in \(normals.precision)")
  }
  let width = max(1, blockSize ?? min(1024, max(128, n / 16)))
  let starts = Array(stride(from: 0, to: n, by: width))
  let (draws, samples) = try onDevice { () throws(ComputeError) in try paddedColumns(of: normals, on: engine) }
  var store = try PanelStore(storage, count: starts.reduce(0) { $0 + (n - $1) * min(width, n - $1) }, on: engine)
  for start in starts {
    let columns = start..<min(start + width, n)
    let remainder = try copy(of: panel(columns), columns, size: n, on: engine)
    for earlier in store.panels {
      let factor = try store.rows(from: start, of: earlier)
      try onDevice { () throws(ComputeError) in
        // What lies above the diagonal of the block is not needed.
        try engine.gemm(
          GEMM(transposeB: true, alpha: -1, beta: 1, lowerOnly: true), factor, factor.rows(0..<columns.count), into: remainder)
      }
    }
    let factor = try factored(remainder, columns, jitter: jitter, on: engine)
    try onDevice { () throws(ComputeError) in try engine.gemm(GEMM(beta: 1), factor, draws.rows(columns), into: samples.rows(start..<n)) }
    // The last panel serves none after it.
    if columns.upperBound < n { try store.append(factor, firstRow: start) }
  }
  return try onDevice { () throws(ComputeError) in
    try engine.map(.scaled(by: 1, plus: 0), samples.columns(0..<normals.columns))
  }
}

/// The normals with columns of zeros up to a multiple of 32, and as many zeros for the samples.
///
/// Backends multiply by few columns, and by columns that do not fill a vector, on paths of their own that round differently.
private func paddedColumns(of normals: Tensor, on engine: Engine) throws(ComputeError) -> (draws: Tensor, samples: Tensor) {
  let columns = (normals.columns + 31) / 32 * 32
  let draws = try engine.zeros(rows: normals.rows, columns: columns)
  try engine.map(.scaled(by: 1, plus: 0), [normals], into: draws.columns(0..<normals.columns))
  return (draws, try engine.zeros(rows: normals.rows, columns: columns))
}

/// A panel of A that may be overwritten, once it is found to be finite.
private func copy(of panel: Tensor, _ columns: Range<Int>, size n: Int, on engine: Engine) throws(FactorisationError) -> Tensor {
  let rows = n - columns.lowerBound
  guard panel.shape == (1, rows, columns.count), panel.precision == .float64 else {
    throw .shape(
      expected: "a panel [1, \(rows), \(columns.count)] in float64 for columns \(columns)", got: "\(panel.shapeText) in \(panel.precision)")
  }
  try requireFinite(panel, item: 0, first: (columns.lowerBound, columns.lowerBound), lowerOnly: false, on: engine)
  return try onDevice { () throws(ComputeError) in try engine.map(.scaled(by: 1, plus: 0), panel) }
}

/// A panel of L from what is left of A's after the panels before it.
private func factored(_ remainder: Tensor, _ columns: Range<Int>, jitter: Double, on engine: Engine) throws(FactorisationError) -> Tensor {
  let size = columns.count
  let block = try onDevice { () throws(ComputeError) in try engine.read(remainder.rows(0..<size)) }
  let lower = try factor(block, size: size, jitter: jitter, item: 0, firstIndex: columns.lowerBound)
  let result = try onDevice { () throws(ComputeError) in try engine.empty(rows: remainder.rows, columns: size) }
  try onDevice { () throws(ComputeError) in try engine.write(lower, into: result.rows(0..<size)) }
  guard remainder.rows > size else { return result }
  let inverse = try triangularInverse(lower, size: size)
  try onDevice { () throws(ComputeError) in
    let rest = size..<remainder.rows
    try multiply(
      remainder.rows(rest), byTransposed: engine.tensor(inverse, rows: size, columns: size), into: result.rows(rest), on: engine)
  }
  return result
}
