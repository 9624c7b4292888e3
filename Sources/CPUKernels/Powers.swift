import WideKernels

/// x, x² and x⁴, by which polynomials are summed in groups of four: fewer steps that wait for each other than Horner's scheme has.
///
/// Source: Estrin 1960, *Organization of computer systems: the fixed plus variable structure computer*.
struct Powers<R: Vector> {
  let first: R
  let second: R
  let fourth: R

  @inline(__always) init(_ x: R) {
    first = x
    second = x * x
    fourth = second * second
  }

  @inline(__always) func sum(_ c0: R, _ c1: R) -> R { R.fma(c1, first, c0) }
  @inline(__always) func sum(_ c0: R, _ c1: R, _ c2: R) -> R { R.fma(c2, second, R.fma(c1, first, c0)) }
  @inline(__always) func sum(_ c0: R, _ c1: R, _ c2: R, _ c3: R) -> R { R.fma(R.fma(c3, first, c2), second, R.fma(c1, first, c0)) }
}
