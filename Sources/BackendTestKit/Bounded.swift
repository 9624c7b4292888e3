import Compute
import Foundation
import WideKernels

/// The rounding of a target's precision, as a type so that `Bounded` knows it.
package protocol Rounding: Sendable {
  /// Precision whose rounding is counted.
  static var precision: Precision { get }
  /// Smallest normal number of the precision.
  static var leastNormal: Double { get }
  /// Whether the precision holds the number exactly.
  static func holds(_ value: WideReal) -> Bool
}

enum Float32Rounding: Rounding {
  static let precision = Precision.float32
  static let leastNormal = Double(Float.leastNormalMagnitude)
  static func holds(_ value: WideReal) -> Bool { WideReal(Float(value)) == value }
}

enum Float64Rounding: Rounding {
  static let precision = Precision.float64
  static let leastNormal = Double.leastNormalMagnitude
  static func holds(_ value: WideReal) -> Bool { WideReal(Double(value)) == value }
}

/// A value in more than float64, and how far a correct computation at precision P may be from it.
///
/// Running error analysis: a formula over `RealAlgebra` evaluated with this type yields its exact value and a bound on
/// the error of evaluating it in rounded arithmetic, operation by operation, so the tolerance widens exactly where the
/// formula is ill-conditioned, at kinks and near singularities too. `Jet<Bounded<P>>` bounds derivatives.
///
/// An operation on exact operands whose result P holds is exact. Otherwise one rounding is u times the result, with a
/// fused or an unfused multiply-add; functions may be wrong by what OpenCL admits: 1 ulp ≤ 2u.
///
/// Source: Higham, *Accuracy and Stability of Numerical Algorithms*, sec. 3.3; errors of functions: OpenCL C 1.2, sec. 7.4.
struct Bounded<P: Rounding>: RealAlgebra {
  let value: WideReal
  /// Absolute; infinite where nothing can be said.
  let error: Double

  init(_ value: WideReal, error: Double) {
    self.value = value
    self.error = error.isNaN ? .infinity : error
  }

  init(_ constant: Double) {
    let exact = WideReal(constant)
    self.init(exact, error: P.holds(exact) ? 0 : P.precision.unitRoundoff * abs(constant))
  }

  /// The result of an operation that carries `inherited` from its operands and rounds by `roundings` u of itself.
  private static func rounded(_ value: WideReal, inherited: Double, roundings: Double = 1, isExactWhereHeld: Bool = true) -> Bounded {
    if inherited == 0, isExactWhereHeld || value == 0, P.holds(value) { return Bounded(value, error: 0) }
    let unit = roundings * P.precision.unitRoundoff + WideReal.roundoff
    return Bounded(value, error: inherited + unit * (Double(abs(value)) + inherited) + P.leastNormal)
  }

  /// A factor that is exactly 0 stays 0 against anything.
  private static func times(_ a: Double, _ b: Double) -> Double { a == 0 || b == 0 ? 0 : a * b }

  private static func productError(_ a: Bounded, _ b: Bounded) -> Double {
    times(Double(abs(a.value)), b.error) + times(Double(abs(b.value)), a.error) + times(a.error, b.error)
  }

  var magnitude: Double { Double(abs(value)) }

  static func + (a: Bounded, b: Bounded) -> Bounded { rounded(a.value + b.value, inherited: a.error + b.error) }
  static func - (a: Bounded, b: Bounded) -> Bounded { rounded(a.value - b.value, inherited: a.error + b.error) }
  static prefix func - (a: Bounded) -> Bounded { Bounded(-a.value, error: a.error) }
  static func * (a: Bounded, b: Bounded) -> Bounded { rounded(a.value * b.value, inherited: productError(a, b)) }
  static func / (a: Bounded, b: Bounded) -> Bounded {
    guard b.magnitude > b.error else { return Bounded(0, error: .infinity) }
    let quotient = a.value / b.value
    let inherited = (a.error + times(Double(abs(quotient)), b.error)) / (b.magnitude - b.error)
    return rounded(quotient, inherited: inherited, roundings: 5, isExactWhereHeld: b.value == 1)
  }

  static func sqrt(_ x: Bounded) -> Bounded {
    let value = max(x.value, 0)
    let root = value.squareRoot()
    guard x.error > 0 else { return rounded(root, inherited: 0, roundings: 6, isExactWhereHeld: false) }
    guard x.error.isFinite else { return Bounded(root, error: .infinity) }
    let width = WideReal(x.error)
    let above = width / ((value + width).squareRoot() + root)
    let below = value > width ? width / (root + (value - width).squareRoot()) : root
    return rounded(root, inherited: Double(max(above, below)), roundings: 6)
  }

  static func exp(_ x: Bounded) -> Bounded {
    let value = WideReal.exponential(x.value)
    return rounded(value, inherited: times(Double(value), Foundation.expm1(x.error)), roundings: 6, isExactWhereHeld: false)
  }
  static func expm1(_ x: Bounded) -> Bounded {
    rounded(
      WideReal.exponentialMinusOne(x.value), inherited: times(Double(WideReal.exponential(x.value)), Foundation.expm1(x.error)),
      roundings: 6, isExactWhereHeld: false)
  }
  static func log(_ x: Bounded) -> Bounded {
    guard x.value > WideReal(x.error) else { return Bounded(0, error: .infinity) }
    return rounded(
      WideReal.logarithm(x.value), inherited: x.error / (Double(x.value) - x.error), roundings: 6, isExactWhereHeld: false)
  }
  static func log1p(_ x: Bounded) -> Bounded {
    let distance = Double(1 + x.value)
    guard distance > x.error else { return Bounded(0, error: .infinity) }
    return rounded(
      WideReal.logarithmOfOnePlus(x.value), inherited: x.error / (distance - x.error), roundings: 6, isExactWhereHeld: false)
  }
  static func erf(_ x: Bounded) -> Bounded {
    let nearest = max(0, x.magnitude - x.error)
    let slope = 2 / Double.pi.squareRoot() * Foundation.exp(-nearest * nearest)
    return rounded(WideReal.errorFunction(x.value), inherited: times(slope, x.error), roundings: 32, isExactWhereHeld: false)
  }
  static func sin(_ x: Bounded) -> Bounded {
    let slope = min(1, Double(abs(WideReal.cosine(x.value))) + x.error)
    return rounded(WideReal.sine(x.value), inherited: times(slope, x.error), roundings: 8, isExactWhereHeld: false)
  }
  static func cos(_ x: Bounded) -> Bounded {
    let slope = min(1, Double(abs(WideReal.sine(x.value))) + x.error)
    return rounded(WideReal.cosine(x.value), inherited: times(slope, x.error), roundings: 8, isExactWhereHeld: false)
  }
  /// The jump at the negative x axis is left out: formulas call this with y ≥ 0 or x > 0.
  static func atan2(y: Bounded, x: Bounded) -> Bounded {
    let value = WideReal.angle(y: y.value, x: x.value)
    let shift = Foundation.hypot(x.error, y.error)
    let nearest = Foundation.hypot(x.magnitude, y.magnitude) - shift
    guard shift > 0 else { return rounded(value, inherited: 0, roundings: 12, isExactWhereHeld: false) }
    guard nearest > 0 else { return Bounded(value, error: .pi) }
    let chord = times(x.magnitude, y.error) + times(y.magnitude, x.error) + 2 * times(x.error, y.error)
    return rounded(value, inherited: min(.pi, chord / (nearest * nearest)), roundings: 12)
  }
  static func maximum(_ a: Bounded, _ b: Bounded) -> Bounded {
    let winner = a.value < b.value ? b : a
    return Double(abs(a.value - b.value)) > a.error + b.error ? winner : Bounded(winner.value, error: max(a.error, b.error))
  }
  static func nonNegative(_ x: Bounded) -> Bounded { Bounded(max(x.value, 0), error: x.error) }
  /// Any power of two near it does: formulas do not depend on it, and neither do their roundings but for underflow.
  static func balance(_ a: Bounded, _ b: Bounded) -> (scale: Bounded, inverse: Bounded) {
    guard a.value > 0, b.value > 0 else { return (Bounded(1), Bounded(1)) }
    let exponent = (Int(a.value.exponent) + Int(b.value.exponent)) / 2
    func power(_ exponent: Int) -> Bounded { Bounded(WideReal(sign: .plus, exponent: .init(exponent), significand: 1), error: 0) }
    return (power(-exponent), power(exponent))
  }
  static func absolute(_ x: Bounded) -> Bounded { Bounded(abs(x.value), error: x.error) }
  static func fma(_ a: Bounded, _ b: Bounded, _ c: Bounded) -> Bounded { a * b + c }
  static func select(_ ifTrue: Bounded, _ ifFalse: Bounded, where x: Bounded, isLessThan y: Bounded) -> Bounded {
    let (chosen, other) = x.value < y.value ? (ifTrue, ifFalse) : (ifFalse, ifTrue)
    let doubt = x.error + y.error
    if doubt == 0 || Double(abs(x.value - y.value)) > doubt { return chosen }
    return Bounded(chosen.value, error: max(chosen.error, other.error + Double(abs(chosen.value - other.value))))
  }
  /// Kahan's method is promised: the error is small against the difference, not against the products.
  static func differenceOfProducts(_ a: Bounded, _ b: Bounded, _ c: Bounded, _ d: Bounded) -> Bounded {
    // The oracle itself needs it too: products of two float64 do not fit its significand.
    let product = c.value * d.value
    let lost = product.addingProduct(-c.value, d.value)
    let value = (-product).addingProduct(a.value, b.value) + lost
    return rounded(value, inherited: productError(a, b) + productError(c, d), roundings: 4)
  }

  /// Σ of terms in any order: their own errors and γ_n Σ|terms|.
  ///
  /// Source: Higham, sec. 4.2.
  static func sum(_ terms: some Sequence<Bounded>, magnitude: Double? = nil) -> Bounded {
    var (value, inherited, size, count) = (WideReal(0), 0.0, 0.0, 0)
    for term in terms {
      value += term.value
      inherited += term.error
      size += term.magnitude + term.error
      count += 1
    }
    let total = magnitude ?? size
    return Bounded(value, error: inherited + gamma(count) * total + (total == 0 ? 0 : P.leastNormal * Double(count)))
  }

  /// γ_k = k u / (1 − k u).
  static func gamma(_ count: Int) -> Double {
    let product = Double(count) * (P.precision.unitRoundoff + WideReal.roundoff)
    return product < 1 ? product / (1 - product) : .infinity
  }
}
