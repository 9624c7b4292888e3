/// A map of the covariances of a pair of inputs, written once for every backend and every derivative: what a pointwise layer does to kernels.
///
/// For (u, v) jointly normal with mean 0 and covariances q11, q22, q12 the NNGP kernel becomes the *dual*, and the tangent kernel is
/// multiplied by the *derivative*.
public protocol PairMap: Sendable {
  /// The dual, and its derivative in the sense of the tangent kernel.
  func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R)
  /// Both at u = v, where a general form may be 0/0.
  func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R)

  /// Whether the derivative jumps, so that the kernel has a cone at coinciding inputs and no fast-decaying basis.
  static var hasKink: Bool { get }
  /// Stated relative error of `dual`, 0 where it is a closed form.
  var dualError: Double { get }
}

extension PairMap {
  public static var hasKink: Bool { false }
  public var dualError: Double { 0 }
}
