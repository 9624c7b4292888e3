/// A non-linearity φ with its Gaussian expectations, written once for every backend and every derivative.
///
/// A layer of infinite width maps covariances to E[φ(u) φ(v)] (the *dual* activation) and passes gradients with E[φ′(u) φ′(v)] (its
/// derivative): `PairMap`.
///
/// Source: Daniely, Frostig & Singer 2016 (dual activation); Jacot, Gabriel & Hongler 2018 (tangent kernel).
public protocol Activation: PairMap, Hashable {
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

  /// The activation as a case of the enumeration that backends switch over.
  var kind: ActivationKind { get }
}

extension Activation {
  public static var parameterDefaults: [(name: String, value: Double)] { [] }
  public var parameters: [Double] { [] }

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
