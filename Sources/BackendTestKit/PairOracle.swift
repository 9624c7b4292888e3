import Compute
import WideKernels

/// Kernels of single pairs of inputs, with the error that rounding may cause.
///
/// The walk over the steps is written again here, with the activation's concrete type, so that it shares only the
/// activations' formulas with any backend; these are tested against quadrature on their own.
struct PairOracle<P: Rounding>: Sendable {
  typealias Number = Bounded<P>
  let program: KernelProgram

  func kernels(q11: Number, q22: Number, q12: Number, isDiagonal: Bool = false) -> (nngp: Number, ntk: Number) {
    let pair = walk(
      isDiagonal ? KernelProgram.Pair(q11: q11, q22: q11, q12: q11) : KernelProgram.Pair(q11: q11, q22: q22, q12: q12),
      isDiagonal: isDiagonal)
    return (pair.q12, pair.ntk)
  }

  /// Both kernels with their derivatives in (q11, q22, q12).
  func jets(q11: Number, q22: Number, q12: Number) -> (nngp: Jet<Number>, ntk: Jet<Number>) {
    let pair = walk(KernelProgram.Pair(q11: Jet.q11(q11), q22: Jet.q22(q22), q12: Jet.q12(q12)), isDiagonal: false)
    return (pair.q12, pair.ntk)
  }

  private func walk<R: RealAlgebra>(_ start: KernelProgram.Pair<R>, isDiagonal: Bool) -> KernelProgram.Pair<R> {
    var pair = start
    for step in program.steps {
      switch step {
      case .affine(let weightVariance, let biasVariance): pair.affine(weightVariance: weightVariance, biasVariance: biasVariance)
      case .activation(let activation): pair = ActivationCatalog.visit(activation, LayerVisitor(pair: pair, isDiagonal: isDiagonal))
      }
    }
    return pair
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

private struct LayerVisitor<R: RealAlgebra>: ActivationVisitor {
  let pair: KernelProgram.Pair<R>
  let isDiagonal: Bool

  func visit<A: Activation>(_ activation: A) -> KernelProgram.Pair<R> {
    var next = pair
    if isDiagonal { next.diagonalActivation(activation) } else { next.activation(activation) }
    return next
  }
}
