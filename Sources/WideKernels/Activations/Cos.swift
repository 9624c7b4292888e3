/// φ(x) = amplitude · cos(frequency · x + phase).
///
/// Source: characteristic function of the normal law; see `Sinusoid`, of which this is the phase + π/2.
public struct Cos: Activation {
  public static let name = "cos"
  public var kind: ActivationKind { .cos(self) }
  public static var parameterDefaults: [(name: String, value: Double)] { [("amplitude", 1), ("frequency", 1), ("phase", 0)] }
  /// Factor in front of the cosine.
  public let amplitude: Double
  /// Factor of x.
  public let frequency: Double
  /// Angle at x = 0, in radians.
  public let phase: Double
  @usableFromInline let sineSquared: Double
  @usableFromInline let cosineSquared: Double
  public var parameters: [Double] { [amplitude, frequency, phase] }

  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
    (amplitude, frequency, phase) = (parameters[0], parameters[1], parameters[2])
    let (sine, cosine) = (Double.sin(phase), Double.cos(phase))
    (sineSquared, cosineSquared) = (sine * sine, cosine * cosine)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R { R(amplitude) * R.cos(R.fma(R(frequency), x, R(phase))) }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    Sinusoid.dual(
      amplitude: amplitude, frequency: frequency, sineSquared: cosineSquared, cosineSquared: sineSquared,
      q11: q11, q22: q22, q12: q12)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    Sinusoid.diagonal(amplitude: amplitude, frequency: frequency, sineSquared: cosineSquared, cosineSquared: sineSquared, q)
  }
}
