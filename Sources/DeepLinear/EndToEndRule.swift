import Foundation
import LinearAlgebra
import Matrices

/// How the product W = W_N ⋯ W_1 of a deep linear network moves, whatever its hidden widths: for a balanced start,
/// W_{j+1}ᵀ W_{j+1} = W_j W_jᵀ,
///
///     W′ = −Σ_{j=1…N} [W Wᵀ]^((j−1)/N) ∇L(W) [Wᵀ W]^((N−j)/N)
///
/// and for one output w′ = −|w|^(2−2/N) (∇L + (N − 1) P_w ∇L), P_w the projection on w.
///
/// Source: Arora, Cohen & Hazan 2018 (arXiv 1802.06509), theorem 1 and claim 2.
public struct EndToEndRule: Sendable {
  /// N.
  public let depth: Int

  /// - Precondition: `depth` ≥ 1.
  public init(depth: Int) {
    precondition(depth >= 1, "a product of at least one matrix")
    self.depth = depth
  }

  /// W′ for one output, `w` and `gradient` as long as the inputs. Zero at w = 0 where N > 1: a saddle.
  public func velocity(_ w: [Double], gradient: [Double]) -> [Double] {
    guard depth > 1 else { return gradient.map { -$0 } }
    let square = w.reduce(0) { $0 + $1 * $1 }
    guard square > 0 else { return [Double](repeating: 0, count: w.count) }
    let preconditioner = pow(square, 1 - 1 / Double(depth))
    let along = Double(depth - 1) * zip(w, gradient).reduce(0) { $0 + $1.0 * $1.1 } / square
    return zip(w, gradient).map { -preconditioner * ($1 + along * $0) }
  }

  /// W′ for any number of outputs, by the singular value decomposition W = U s Vᵀ: entry (r, r′) of Uᵀ ∇L V is scaled by
  /// Σ_j s_r^(2(j−1)/N) s_r′^(2(N−j)/N), with s = 0 beyond the rank and 0⁰ = 1.
  ///
  /// Powers of the eigenvalues of W Wᵀ would turn their rounding errors, to a fractional power, into large ones.
  /// - Throws: `FactorisationError`.
  public func velocity(_ w: Matrix, gradient: Matrix) throws(FactorisationError) -> Matrix {
    let svd = try singularValues(w.values, rows: w.rows, columns: w.columns)
    let u = Matrix(rows: w.rows, columns: w.rows, values: svd.left)
    let vTransposed = Matrix(rows: w.columns, columns: w.columns, values: svd.right)
    var rotated = u.transposedTimes(gradient).timesTransposed(vTransposed)
    let largest = svd.values.first ?? 0
    // What is below the rounding of the decomposition is zero.
    func value(_ index: Int) -> Double {
      index < svd.values.count && svd.values[index] > Double(max(w.rows, w.columns)) * .ulpOfOne * largest ? svd.values[index] : 0
    }
    func power(_ base: Double, _ exponent: Int) -> Double { exponent == 0 ? 1 : pow(base, 2 * Double(exponent) / Double(depth)) }
    for row in 0..<w.rows {
      for column in 0..<w.columns {
        rotated[row, column] *= -(1...depth).reduce(0) { $0 + power(value(row), $1 - 1) * power(value(column), depth - $1) }
      }
    }
    return u.times(rotated).times(vTransposed)
  }
}
