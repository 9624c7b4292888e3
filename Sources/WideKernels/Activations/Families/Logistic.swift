/// 1/(1 + e^(−x)) and tanh, accurate and free of overflow for any x; the selects keep the derivative at 0 right.
@usableFromInline enum Logistic {
  /// −|x|.
  @inlinable @inline(__always) static func lower<R: RealAlgebra>(_ x: R) -> R { R.select(x, -x, where: x, isLessThan: R(0)) }

  @inlinable @inline(__always) static func sigmoid<R: RealAlgebra>(_ x: R) -> R {
    let e = R.exp(lower(x))
    return R.select(e, R(1), where: x, isLessThan: R(0)) / (R(1) + e)
  }

  /// tanh x for x > 0.
  @inlinable @inline(__always) static func positiveTanh<R: RealAlgebra>(_ x: R) -> R {
    let m = R.expm1(R(-2) * x)
    return -m / (R(2) + m)
  }

  @inlinable @inline(__always) static func tanh<R: RealAlgebra>(_ x: R) -> R {
    let magnitude = positiveTanh(-lower(x))
    return R.select(-magnitude, magnitude, where: x, isLessThan: R(0))
  }
}
