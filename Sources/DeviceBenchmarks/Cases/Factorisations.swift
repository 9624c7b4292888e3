import Compute
import LinearAlgebra
import WideKernels

/// The lower Cholesky factor of one positive definite matrix: blocks on the host, updates on the device.
struct CholeskyFactor: Sendable {
  var size: Int

  /// The matrix is X·Xᵀ/n + I with normal X, of a condition number of about 5.
  private static let jitter = 1.0

  var benchmark: BenchmarkCase {
    BenchmarkCase("cholesky", sizes: [.init("n", size)], precisions: [.float64], elements: 4 * size * size) { engine in
      let a = try engine.gram(engine.inputs("x", rows: size, columns: size))
      var factor = a
      var work = DeclaredWork()
      work.flops = Double(size) * Double(size) * Double(size) / 3
      work.multiplyAdds = work.flops / 2
      // Half of the matrix is read, and half of the factor written.
      work.bytes = Double(size * (size + 1) * engine.precision.byteCount)
      return PreparedBenchmark(
        work: work, run: { factor = try cholesky(a, jitter: Self.jitter, on: engine) },
        verify: { try verification(a, factor, on: engine) })
    }
  }

  /// L·(Lᵀx) against A·x + x for signs x chosen at random.
  ///
  /// |A + I − L·Lᵀ| ≤ γ_{n+1} |L||Lᵀ| (Higham, th. 10.3), entry by entry at most √a_ii √a_jj times that; rounding errors and signs as
  /// independent numbers as in `ProductProjection`.
  private func verification(_ a: Tensor, _ factor: Tensor, on engine: Engine) throws -> Verification {
    let signs = RandomStream(seed: 3, name: "benchmark/signs").uniforms(size).map { $0 < 0.5 ? -1.0 : 1.0 }
    let x = try engine.tensor(signs, rows: size, columns: 1)
    let expected = try engine.read(engine.gemm(a, x)), got = try engine.read(engine.gemm(factor, engine.gemm(factor, x, transposeA: true)))
    let diagonal = try engine.read(engine.rows(.sumOfSquares, factor))
    let norm = diagonal.reduce(0, +).squareRoot()
    let worst = (0..<size).reduce(0.0) { worst, i in
      let bound = 8 * 2 * engine.precision.unitRoundoff * Double(size + 2).squareRoot() * diagonal[i].squareRoot() * norm
      let ratio = abs(got[i] - expected[i] - Self.jitter * signs[i]) / bound
      return worst.isNaN || !ratio.isFinite ? .nan : max(worst, ratio)
    }
    return Verification(residual: worst, method: "L·(Lᵀx) against A·x, \(size) rows")
  }
}

/// A triangular solve with many right sides.
struct ManySolves: Sendable {
  var size: Int
  var columns: Int
  var transposed = false

  var benchmark: BenchmarkCase {
    BenchmarkCase(
      "triangularSolve", transposed ? "transposed" : "", sizes: [.init("R", size), .init("m", columns)],
      elements: 2 * size * size + 3 * size * columns
    ) { engine in
      // I + X/n with normal X: well conditioned. What is above the diagonal is not read.
      let l = try engine.map(.scaled(by: 1 / Double(size), plus: 0), engine.inputs("l", rows: size, columns: size))
      let b = try engine.inputs("b", rows: size, columns: columns)
      try addIdentity(to: l, on: engine)
      let solution = try engine.empty(rows: size, columns: columns)
      let operation = TriangularSolve(transposed: transposed)
      return PreparedBenchmark(
        reset: { try engine.copy(b, into: solution) }, run: { try engine.triangularSolve(operation, l, solution) },
        verify: { try verification(l, solution, b, on: engine) })
    }
  }

  private func addIdentity(to l: Tensor, on engine: Engine) throws {
    // The diagonal of a dense square matrix is a column of rows one longer.
    var diagonal = l
    (diagonal.columns, diagonal.rowStride) = (1, size + 1)
    try engine.map(.scaled(by: 1, plus: 1), [diagonal], into: diagonal)
  }

  /// op(L)·(Xy) against B·y on the host for signs y chosen at random.
  ///
  /// Each column of X solves a system with L + ΔL, |ΔL| ≤ γ_n |L| (Higham, th. 8.5); a row of the residual is at most |l_i||x_j| times
  /// that. Rounding errors and signs as independent numbers as in `ProductProjection`.
  private func verification(_ l: Tensor, _ solution: Tensor, _ b: Tensor, on engine: Engine) throws -> Verification {
    let signs = RandomStream(seed: 3, name: "benchmark/signs").uniforms(columns).map { $0 < 0.5 ? -1.0 : 1.0 }
    let (lower, x, right) = (try engine.read(l), try engine.read(solution), try engine.read(b))
    func signed(_ values: [Double], _ row: Int) -> Double { (0..<columns).reduce(0) { $0 + values[row * columns + $1] * signs[$1] } }
    let xy = (0..<size).map { signed(x, $0) }
    let norm = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
    var worst = 0.0
    for i in 0..<size {
      var (sum, squares) = (0.0, 0.0)
      for p in transposed ? i..<size : 0..<i + 1 {
        let entry = transposed ? lower[p * size + i] : lower[i * size + p]
        sum += entry * xy[p]
        squares += entry * entry
      }
      let unit = engine.precision.unitRoundoff * Double(4 * size + 2).squareRoot() + 0x1p-52 * Double(size + columns).squareRoot()
      let ratio = abs(sum - signed(right, i)) / (8 * unit * squares.squareRoot() * norm)
      if !ratio.isFinite { return Verification(residual: .nan, method: "row \(i) is not finite") }
      worst = max(worst, ratio)
    }
    return Verification(residual: worst, method: "op(L)·(Xy) against B·y, \(size) rows")
  }
}
