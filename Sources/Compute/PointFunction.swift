import WideKernels

/// A function applied to every element of its inputs, written once for every backend as activations are.
public enum PointFunction: Sendable {
  /// x₀ + x₁
  case sum
  /// x₀ − x₁
  case difference
  /// x₀ · x₁
  case product
  /// x₀ / x₁
  case quotient
  /// factor · x₀ + constant
  case scaled(by: Double, plus: Double)
  /// x₀ + factor · x₁
  case addScaled(Double)
  /// first · x₀ + second · x₁
  case combination(Double, Double)
  /// φ(x₀)
  case activation(ActivationKind)
  /// φ′(x₀)
  case activationSlope(ActivationKind)
  /// φ′(x₀) · x₁: the backward pass through φ
  case activationVJP(ActivationKind)
  /// φ″(x₀); 0 at a kink
  case activationCurvature(ActivationKind)
  /// x₀²
  case square
  /// √x₀; x₀ ≥ 0
  case squareRoot
  /// exp(x₀)
  case exponential
  /// log x₀: −∞ at 0, not a number below
  case logarithm

  /// Number of input tensors that the function reads.
  public var inputCount: Int {
    switch self {
    case .sum, .difference, .product, .quotient, .addScaled, .combination, .activationVJP: 2
    case .scaled, .activation, .activationSlope, .activationCurvature, .square, .squareRoot, .exponential, .logarithm: 1
    }
  }

  /// The definition; `b` is read only where `inputCount` is 2.
  @inlinable public func apply<R: RealAlgebra>(_ a: R, _ b: R) -> R {
    switch self {
    case .sum: a + b
    case .difference: a - b
    case .product: a * b
    case .quotient: a / b
    case .scaled(let factor, let constant): R.fma(R(factor), a, R(constant))
    case .addScaled(let factor): R.fma(R(factor), b, a)
    case .combination(let first, let second): R.fma(R(first), a, R(second) * b)
    case .activation(let activation): activation.formulas.value(a)
    case .activationSlope(let activation): activation.formulas.slope(a)
    case .activationVJP(let activation): activation.formulas.slope(a) * b
    case .activationCurvature(let activation): activation.formulas.curvature(a)
    case .square: a * a
    case .squareRoot: R.sqrt(a)
    case .exponential: R.exp(a)
    case .logarithm: R.log(a)
    }
  }
}

extension PointFunction: CustomStringConvertible {
  /// Two functions with the same text are equal: backends use it as a cache key.
  public var description: String {
    switch self {
    case .sum: "sum"
    case .difference: "difference"
    case .product: "product"
    case .quotient: "quotient"
    case .scaled(let factor, let constant): "scaled(\(factor),\(constant))"
    case .addScaled(let factor): "addScaled(\(factor))"
    case .combination(let first, let second): "combination(\(first),\(second))"
    case .activation(let activation): "activation:\(activation)"
    case .activationSlope(let activation): "slope:\(activation)"
    case .activationVJP(let activation): "vjp:\(activation)"
    case .activationCurvature(let activation): "curvature:\(activation)"
    case .square: "square"
    case .squareRoot: "squareRoot"
    case .exponential: "exponential"
    case .logarithm: "logarithm"
    }
  }
}

extension PointFunction {
  /// Reads what `description` prints; nil for another text.
  init?(text: String) {
    let whole = text[...]
    if let named = Self.plain.first(where: { "\($0)" == text }) {
      self = named
    } else if let numbers = whole.arguments(of: "scaled"), numbers.count == 2 {
      self = .scaled(by: numbers[0], plus: numbers[1])
    } else if let numbers = whole.arguments(of: "addScaled"), numbers.count == 1 {
      self = .addScaled(numbers[0])
    } else if let numbers = whole.arguments(of: "combination"), numbers.count == 2 {
      self = .combination(numbers[0], numbers[1])
    } else {
      let parts = whole.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let activation = try? ActivationKind(String(parts[1])) else { return nil }
      switch parts[0] {
      case "activation": self = .activation(activation)
      case "slope": self = .activationSlope(activation)
      case "vjp": self = .activationVJP(activation)
      case "curvature": self = .activationCurvature(activation)
      default: return nil
      }
    }
  }

  /// Those without parameters.
  private static let plain: [PointFunction] = [.sum, .difference, .product, .quotient, .square, .squareRoot, .exponential, .logarithm]
}

/// What a row is reduced to. Every backend sums in a fixed order, so a device gives the same bits every time.
public enum Reduction: String, Sendable, CaseIterable {
  /// The sum of the elements, the largest of them, or the sum of their squares.
  case sum, maximum, sumOfSquares
}
