import Testing
import WideKernels

@Suite struct JetTests {
  /// Each operation on two arguments, generic over the arithmetic.
  static func evaluate<R: RealAlgebra>(_ name: String, _ x: R, _ y: R) -> R {
    switch name {
    case "+": x + y
    case "-": x - y
    case "negate": -x + R(0) * y
    case "*": x * y
    case "/": x / y
    case "sqrt": R.sqrt(x * x + y * y)
    case "exp": R.exp(x * y)
    case "expm1": R.expm1(x * y)
    case "log": R.log(x * x + y)
    case "log1p": R.log1p(x * x + y)
    case "erf": R.erf(x - y)
    case "sin": R.sin(x * y)
    case "cos": R.cos(x * y)
    case "atan2": R.atan2(y: y, x: x)
    case "maximum": R.maximum(x, y)
    case "absolute": R.absolute(x * y)
    case "fma": R.fma(x, y, x)
    case "select": R.select(x * x, y * y, where: x, isLessThan: y)
    default: R.differenceOfProducts(x, x, y, y * x)
    }
  }
  static let names = [
    "+", "-", "negate", "*", "/", "sqrt", "exp", "expm1", "log", "log1p", "erf", "sin", "cos", "atan2", "maximum", "absolute", "fma",
    "select", "differenceOfProducts",
  ]

  /// Central differences with step 1e-3, fourth order: error about 1e-12 times the fifth derivative.
  @Test(arguments: names)
  func everyOperationHasItsDerivative(_ name: String) {
    var worst = Worst()
    for (x, y) in [(0.7, 0.4), (-0.6, 0.9), (0.3, 1.8), (-1.2, 0.5)] {
      // x and y move along different directions, and along a third both do.
      let jx = Jet(value: x, d11: 1, d22: 0, d12: 2)
      let jy = Jet(value: y, d11: 0, d22: 1, d12: -1)
      let jet = Self.evaluate(name, jx, jy)
      worst.see(abs(jet.value - Self.evaluate(name, x, y)), "value at (\(x), \(y))")
      for (got, dx, dy) in [(jet.d11, 1.0, 0.0), (jet.d22, 0, 1), (jet.d12, 2, -1)] {
        func at(_ h: Double) -> Double { Self.evaluate(name, x + h * dx, y + h * dy) }
        let h = 1e-3
        let expected = (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h)
        worst.see(abs(got - expected) / max(1, abs(expected)), "(\(x), \(y)) along (\(dx), \(dy))")
      }
    }
    #expect(worst.error <= 1e-9, "\(name): \(worst)")
  }

  @Test func singularPointsTakeTheSymmetricDerivative() {
    let zero = Jet<Double>.q11(0)
    #expect(Jet.sqrt(zero).d11 == 0)
    #expect(Jet.atan2(y: zero, x: zero).d11 == 0)
    #expect(Jet.absolute(zero).d11 == 0)
  }

  @Test func constantsDoNotMove() {
    let jet = Jet<Double>(2.5) * Jet<Double>(constant: 3)
    #expect(jet.value == 7.5 && jet.d11 == 0 && jet.d22 == 0 && jet.d12 == 0)
  }
}
