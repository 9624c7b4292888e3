/// An infinitely wide block, lowered to a straight line over pairs of inputs.
///
/// A fully-connected block sees a pair of inputs only through three covariances, so its NNGP and its tangent kernel
/// are one function of (q11, q22, q12). `apply(to:)` is the definition that all backends agree with.
public struct KernelProgram: Sendable {
  /// One map of the covariances of a pair.
  public enum Step: Sendable {
    /// z = σ_w W x / √(fan-in) + σ_b b with all of W, b trained: nngp ← σ_w² nngp + σ_b²,  ntk ← nngp + σ_w² ntk.
    case affine(weightVariance: Double, biasVariance: Double)
    /// nngp ← E[φφ],  ntk ← ntk · E[φ′φ′].
    case activation(any Activation)
  }

  /// Steps from the input on.
  public var steps: [Step]

  public init(steps: [Step]) { self.steps = steps }

  /// The covariances of a pair of inputs and the tangent kernel of the layers so far. At the input q_ij = x_i·x_j / width.
  public struct Pair<R: RealAlgebra>: Sendable {
    /// Variance of the first input's preactivation.
    public var q11: R
    /// Variance of the second input's preactivation.
    public var q22: R
    /// The NNGP kernel of the pair.
    public var q12: R
    /// The tangent kernel of the pair.
    public var ntk: R

    @inlinable public init(q11: R, q22: R, q12: R, ntk: R) {
      self.q11 = q11
      self.q22 = q22
      self.q12 = q12
      self.ntk = ntk
    }

    /// A pair of inputs, before any layer.
    @inlinable public init(q11: R, q22: R, q12: R) { self.init(q11: q11, q22: q22, q12: q12, ntk: R(0)) }

    /// Applies an affine map to all four numbers.
    @inlinable public mutating func affine(weightVariance: Double, biasVariance: Double) {
      let (weight, bias) = (R(weightVariance), R(biasVariance))
      q11 = R.fma(weight, q11, bias)
      q22 = R.fma(weight, q22, bias)
      q12 = R.fma(weight, q12, bias)
      ntk = R.fma(weight, ntk, q12)
    }

    /// Applies an activation to the covariances of two different inputs.
    @inlinable public mutating func activation<A: Activation>(_ activation: A) {
      let (dual, derivative) = activation.dual(q11: q11, q22: q22, q12: q12)
      q11 = activation.diagonal(q11).dual
      q22 = activation.diagonal(q22).dual
      q12 = dual
      ntk = ntk * derivative
    }

    /// Applies an activation to two equal inputs, where q11 = q22 = q12.
    @inlinable public mutating func diagonalActivation<A: Activation>(_ activation: A) {
      let (dual, derivative) = activation.diagonal(q12)
      (q11, q22, q12) = (dual, dual, dual)
      ntk = ntk * derivative
    }
  }

  /// All steps, for a pair of different inputs.
  public func apply<R: RealAlgebra>(to pair: inout Pair<R>) {
    for step in steps {
      switch step {
      case .affine(let weightVariance, let biasVariance): pair.affine(weightVariance: weightVariance, biasVariance: biasVariance)
      case .activation(let activation): pair.activation(activation)
      }
    }
  }

  /// All steps at two equal inputs of variance q: NNGP and tangent kernel of the input with itself.
  public func diagonal<R: RealAlgebra>(_ q: R) -> (nngp: R, ntk: R) {
    var pair = Pair(q11: q, q22: q, q12: q)
    for step in steps {
      switch step {
      case .affine(let weightVariance, let biasVariance): pair.affine(weightVariance: weightVariance, biasVariance: biasVariance)
      case .activation(let activation): pair.diagonalActivation(activation)
      }
    }
    return (pair.q12, pair.ntk)
  }

  /// Whether an activation has a kink, so that the kernel has a cone at coinciding inputs.
  public var hasKink: Bool {
    steps.contains { if case .activation(let activation) = $0 { type(of: activation).hasKink } else { false } }
  }

  /// Stated relative error of the duals by quadrature, 0 where all are closed forms.
  public var dualError: Double {
    steps.map { if case .activation(let activation) = $0 { activation.dualError } else { 0 } }.max() ?? 0
  }
}

extension KernelProgram: Equatable, CustomStringConvertible {
  public static func == (a: KernelProgram, b: KernelProgram) -> Bool { a.description == b.description }

  /// Two programs with the same text are the same function: backends use it as a cache key.
  public var description: String {
    steps.map { step in
      switch step {
      case .affine(let weightVariance, let biasVariance): "affine(\(weightVariance),\(biasVariance))"
      case .activation(let activation): ActivationCatalog.text(activation)
      }
    }.joined(separator: " ")
  }
}
