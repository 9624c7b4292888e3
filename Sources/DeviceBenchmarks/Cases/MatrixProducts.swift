import Compute
import Foundation

/// Products of matrices: square, with one small size, in batches, transposed, and the lower half of a symmetric one.
struct MatrixProduct: Sendable {
  var variant: String
  var batch = 1
  var m, n, k: Int
  var operation = GEMM()

  var benchmark: BenchmarkCase {
    let sizes = (batch > 1 ? [BenchmarkSize("b", batch)] : []) + [.init("m", m), .init("n", n), .init("k", k)]
    return BenchmarkCase("gemm", variant, sizes: sizes, elements: batch * (m * k + k * n + m * n)) { engine in
      let a = try engine.inputs("a", batch: batch, rows: operation.transposeA ? k : m, columns: operation.transposeA ? m : k)
      let b =
        operation.lowerOnly
        ? a : try engine.inputs("b", batch: batch, rows: operation.transposeB ? n : k, columns: operation.transposeB ? k : n)
      let c = try engine.empty(batch: batch, rows: m, columns: n)
      return PreparedBenchmark(
        run: { try engine.gemm(operation, a, b, into: c) },
        verify: { try ProductProjection(operation, a, b, c).verification(on: engine) })
    }
  }
}

/// Judges all of C by C·x against A·(B·x) on the host in float64, for signs x chosen at random.
///
/// Each entry of C may be wrong by λ√(k+2) u |a_i||b_j| (rounding errors as independent numbers of mean 0: Higham & Mary 2019, th. 3.1
/// with λ = 8; the deterministic γ_k would let a missing tile pass in float32), and the signs are independent of these errors, so a
/// row of C·x by λ√(k+2) u |a_i| ‖B‖. The host's own rounding is added.
package struct ProductProjection {
  private let operation: GEMM
  private let (a, b, c): (Tensor, Tensor, Tensor)

  /// A product of tensors that are there.
  package init(_ operation: GEMM, _ a: Tensor, _ b: Tensor, _ c: Tensor) {
    self.operation = operation
    (self.a, self.b, self.c) = (a, b, c)
  }

  /// Compares the product with two products by a vector.
  package func verification(on engine: Engine) throws -> Verification {
    let items = Set([0, c.batch - 1]).sorted()
    let worst = try items.map { try ratio(item: $0, engine) }.reduce(0) { $1.isNaN || $0.isNaN ? .nan : max($0, $1) }
    return Verification(residual: worst, method: "C·x against A·(B·x), \(items.count * c.rows) rows")
  }

  private func ratio(item: Int, _ engine: Engine) throws -> Double {
    let inner = operation.transposeA ? a.rows : a.columns
    let signs = RandomStream(seed: 3, name: "benchmark/signs").uniforms(c.columns).map { $0 < 0.5 ? -1.0 : 1.0 }
    let left = try HostMatrix(engine, a, item, isTransposed: operation.transposeA)
    // Rows of the second are columns of op(B).
    let right = try HostMatrix(engine, b, item, isTransposed: !operation.transposeB)
    let result = try HostMatrix(engine, c, item, isTransposed: false)
    var bx = [Double](repeating: 0, count: inner)
    if !operation.lowerOnly { for j in 0..<c.columns { right.add(row: j, times: signs[j], to: &bx) } }
    let norm = right.squares.squareRoot()
    let lambda = 8.0
    let unit = engine.precision.unitRoundoff * Double(inner + 2).squareRoot() + 0x1p-52 * Double(inner + c.columns).squareRoot()
    var worst = 0.0
    for i in 0..<c.rows {
      // Row i of a lower half has columns 0 … i.
      if operation.lowerOnly { right.add(row: i, times: signs[i], to: &bx) }
      let columns = operation.lowerOnly ? i + 1 : c.columns
      let got = result.product(row: i, signs, count: columns)
      let expected = operation.alpha * left.product(row: i, bx, count: inner)
      let bound = lambda * unit * abs(operation.alpha) * left.norm(row: i) * norm
      let ratio = abs(got - expected) / bound
      if !ratio.isFinite { return .nan }
      worst = max(worst, ratio)
    }
    return worst
  }
}

/// One item of a tensor on the host, read row by row of op(X).
private struct HostMatrix {
  private let values: [Double]
  private let (rowStep, columnStep): (Int, Int)
  private let columns: Int

  init(_ engine: Engine, _ tensor: Tensor, _ item: Int, isTransposed: Bool) throws {
    values = try engine.read(tensor.item(tensor.batch == 1 ? 0 : item))
    (rowStep, columnStep) = isTransposed ? (1, tensor.columns) : (tensor.columns, 1)
    columns = isTransposed ? tensor.rows : tensor.columns
  }

  var squares: Double { values.reduce(0) { $0 + $1 * $1 } }

  func product(row: Int, _ vector: [Double], count: Int) -> Double {
    (0..<count).reduce(0) { $0 + values[row * rowStep + $1 * columnStep] * vector[$1] }
  }

  func norm(row: Int) -> Double {
    (0..<columns).reduce(0) { $0 + values[row * rowStep + $1 * columnStep] * values[row * rowStep + $1 * columnStep] }.squareRoot()
  }

  func add(row: Int, times factor: Double, to sum: inout [Double]) {
    for index in sum.indices { sum[index] += factor * values[row * rowStep + index * columnStep] }
  }
}
