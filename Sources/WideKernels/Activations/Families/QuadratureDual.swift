/// Gaussian expectations of an even or odd function ψ with no closed form, by quadrature of its Hermite coefficients.
///
/// With He_k orthonormal, c_k(q) = E[ψ(√q z) He_k(z)] and ρ = q12/√(q11 q22):
/// E[ψ(u) ψ(v)] = Σ_k c_k(q11) c_k(q22) ρ^k, and the same with ψ′ for the derivative. Only k of ψ's parity enter.
///
/// - **Positive semi-definite by construction**, derivative too: each term is a product of Gram matrices (Schur), however
///   coarse the quadrature. A tensor grid over (u, v) that depends on ρ has no such guarantee, and costs the square of the nodes.
/// - c_k by the trapezoidal rule on 34 mirrored pairs of nodes at distance 1/4, which for functions analytic in a strip is
///   far better than as many Gauss–Hermite nodes; 48 orders k < 96. What is left out is mostly the tail k ≥ 96: largest at
///   ρ = ±1, growing as exp(−2 s √96) where s is the distance of ψ(√q z)'s nearest pole from the real axis.
/// - Cost per pair: 2 · 34 evaluations of (ψ, ψ′) and 4 · 34 · 48 multiply-adds.
/// - **Vanishing inputs**: as if independent noise of variance 10⁻¹² were added to u and v. This keeps √q and 1/√q smooth at
///   0, so that jets stay right there, and is exactly a dual of the shifted covariances, so nothing above is lost.
///
/// Source: Mehler's formula, as in O'Donnell, *Analysis of Boolean Functions*, prop. 11.31; Trefethen & Weideman 2014 for the rule.
@usableFromInline enum QuadratureDual {
  @usableFromInline static let nodeCount = 34
  @usableFromInline static let orderCount = 48
  @usableFromInline static let noise = 1e-12

  /// Which orders k a function has.
  @usableFromInline enum Parity { case even, odd }

  /// Positive nodes, and rows w_i He_k(z_i) for the even (then the odd) orders, doubled for the mirrored node.
  @usableFromInline struct Rule: Sendable {
    @usableFromInline let nodes: [Double]
    @usableFromInline let even: [Double]
    @usableFromInline let odd: [Double]

    init() {
      let spacing = 0.25
      let nodes = (0..<nodeCount).map { (Double($0) + 0.5) * spacing }
      let weights = nodes.map { Double.exp(-$0 * $0 / 2) }
      let total = weights.reduce(0, +)
      var even = [Double](repeating: 0, count: orderCount * nodeCount)
      var odd = even
      for (i, z) in nodes.enumerated() {
        // He_{k+1} = (z He_k − √k He_{k−1}) / √(k+1), orthonormal for the standard normal law.
        var (lower, current) = (0.0, 1.0)
        for k in 0..<(2 * orderCount) {
          let entry = current * weights[i] / total
          if k % 2 == 0 { even[k / 2 * nodeCount + i] = entry } else { odd[k / 2 * nodeCount + i] = entry }
          (lower, current) = (current, (z * current - Double(k).squareRoot() * lower) / Double(k + 1).squareRoot())
        }
      }
      (self.nodes, self.even, self.odd) = (nodes, even, odd)
    }

    @inlinable func rows(_ parity: Parity) -> [Double] { parity == .even ? even : odd }
  }

  @usableFromInline static let rule = Rule()

  /// Coefficients c_k(q) of ψ and of ψ′, whose parity is the other one.
  @inlinable @inline(__always) static func coefficients<R: RealAlgebra>(
    _ parity: Parity, standardDeviation: R, _ function: (Jet<R>) -> Jet<R>
  ) -> (value: [R], slope: [R]) {
    let rule = rule
    let samples = rule.nodes.map { function(Jet<R>.q12(standardDeviation * R($0))) }
    return (
      contract(rule.rows(parity), samples.map(\.value)),
      contract(rule.rows(parity == .even ? .odd : .even), samples.map(\.d12))
    )
  }

  /// rows · samples, for rows of `nodeCount` entries.
  ///
  /// Four rows at a time, so that no sum waits for the one before; products and sums and not `fma`, which is a function
  /// call on processors without one. A function of its own, which activations share: inlined, the six sums of each were half of all code.
  @inlinable @inline(never) static func contract<R: RealAlgebra>(_ rows: [Double], _ samples: [R]) -> [R] {
    var result: [R] = []
    result.reserveCapacity(orderCount)
    for order in stride(from: 0, to: orderCount, by: 4) {
      let row = order * nodeCount
      var (s0, s1, s2, s3) = (R(0), R(0), R(0), R(0))
      for i in 0..<nodeCount {
        let sample = samples[i]
        s0 = s0 + R(rows[row + i]) * sample
        s1 = s1 + R(rows[row + nodeCount + i]) * sample
        s2 = s2 + R(rows[row + 2 * nodeCount + i]) * sample
        s3 = s3 + R(rows[row + 3 * nodeCount + i]) * sample
      }
      result += [s0, s1, s2, s3]
    }
    return result
  }

  /// Σ_k a_k b_k ρ^k over the orders of one parity, by Horner's scheme in ρ².
  @inlinable @inline(never) static func sum<R: RealAlgebra>(_ parity: Parity, _ a: [R], _ b: [R], _ correlation: R) -> R {
    let square = correlation * correlation
    var sum = R(0)
    for k in stride(from: orderCount - 1, through: 0, by: -1) { sum = sum * square + a[k] * b[k] }
    return parity == .even ? sum : sum * correlation
  }

  /// - Parameter function: ψ for arguments > 0 only; its parity says the rest.
  @inlinable @inline(__always) static func dual<R: RealAlgebra>(
    _ parity: Parity, q11: R, q22: R, q12: R, _ function: (Jet<R>) -> Jet<R>
  ) -> (dual: R, derivative: R) {
    let (s1, s2) = (R.sqrt(q11 + R(noise)), R.sqrt(q22 + R(noise)))
    if let recording = R.recording { return recorded(recording, parity, s1, s2, q12 / (s1 * s2), function) }
    let a = coefficients(parity, standardDeviation: s1, function)
    let b = coefficients(parity, standardDeviation: s2, function)
    return combine(parity, a, b, q12 / (s1 * s2))
  }

  @inlinable static func diagonal<R: RealAlgebra>(
    _ parity: Parity, _ q: R, _ function: (Jet<R>) -> Jet<R>
  ) -> (dual: R, derivative: R) {
    let deviation = R.sqrt(q + R(noise))
    // Divided as for two inputs, so that equal ones have the same bits.
    let correlation = q / (deviation * deviation)
    if let recording = R.recording { return recorded(recording, parity, deviation, deviation, correlation, function) }
    let a = coefficients(parity, standardDeviation: deviation, function)
    return combine(parity, a, a, correlation)
  }

  @inlinable @inline(__always) static func combine<R: RealAlgebra>(
    _ parity: Parity, _ a: (value: [R], slope: [R]), _ b: (value: [R], slope: [R]), _ correlation: R
  ) -> (dual: R, derivative: R) {
    (sum(parity, a.value, b.value, correlation), sum(parity == .even ? .odd : .even, a.slope, b.slope, correlation))
  }

  /// The tables of the rule as arrays of a printed text.
  private static let nodeTable = ConstantTable(name: "quadrature_nodes", values: rule.nodes)
  private static let evenTable = ConstantTable(name: "quadrature_even", values: rule.even)
  private static let oddTable = ConstantTable(name: "quadrature_odd", values: rule.odd)

  /// The sums in the same order, recorded as loops: over the nodes and over the orders. Written out they are 14,000 statements.
  @usableFromInline static func recorded<R: RealAlgebra>(
    _ recording: Recording<R>, _ parity: Parity, _ s1: R, _ s2: R, _ correlation: R, _ function: (Jet<R>) -> Jet<R>
  ) -> (dual: R, derivative: R) {
    func samples(_ deviation: R) -> (tabulation: Tabulation, places: [[Int?]]) {
      recording.tabulate(nodeTable) { node in
        let jet = function(Jet<R>.q12(deviation * node))
        return [jet.value, jet.d12]
      }
    }
    let (a, b) = (samples(s1), samples(s2))
    let square = correlation * correlation
    func sum(_ parity: Parity, _ place: Int) -> R {
      let sum = recording.series(
        rows: parity == .even ? evenTable : oddTable, orders: orderCount,
        [(a.tabulation, a.places[place]), (b.tabulation, b.places[place])]
      ) { state, sums in state * square + sums[0] * sums[1] }
      return parity == .even ? sum : sum * correlation
    }
    return (sum(parity, 0), sum(parity == .even ? .odd : .even, 1))
  }
}
