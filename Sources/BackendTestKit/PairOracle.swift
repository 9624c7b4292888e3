import Compute
import WideKernels

/// Kernels of single pairs of inputs, with the error that rounding may cause.
///
/// An interpreter of its own: what an element does is written here a second time, and shared with the backends are an activation's formulas
/// alone, which are tested against quadrature. One wrong rule would pass everywhere otherwise.
struct PairOracle<P: Rounding>: Sendable {
  typealias Number = Bounded<P>
  let program: CovarianceProgram

  func kernels(
    q11: Number, q22: Number, q12: Number, ntk: Number = Number(0), isDiagonal: Bool = false
  ) -> (nngp: Number, ntk: Number) {
    let pair = walk(
      isDiagonal
        ? Covariances(first: q11, second: q11, cross: q11, tangent: ntk)
        : Covariances(first: q11, second: q22, cross: q12, tangent: ntk), isDiagonal: isDiagonal)
    return (pair.cross, pair.tangent)
  }

  /// Both kernels with their derivatives in (q11, q22, q12).
  func jets(q11: Number, q22: Number, q12: Number) -> (nngp: Jet<Number>, ntk: Jet<Number>) {
    typealias Variable = BoundedJet<P>
    let pair = walk(
      Covariances(first: Variable(.q11(q11)), second: Variable(.q22(q22)), cross: Variable(.q12(q12)), tangent: Variable(0)),
      isDiagonal: false)
    return (pair.cross.jet, pair.tangent.jet)
  }

  private func walk<R: RealAlgebra>(_ input: Covariances<R>, isDiagonal: Bool) -> Covariances<R> {
    var values = [input]
    for node in program.nodes {
      let x = values[node.arguments[0].index]
      switch node.element {
      case .affine(let weightVariance, let biasVariance): values.append(x.affine(R(weightVariance), R(biasVariance)))
      case .pointwise(.activation(let kind)): values.append(kind.visit(ActivationRule(x: x, isDiagonal: isDiagonal)))
      }
    }
    return values[program.nodes.count]
  }

  /// x·y / width, any order of summation: γ_{w+2} Σ|x y| / w; exact where all partial sums fit the precision.
  static func covariance(_ x: ArraySlice<Double>, _ y: ArraySlice<Double>) -> Number {
    let width = x.count
    let terms = zip(x, y).map { WideReal($0) * WideReal($1) }
    let value = terms.reduce(0, +) / WideReal(width)
    let size = Double(terms.reduce(0) { $0 + abs($1) })
    // Multiples of 2⁻⁸ that sum to less than 2¹⁶ are exact in 24 bits, and so is division by a power of two.
    let isExact = width & (width - 1) == 0 && size < 0x1p16 && terms.allSatisfy { ($0 * 256).rounded() == $0 * 256 }
    return Number(value, error: isExact ? 0 : Number.gamma(width + 2) * size / Double(width) + (size == 0 ? 0 : P.leastNormal))
  }
}

/// Variances of two inputs, their covariance, and the tangent kernel.
private struct Covariances<R: RealAlgebra> {
  var first, second, cross, tangent: R

  func affine(_ weight: R, _ bias: R) -> Covariances {
    func moved(_ x: R) -> R { R.fma(weight, x, bias) }
    return Covariances(first: moved(first), second: moved(second), cross: moved(cross), tangent: R.fma(weight, tangent, moved(cross)))
  }
}

private struct ActivationRule<R: RealAlgebra>: ActivationVisitor {
  let x: Covariances<R>
  let isDiagonal: Bool

  func visit<A: Activation>(_ activation: A) -> Covariances<R> {
    let (dual, derivative) =
      isDiagonal ? activation.diagonal(x.cross) : activation.dual(q11: x.first, q22: x.second, q12: x.cross)
    return Covariances(
      first: isDiagonal ? dual : activation.diagonal(x.first).dual, second: isDiagonal ? dual : activation.diagonal(x.second).dual,
      cross: dual, tangent: x.tangent * derivative)
  }
}
