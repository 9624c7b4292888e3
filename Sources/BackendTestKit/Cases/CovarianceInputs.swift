import Compute

/// Covariances of pairs as a recursion reads them, all exact in the target's precision and with full significands there,
/// so that a determinant that is not computed by Kahan's method shows.
///
/// Entries (i, i) of the leading square are coinciding inputs for i mod 8 = 0, opposite ones for 1, and inputs that
/// nearly coincide for 2 and 6 (by 2⁻⁷ and 2⁻²⁰); the rest has correlations in (−0.95, 0.95). Row 3 and column 5 are inputs
/// of norm 0. Of symmetric inputs all (i, i) coincide, but their gram has an error of 2⁻²⁰, as from sums in another order:
/// harmless in the diagonal form, and large at the tip of a cone in the general one.
struct CovarianceInputs {
  let gram: Operand
  let rowDiagonal: Operand
  let columnDiagonal: Operand
  private let isSymmetric: Bool
  private let isPaired: Bool

  init(_ probe: Probe, batch: Int, n: Int, m: Int, isSymmetric: Bool, _ layout: Layout) throws {
    let size = max(n, m)
    let rowVariances = probe.uniforms("rowVariances", batch * size)
    let columnVariances = probe.uniforms("columnVariances", batch * size)
    let correlations = probe.uniforms("correlations", batch * size * size)
    func held(_ value: Double) -> Double { probe.precision == .float32 ? Double(Float(value)) : value }
    func rowVariance(_ item: Int, _ i: Int) -> Double { i == 3 ? 0 : held(1.1 * (1.25 + rowVariances[item * size + i])) }
    func columnVariance(_ item: Int, _ j: Int) -> Double {
      if isSymmetric || [0, 1, 2, 6].contains(j % 8) { return rowVariance(item, j) }
      return j == 5 ? 0 : held(1.1 * (1.25 + columnVariances[item * size + j]))
    }
    func covariance(_ item: Int, _ i: Int, _ j: Int) -> Double {
      let q = rowVariance(item, i)
      switch (i == j, i % 8) {
      case (true, _) where isSymmetric: return held(q * (1 - 0x1p-20))
      case (true, 0): return q
      case (true, 1): return -q
      case (true, 2): return held(q * (1 - 0x1p-7))
      case (true, 6): return held(q * (1 - 0x1p-20))
      default:
        let (first, second) = isSymmetric ? (min(i, j), max(i, j)) : (i, j)
        return held(0.95 * correlations[(item * size + first) * size + second] * (q * columnVariance(item, j)).squareRoot())
      }
    }
    let values = (0..<batch).flatMap { item in (0..<n).flatMap { i in (0..<m).map { covariance(item, i, $0) } } }
    let rows = (0..<batch).flatMap { item in (0..<n).map { rowVariance(item, $0) } }
    let columns = (0..<batch).flatMap { item in (0..<m).map { columnVariance(item, $0) } }
    gram = try probe.input("gram", values, batch: batch, rows: n, columns: m, layout)
    rowDiagonal = try probe.input("rowDiagonal", rows, batch: batch, rows: n, columns: 1)
    columnDiagonal = try probe.input("columnDiagonal", columns, batch: batch, rows: m, columns: 1)
    self.isSymmetric = isSymmetric
    isPaired = false
  }

  /// Pairs that share nothing: every entry has variances of its own, and by its number mod 8 one of the relations above.
  init(pairs probe: Probe, batch: Int, n: Int, m: Int, _ layout: Layout) throws {
    let count = batch * n * m
    func held(_ value: Double) -> Double { probe.precision == .float32 ? Double(Float(value)) : value }
    func variances(_ name: String) -> [Double] { probe.uniforms(name, count).map { held(1.1 * (1.25 + $0)) } }
    let correlations = probe.uniforms("correlations", count)
    var (first, second) = (variances("rowVariances"), variances("columnVariances"))
    var covariances = [Double](repeating: 0, count: count)
    for e in 0..<count {
      switch e % 8 {
      case 0, 1, 2, 6: second[e] = first[e]
      case 3: first[e] = 0
      case 5: second[e] = 0
      default: break
      }
      covariances[e] =
        switch e % 8 {
        case 0: first[e]
        case 1: -first[e]
        case 2: held(first[e] * (1 - 0x1p-7))
        case 6: held(first[e] * (1 - 0x1p-20))
        default: held(0.95 * correlations[e] * (first[e] * second[e]).squareRoot())
        }
    }
    gram = try probe.input("gram", covariances, batch: batch, rows: n, columns: m, layout)
    rowDiagonal = try probe.input("rowDiagonal", first, batch: batch, rows: n, columns: m, layout)
    columnDiagonal = try probe.input("columnDiagonal", second, batch: batch, rows: n, columns: m, layout)
    isSymmetric = false
    isPaired = true
  }

  func covariances<P: Rounding>(_ item: Int, _ i: Int, _ j: Int) -> (q11: Bounded<P>, q22: Bounded<P>, q12: Bounded<P>) {
    let (q11, q12) = (rowDiagonal[item, i, isPaired ? j : 0], gram[item, i, j])
    // The diagonal form may start from either.
    let variance = Bounded<P>(WideReal(q11), error: isSymmetric && i == j ? abs(q11 - q12) : 0)
    return (variance, Bounded(isPaired ? columnDiagonal[item, i, j] : columnDiagonal[item, j, 0]), Bounded(q12))
  }
}
