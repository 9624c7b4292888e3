import TestSupport
import Testing
import WideKernels

/// Runs a measurement at the concrete type of an activation: through `any Activation` it would be tens of times slower.
struct Measure: ActivationVisitor {
  var errors: @Sendable (any DualProbe) -> Worst
  func visit<A: Activation>(_ activation: A) -> Worst { errors(Probe(activation: activation)) }
}

/// What the tests ask of an activation, at its concrete type.
protocol DualProbe {
  func reference(_ c: Covariance, _ rule: SectorQuadrature) -> SectorQuadrature.Moments
  func dual(_ q11: Double, _ q22: Double, _ q12: Double) -> (dual: Double, derivative: Double)
  func diagonal(_ q: Double) -> (dual: Double, derivative: Double)
  func jet(_ q11: Double, _ q22: Double, _ q12: Double) -> (dual: Jet<Double>, derivative: Jet<Double>)
  func slope(_ x: Double) -> Double
}

struct Probe<A: Activation>: DualProbe {
  let activation: A
  func reference(_ c: Covariance, _ rule: SectorQuadrature) -> SectorQuadrature.Moments {
    rule.moments(activation, q11: c.q11, q22: c.q22, correlation: c.correlation)
  }
  func dual(_ q11: Double, _ q22: Double, _ q12: Double) -> (dual: Double, derivative: Double) {
    activation.dual(q11: q11, q22: q22, q12: q12)
  }
  func diagonal(_ q: Double) -> (dual: Double, derivative: Double) { activation.diagonal(q) }
  func jet(_ q11: Double, _ q22: Double, _ q12: Double) -> (dual: Jet<Double>, derivative: Jet<Double>) {
    activation.dual(q11: Jet.q11(q11), q22: Jet.q22(q22), q12: Jet.q12(q12))
  }
  func slope(_ x: Double) -> Double { activation.slope(x) }
}

@Suite struct DualTests {
  static let samples: [String] = ActivationKind.samples.map(\.description)

  func measure(_ text: String, _ errors: @Sendable @escaping (any DualProbe) -> Worst) throws -> (Worst, any Activation) {
    let activation = try ActivationKind(text)
    return (activation.visit(Measure(errors: errors)), activation.formulas)
  }

  /// Whether the derivative is taken almost everywhere although φ itself jumps, so that Price's theorem does not hold.
  func jumps(_ activation: any Activation) -> Bool {
    activation is Sign || (activation as? RectifiedMonomial)?.degree == 0
  }

  /// Errors are relative to √(E[φ(u)²] E[φ(v)²]), the largest value a dual can have. The closed forms lose a few ulp, the
  /// reference's sums of 10⁵ terms some 10⁻¹³ (see `theReferenceHasConverged`).
  @Test(arguments: samples)
  func dualAndDerivativeAreTheGaussianExpectations(_ text: String) throws {
    let (worst, activation) = try measure(text) { probe in
      var worst = Worst()
      for c in Covariance.all {
        let expected = probe.reference(c, SectorQuadrature())
        let got = probe.dual(c.q11, c.q22, c.q12)
        let (one, two) = (probe.diagonal(c.q11), probe.diagonal(c.q22))
        worst.see(abs(got.dual - expected.value) / (one.dual * two.dual).squareRoot(), "dual, \(c)")
        if got.derivative == 0, expected.slope == 0 { continue }
        worst.see(abs(got.derivative - expected.slope) / (one.derivative * two.derivative).squareRoot(), "derivative, \(c)")
      }
      return worst
    }
    print("dual against quadrature: \(text): \(worst)")
    #expect(worst.error <= activation.dualError + 2e-12, "\(text): \(worst)")
  }

  @Test(arguments: ["tanh", "relu", "exp(0.9,0.4)", "rectified-monomial(5)", "cos(1.2,0.8,0.3)"])
  func theReferenceHasConverged(_ text: String) throws {
    let (worst, _) = try measure(text) { probe in
      var worst = Worst()
      for c in [Covariance.all[4], Covariance.all[8]] {
        let (coarse, fine) = (probe.reference(c, SectorQuadrature()), probe.reference(c, SectorQuadrature(angles: 64, panels: 24)))
        worst.see(abs(coarse.value - fine.value) / fine.value, "value, \(c)")
        worst.see(abs(coarse.slope - fine.slope) / fine.slope, "slope, \(c)")
      }
      return worst
    }
    #expect(worst.error <= 1e-12, "\(text): \(worst)")
  }

  @Test(arguments: samples)
  func diagonalIsTheGeneralFormAtEqualInputs(_ text: String) throws {
    let (worst, _) = try measure(text) { probe in
      var worst = Worst()
      worst.see(abs(probe.dual(0, 0, 0).dual - probe.diagonal(0).dual), "dual, q 0")
      for q in [1e-16, 1e-3, 0.5, 1, 4, 30] {
        let (general, diagonal) = (probe.dual(q, q, q), probe.diagonal(q))
        worst.see(abs(general.dual - diagonal.dual) / max(diagonal.dual, .leastNormalMagnitude), "dual, q \(q)")
        worst.see(
          abs(general.derivative - diagonal.derivative) / max(diagonal.derivative, .leastNormalMagnitude), "derivative, q \(q)")
      }
      return worst
    }
    #expect(worst.error <= 1e-13, "\(text): \(worst)")
  }

  @Test(arguments: samples)
  func theInputsOfAPairCanBeExchanged(_ text: String) throws {
    let (worst, _) = try measure(text) { probe in
      var worst = Worst()
      for c in Covariance.all {
        let (one, two) = (probe.dual(c.q11, c.q22, c.q12), probe.dual(c.q22, c.q11, c.q12))
        let scale = (probe.diagonal(c.q11).dual * probe.diagonal(c.q22).dual).squareRoot()
        worst.see(abs(one.dual - two.dual) / scale, "dual, \(c)")
        worst.see(abs(one.derivative - two.derivative) / max(abs(one.derivative), 1e-6), "derivative, \(c)")
      }
      return worst
    }
    #expect(worst.error <= 1e-14, "\(text): \(worst)")
  }

  /// ∂E[φ(u) φ(v)]/∂q12 = E[φ′(u) φ′(v)].
  @Test(arguments: samples)
  func priceTheoremHoldsThroughJets(_ text: String) throws {
    let (worst, activation) = try measure(text) { probe in
      var worst = Worst()
      for c in Covariance.all {
        let jet = probe.jet(c.q11, c.q22, c.q12)
        let scale = (probe.diagonal(c.q11).derivative * probe.diagonal(c.q22).derivative).squareRoot()
        if scale > 0 { worst.see(abs(jet.dual.d12 - jet.derivative.value) / scale, "\(c)") }
      }
      return worst
    }
    if jumps(activation) { return }
    // Kinks: near ρ = ±1 the terms that cancel are 1/√(1 − ρ²) ≈ 700 times larger.
    #expect(worst.error <= activation.dualError + 1e-12, "\(text): \(worst)")
  }

  /// Fourth-order central differences with step h q: error about h⁴ and u/h ≈ 2e-12, times the curvature near ρ = ±1.
  @Test(arguments: samples)
  func jetsAgreeWithDifferences(_ text: String) throws {
    let (worst, _) = try measure(text) { probe in
      var worst = Worst()
      for c in Covariance.all where abs(c.correlation) < 0.95 {
        let point = [c.q11, c.q22, c.q12]
        let jet = probe.jet(point[0], point[1], point[2])
        for direction in 0..<3 {
          let h = 1e-3 * min(c.q11, c.q22)
          func at(_ steps: Double) -> (dual: Double, derivative: Double) {
            var moved = point
            moved[direction] += steps * h
            return probe.dual(moved[0], moved[1], moved[2])
          }
          let (a, b, d, e) = (at(-2), at(-1), at(1), at(2))
          let slopes = (
            dual: (a.dual - 8 * b.dual + 8 * d.dual - e.dual) / (12 * h),
            derivative: (a.derivative - 8 * b.derivative + 8 * d.derivative - e.derivative) / (12 * h)
          )
          let got = (
            dual: [jet.dual.d11, jet.dual.d22, jet.dual.d12][direction],
            derivative: [jet.derivative.d11, jet.derivative.d22, jet.derivative.d12][direction]
          )
          let scale = max(1, abs(jet.dual.value) / min(c.q11, c.q22))
          worst.see(abs(slopes.dual - got.dual) / max(abs(slopes.dual), scale), "dual, direction \(direction), \(c)")
          let slopeScale = max(1, abs(jet.derivative.value) / min(c.q11, c.q22))
          worst.see(
            abs(slopes.derivative - got.derivative) / max(abs(slopes.derivative), slopeScale),
            "derivative, direction \(direction), \(c)")
        }
      }
      return worst
    }
    #expect(worst.error <= 1e-8, "\(text): \(worst)")
  }

  /// Zero, tiny and huge inputs, exactly parallel and exactly opposite ones. exp and the polynomials grow too fast for huge.
  @Test(arguments: samples)
  func edgesAreFiniteAndBounded(_ text: String) throws {
    let (worst, _) = try measure(text) { [isBounded = !text.hasPrefix("exp")] probe in
      var worst = Worst()
      let scales: [Double] = isBounded ? [0, 1e-16, 1e-8, 1, 1e8] : [0, 1e-16, 1e-8, 1]
      for q11 in scales {
        for q22 in scales {
          for correlation in [-1.0, 0, 1] {
            let q12 = correlation * (q11 * q22).squareRoot()
            let (got, jet) = (probe.dual(q11, q22, q12), probe.jet(q11, q22, q12))
            let (one, two) = (probe.diagonal(q11), probe.diagonal(q22))
            let place = "q11 \(q11) q22 \(q22) ρ \(correlation)"
            // Cauchy-Schwarz, up to rounding.
            let bound = (one.dual.squareRoot() * two.dual.squareRoot())
            worst.see(max(0, abs(got.dual) - bound * (1 + 1e-12)), "dual beyond its bound, \(place)")
            let parts = [got.derivative, jet.dual.d11, jet.dual.d22, jet.dual.d12]
            worst.see(parts.allSatisfy(\.isFinite) ? 0 : .infinity, "jet \(jet), \(place)")
          }
        }
      }
      return worst
    }
    #expect(worst.error == 0, "\(text): \(worst)")
  }

  /// At vanishing inputs φ is linear: ∂dual/∂q12 = φ′(0)². By quadrature up to rounding over √(noise variance), 10⁻¹⁰.
  @Test(arguments: samples)
  func jetsAtVanishingInputsAreThoseOfTheLinearPart(_ text: String) throws {
    let (worst, activation) = try measure(text) { probe in
      var worst = Worst()
      let slope = probe.slope(0)
      worst.see(abs(probe.jet(0, 0, 0).dual.d12 - slope * slope), "φ′(0) = \(slope)")
      worst.see(abs(probe.dual(0, 0, 0).derivative - slope * slope), "derivative, φ′(0) = \(slope)")
      return worst
    }
    if type(of: activation).hasKink { return }
    #expect(worst.error <= 1e-9, "\(text): \(worst)")
  }

  /// Points with a zero vector, a near duplicate, a parallel and an opposite pair; the least eigenvalue may be 0 up to rounding.
  @Test(arguments: samples)
  func theMatrixOfAnyPointsIsPositiveSemidefinite(_ text: String) throws {
    var random = SplitMix64(seed: 11)
    var points = (0..<10).map { _ in (0..<3).map { _ in Double.random(in: -1.5...1.5, using: &random) } }
    points.append([0, 0, 0])
    points.append(points[0].map { -$0 })
    points.append(points[1].map { 0.5 * $0 })
    points.append([points[2][0] + 1e-7, points[2][1], points[2][2]])
    let fixed = points
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let gram = fixed.map { a in fixed.map { b in dot(a, b) } }
    let (worst, activation) = try measure(text) { probe in
      var worst = Worst()
      for part in 0..<2 {
        let matrix = gram.indices.map { i in
          gram.indices.map { j in
            let pair = i == j ? probe.diagonal(gram[i][i]) : probe.dual(gram[i][i], gram[j][j], gram[i][j])
            return part == 0 ? pair.dual : pair.derivative
          }
        }
        worst.see(negativePivot(of: matrix), part == 0 ? "dual" : "derivative")
      }
      return worst
    }
    // Angles of nearly parallel vectors are uncertain by √u, and so is a kernel with a cone or a jump there.
    #expect(worst.error <= (type(of: activation).hasKink ? 1e-7 : 1e-13), "\(text), seed 11: \(worst)")
  }
}

/// Minus the least pivot of a Cholesky factorisation with diagonal pivoting, relative to the largest diagonal entry; 0 if none is negative.
func negativePivot(of matrix: [[Double]]) -> Double {
  var a = matrix
  let scale = a.indices.map { a[$0][$0] }.max() ?? 0
  guard scale > 0 else { return 0 }
  var remaining = Set(a.indices)
  while let pivot = remaining.max(by: { (a[$0][$0], $1) < (a[$1][$1], $0) }) {
    let least = remaining.map { a[$0][$0] }.min() ?? 0
    if least < 0 { return -least / scale }
    // What is left is rounding.
    if a[pivot][pivot] < 1e-13 * scale { return 0 }
    remaining.remove(pivot)
    for i in remaining { for j in remaining { a[i][j] -= a[i][pivot] * a[j][pivot] / a[pivot][pivot] } }
  }
  return 0
}
