import Testing
import WideKernels

/// Covariances at the edges: of equal inputs, of inputs that rounding has made more than parallel, and far from 1.
@Suite struct RangeTests {
  /// With slopes at which (b − a)²/(2π) · π/2 + (a + b)²/4 is rounded away from (a² + b²)/2 in one precision or the other.
  static let samples = DualTests.samples + ["leaky-relu(0.2)", "leaky-relu(0.3)", "abrelu(-2,2)", "abrelu(0.7,0.1)"]
  static let exponential = ["exp", "polynomial", "monomial", "rectified-monomial"]

  private func measure(_ text: String, _ errors: @Sendable @escaping (any DualProbe) -> Worst) throws -> Worst {
    try ActivationKind(text).visit(Measure(errors: errors))
  }

  /// To the last bit, or a later layer with a kink would make an angle of √u of it.
  @Test(arguments: samples) func equalInputsHaveTheDiagonalFormsBits(_ text: String) throws {
    let worst = try measure(text) { probe in
      var worst = Worst()
      for q in [0.3, 0.7, 1, 1.7, 3.3, 5] {
        let (general, diagonal) = (probe.dual(q, q, q), probe.diagonal(q))
        worst.see(abs(general.dual - diagonal.dual), "dual at q \(q): \(general.dual), \(diagonal.dual)")
        worst.see(abs(general.derivative - diagonal.derivative), "derivative at q \(q): \(general.derivative), \(diagonal.derivative)")
      }
      return worst
    }
    #expect(worst.error == 0, "\(text): \(worst)")
  }

  /// |q12| beyond √(q11 q22) by some roundings u, as inner products of long vectors are. A relative change δ of q12 moves no dual of a
  /// bounded activation by more than about 96 δ of its bound (the highest order of the quadrature).
  @Test(arguments: samples) func roundingCannotLiftADualOverItsBound(_ text: String) throws {
    let isExponential = Self.exponential.contains { text.hasPrefix($0) }
    let worst = try measure(text) { probe in
      var worst = Worst()
      for q11 in isExponential ? [0.5, 4] : [0.5, 1, 1e4, 1e8, 1e16, 1e20, 1e40, 1e100] {
        for ratio in [1, 1 + 1e-15, 1.7] {
          for excess in [0, 0x1p-52, 0x1p-50, -0x1p-52] {
            for sign in [1.0, -1] {
              let q22 = q11 * ratio, q12 = sign * q11.squareRoot() * q22.squareRoot() * (1 + excess)
              let (got, one, two) = (probe.dual(q11, q22, q12), probe.diagonal(q11), probe.diagonal(q22))
              let place = "q11 \(q11) q22 \(q22) excess \(excess) sign \(sign)"
              worst.see(abs(got.dual) / (one.dual * two.dual).squareRoot() - 1, "dual, \(place)")
              guard one.derivative > 0 else { continue }
              worst.see(abs(got.derivative) / (one.derivative * two.derivative).squareRoot() - 1, "derivative, \(place)")
            }
          }
        }
      }
      return worst
    }
    #expect(worst.error <= 1e-12, "\(text): \(worst)")
  }

  /// Kernels of these are homogeneous, of degree 1, and their derivatives of degree 0.
  @Test(arguments: ["relu", "abs", "leaky-relu(0.1)", "abrelu(-0.5,2)", "rectified-monomial(1)", "identity"], [660, -660, 900, -900])
  func homogeneousDualsKeepTheirBitsAtAnyScale(_ text: String, _ exponent: Int) throws {
    let scale = Double(sign: .plus, exponent: exponent, significand: 1)
    let worst = try measure(text) { probe in
      var worst = Worst()
      for (q11, q22, correlation) in [(1.3, 0.7, 0.4), (1.3, 0.7, -0.9), (2.1, 2.1, 0.999_999), (1, 1, 1), (1.5, 0.6, -1)] {
        let q12 = correlation * (q11 * q22).squareRoot()
        let (got, one) = (probe.dual(scale * q11, scale * q22, scale * q12), probe.dual(q11, q22, q12))
        let (jet, plain) = (probe.jet(scale * q11, scale * q22, scale * q12), probe.jet(q11, q22, q12))
        worst.see(abs(got.dual / scale - one.dual), "dual of \(q11), \(q22), \(q12)")
        worst.see(abs(got.derivative - one.derivative), "derivative of \(q11), \(q22), \(q12)")
        worst.see(abs(jet.dual.d11 - plain.dual.d11) + abs(jet.dual.d12 - plain.dual.d12), "jet of \(q11), \(q22), \(q12)")
      }
      return worst
    }
    #expect(worst.error == 0, "\(text) times 2^\(exponent): \(worst)")
  }

  /// Limits of long inputs (the first correction is 1/q): erf tends to the sign, gelu to relu, a Gaussian to a delta function.
  @Test(arguments: [660, 900]) func longInputsTendToTheirLimits(_ exponent: Int) throws {
    let scale = Double(sign: .plus, exponent: exponent, significand: 1)
    for (q11, q22, q12) in [(1.3, 0.7, 0.4), (2.1, 1.9, -1.5)] {
      let root = (q11 * q22 - q12 * q12).squareRoot(), angle = Double.atan2(y: q12, x: root)
      func check(_ got: Double, _ expected: Double, _ place: String) {
        #expect(abs(got / expected - 1) < 1e-14, "\(place) at 2^\(exponent): \(got) against \(expected)")
      }
      let erf = Erf().dual(q11: scale * q11, q22: scale * q22, q12: scale * q12)
      check(erf.dual, 2 / .pi * angle, "erf")
      check(erf.derivative, 2 / .pi / root / scale, "erf's derivative")
      let gelu = GELU().dual(q11: scale * q11, q22: scale * q22, q12: scale * q12)
      let relu = ReLU().dual(q11: q11, q22: q22, q12: q12)
      check(gelu.dual / scale, relu.dual, "gelu")
      check(gelu.derivative, relu.derivative, "gelu's derivative")
      let gaussian = try Gaussian(parameters: [1.5, 0.5]).dual(q11: scale * q11, q22: scale * q22, q12: scale * q12)
      check(gaussian.dual * scale, 1.5 * 1.5 / root, "gaussian")
    }
  }

  /// Short inputs see the linear part alone, and signs of any.
  @Test(arguments: [-660, -900]) func shortInputsTendToTheirLimits(_ exponent: Int) throws {
    let scale = Double(sign: .plus, exponent: exponent, significand: 1)
    let (q11, q22, q12) = (1.3, 0.7, 0.4)
    for (text, slope) in [("erf", 4 / Double.pi), ("gelu", 0.25), ("sin(1.0,1.0,0.0)", 1), ("tanh", 1), ("monomial(1)", 1)] {
      let activation = try ActivationKind(text).formulas
      let got = activation.dual(q11: scale * q11, q22: scale * q22, q12: scale * q12)
      #expect(abs(got.dual / (scale * q12) / slope - 1) < 1e-9, "\(text): \(got.dual / scale)")
      #expect(abs(got.derivative / slope - 1) < 1e-9, "\(text): \(got.derivative)")
    }
    let sign = Sign().dual(q11: scale * q11, q22: scale * q22, q12: scale * q12)
    #expect(sign.dual == Sign().dual(q11: q11, q22: q22, q12: q12).dual)
  }

  @Test func balancesArePowersOfTwo() {
    for (a, b) in [(1.0, 1.0), (3e200, 5e199), (2e-200, 7e-250), (1e300, 1e-300), (1e-308, 3), (0, 5), (1e307, 1e307)] {
      let (scale, inverse) = Double.balance(a, b)
      #expect(scale * inverse == 1 && scale.significand == 1, "\(a), \(b): \(scale), \(inverse)")
      if a > 0 { #expect((1...8).contains((scale * a) * (scale * b)), "\(a), \(b): \((scale * a) * (scale * b))") }
    }
  }

  /// The clip is of the value alone: derivatives of a determinant that rounding has put below 0 are still its own.
  @Test func clippingKeepsDerivatives() {
    let x = Jet(value: -1e-20, d11: 2.0, d22: 3, d12: -4)
    let clipped = Jet<Double>.nonNegative(x)
    #expect(clipped.value == 0 && clipped.d11 == 2 && clipped.d22 == 3 && clipped.d12 == -4)
    let (q, beyond) = (1e6, 1e6 * (1 + 0x1p-50))
    let (at, above) = (
      Erf().dual(q11: Jet.q11(q), q22: Jet.q22(q), q12: Jet.q12(q)), Erf().dual(q11: Jet.q11(q), q22: Jet.q22(q), q12: Jet.q12(beyond))
    )
    #expect(abs(above.dual.d12 / at.dual.d12 - 1) < 1e-6, "\(above.dual.d12) against \(at.dual.d12)")
  }
}
