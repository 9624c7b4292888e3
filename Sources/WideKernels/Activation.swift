/// A non-linearity φ with its Gaussian expectations, written once for every backend and every derivative.
///
/// For (u, v) jointly normal with mean 0 and covariances q11, q22, q12, a layer of infinite width maps these
/// covariances to E[φ(u) φ(v)] (the *dual* activation) and passes gradients with E[φ′(u) φ′(v)] (its derivative).
///
/// Source: Daniely, Frostig & Singer 2016 (dual activation); Jacot, Gabriel & Hongler 2018 (tangent kernel).
public protocol Activation: Sendable {
  /// Name in files and on the command line, in kebab case.
  static var name: String { get }
  /// Names and default values of the parameters, in the order of `parameters`.
  static var parameterDefaults: [(name: String, value: Double)] { get }

  /// - Throws: `ActivationError` when a parameter is outside its range.
  init(parameters: [Double]) throws(ActivationError)
  /// Values of the parameters, in the order of `parameterDefaults`.
  var parameters: [Double] { get }

  /// φ(x), for finite networks and quadrature.
  func value<R: RealAlgebra>(_ x: R) -> R
  /// E[φ(u) φ(v)] and E[φ′(u) φ′(v)].
  func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R)
  /// Both expectations at u = v, where a general form may be 0/0.
  func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R)

  /// Whether φ′ jumps, so that the kernel has a cone at coinciding inputs and no fast-decaying basis.
  static var hasKink: Bool { get }
  /// Stated relative error of `dual`, 0 where it is a closed form.
  var dualError: Double { get }
}

extension Activation {
  public static var parameterDefaults: [(name: String, value: Double)] { [] }
  public var parameters: [Double] { [] }
  public static var hasKink: Bool { false }
  public var dualError: Double { 0 }

  /// φ′(x), from the same formula as φ.
  @inlinable public func slope<R: RealAlgebra>(_ x: R) -> R { value(Jet<R>.q12(x)).d12 }

  /// φ″(x), from the same formula as φ; where φ′ jumps, that of the pieces beside it.
  @inlinable public func curvature<R: RealAlgebra>(_ x: R) -> R { slope(Jet<R>.q12(x)).d12 }

  /// φ(x) and φ′(x) with their common terms computed once.
  @inlinable public func valueAndSlope<R: RealAlgebra>(_ x: R) -> (value: R, slope: R) {
    let jet = value(Jet<R>.q12(x))
    return (jet.value, jet.d12)
  }
}

/// What can be wrong with an activation that a user names.
public enum ActivationError: Error, Equatable, CustomStringConvertible {
  /// A name that is none of those `known`.
  case unknown(name: String, known: [String])
  /// Too few or too many parameters.
  case parameterCount(name: String, expected: [String], got: Int)
  /// A parameter outside its range.
  case parameter(name: String, parameter: String, expected: String, got: Double)
  /// A text that is not `name` or `name(parameters)`.
  case syntax(String)

  public var description: String {
    switch self {
    case .unknown(let name, let known):
      "activation '\(name)' is not known; choose one of \(known.joined(separator: ", "))."
    case .parameterCount(let name, let expected, let got):
      expected.isEmpty
        ? "activation '\(name)' takes no parameters, got \(got)."
        : "activation '\(name)' takes \(expected.count) parameter(s) (\(expected.joined(separator: ", "))), got \(got)."
    case .parameter(let name, let parameter, let expected, let got):
      "activation '\(name)': \(parameter) must be \(expected), got \(got)."
    case .syntax(let text):
      "activation '\(text)' could not be read; write a name such as relu, or a name with parameters such as leaky-relu(0.1)."
    }
  }
}
