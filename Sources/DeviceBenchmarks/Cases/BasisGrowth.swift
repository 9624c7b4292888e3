import Compute
import Foundation
import Learning
import LinearAlgebra
import WideKernels

/// Growth of a basis from nothing until it spans the kernels of all points within a tolerance.
struct BasisGrowth: Sendable {
  var points: Int
  var width: Int
  var tolerance = 1e-2

  var benchmark: BenchmarkCase {
    // Ranks of normal points at this tolerance: 13, 60, 700 for widths 1, 2, 4.
    let rank = min(Double(points), 4 * Foundation.pow(4, Double(width)))
    return BenchmarkCase(
      "basisGrowth", "erf", sizes: [.init("N", points), .init("d", width)], precisions: [.float64],
      elements: 3 * points * Int(rank), planned: (0, Double(points) * rank * (rank / 2 + 100))
    ) { engine in
      let program = block(.erf, depth: 1)
      let z = try engine.inputs("points", rows: points, columns: width)
      func empty() throws -> PivotedBasis {
        try PivotedBasis(program, width: width, tolerance: tolerance, rankLimit: points, on: engine)
      }
      var basis = try empty()
      return PreparedBenchmark(
        reset: { basis = try empty() }, run: { _ = try basis.show(z, block: 1) },
        verify: { try verification(basis, program, z, on: engine) })
    }
  }

  /// Squared distances of some points from the span of the pivots, K(ξ, ξ) − k·K(U, U)⁻¹·k, by a factor of their kernel made at once.
  private func verification(_ basis: PivotedBasis, _ program: CovarianceProgram, _ z: Tensor, on engine: Engine) throws -> Verification {
    let rank = basis.rank
    let chosen = try engine.gather(z, rows: samples(64, of: points, "shown"))
    guard rank > 0, rank < points || points < 200 else {
      return Verification(residual: .infinity, method: "\(rank) pivots of \(points) points")
    }
    let factor = try cholesky(engine.kernel(.ntk, program, basis.centres), jitter: 1e-12, on: engine)
    let rows = try engine.kernel(.ntk, program, basis.centres, chosen)
    try engine.triangularSolve(TriangularSolve(), factor, rows)
    let explained = try engine.read(engine.gemm(rows, rows, transposeA: true))
    let diagonal = try engine.kernelDiagonal(.ntk, program, chosen)
    let distances = diagonal.indices.map { max(0, diagonal[$0] - explained[$0 * chosen.rows + $0]) }
    let worst = distances.contains { !$0.isFinite } ? .nan : (distances.max() ?? .nan)
    return Verification(
      residual: worst.squareRoot() / (1.001 * basis.threshold), method: "\(chosen.rows) distances from the span of \(rank) pivots")
  }
}
