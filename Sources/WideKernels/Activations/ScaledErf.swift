/// φ(x) = amplitude · erf(frequency · x) + offset. With (1/2, 1/2.4020563531719796, 1/2) it is close to the logistic sigmoid.
///
/// The dual of `Erf` at scaled covariances, plus offset²: erf is odd, so no mixed term is left.
///
/// Source: Williams 1996, *Computing with infinite networks*, eq. 11.
public struct ScaledErf: Activation {
  public static let name = "scaled-erf"
  public var kind: ActivationKind { .scaledErf(self) }
  public static var parameterDefaults: [(name: String, value: Double)] { [("amplitude", 1), ("frequency", 1), ("offset", 0)] }
  /// Factor in front of the error function.
  public let amplitude: Double
  /// Factor of x.
  public let frequency: Double
  /// Number added to the error function's multiple.
  public let offset: Double
  public var parameters: [Double] { [amplitude, frequency, offset] }

  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
    (amplitude, frequency, offset) = (parameters[0], parameters[1], parameters[2])
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R {
    R.fma(R(amplitude), R.erf(R(frequency) * x), R(offset))
  }

  @inlinable @inline(__always) func scaled<R: RealAlgebra>(_ plain: (dual: R, derivative: R)) -> (dual: R, derivative: R) {
    let gain = amplitude * amplitude
    return (R.fma(R(gain), plain.dual, R(offset * offset)), R(gain * frequency * frequency) * plain.derivative)
  }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    let rate = R(frequency * frequency)
    return scaled(Erf().dual(q11: rate * q11, q22: rate * q22, q12: rate * q12))
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    scaled(Erf().diagonal(R(frequency * frequency) * q))
  }
}
