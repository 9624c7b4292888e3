/// What monomial and polynomial share: φ(x) = Σ p_m x^m of degree at most 5, by its exact Hermite expansion.
///
/// dual = Σ_k k! h_k(q11) h_k(q22) q12^k,  derivative = its derivative in q12 (Price's theorem), with
/// h_k(q) = Σ_j p_{k+2j} (k+2j)! / (k! j! 2^j) q^j. No square root or quotient, so nothing is singular.
///
/// Source: Isserlis 1918; the sum over k counts the pairings of k factors u with k factors v.
@usableFromInline struct HermiteRows: Sendable, Hashable {
  @usableFromInline static let maximalDegree = 5
  /// Three coefficients in q for each k.
  @usableFromInline let rows: [Double]

  init(coefficients: [Double]) {
    var rows = [Double](repeating: 0, count: 3 * (Self.maximalDegree + 1))
    for k in 0...Self.maximalDegree {
      for j in 0..<3 where k + 2 * j < coefficients.count {
        rows[3 * k + j] = coefficients[k + 2 * j] * Self.pairings(of: k + 2 * j, keeping: k)
      }
    }
    self.rows = rows
  }

  /// m! / (k! j! 2^j) with m = k + 2j: the ways to pair all but k of m factors among themselves.
  static func pairings(of m: Int, keeping k: Int) -> Double {
    let j = (m - k) / 2
    return factorial(m) / (factorial(k) * factorial(j) * Double(1 << j))
  }

  @inlinable static func factorial(_ n: Int) -> Double { n < 2 ? 1 : (2...n).reduce(1) { $0 * Double($1) } }

  @inlinable func isZero(_ k: Int) -> Bool { rows[3 * k] == 0 && rows[3 * k + 1] == 0 && rows[3 * k + 2] == 0 }

  /// h_k(q).
  @inlinable @inline(__always) func row<R: RealAlgebra>(_ k: Int, _ q: R) -> R {
    let (c0, c1, c2) = (rows[3 * k], rows[3 * k + 1], rows[3 * k + 2])
    if c2 != 0 { return R.fma(R.fma(R(c2), q, R(c1)), q, R(c0)) }
    return c1 == 0 ? R(c0) : R.fma(R(c1), q, R(c0))
  }

  @inlinable @inline(__always) func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    expand(q12) { row($0, q11) * row($0, q22) }
  }

  @inlinable func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    expand(q) { k in
      let h = row(k, q)
      return h * h
    }
  }

  @inlinable @inline(__always) func expand<R: RealAlgebra>(_ q12: R, _ product: (Int) -> R) -> (dual: R, derivative: R) {
    var (dual, derivative, power, lowerPower) = (R(0), R(0), R(1), R(0))
    for k in 0...Self.maximalDegree {
      if !isZero(k) {
        let term = R(Self.factorial(k)) * product(k)
        dual = R.fma(term, power, dual)
        if k > 0 { derivative = R.fma(R(Double(k)) * term, lowerPower, derivative) }
      }
      lowerPower = power
      power = power * q12
    }
    return (dual, derivative)
  }
}
