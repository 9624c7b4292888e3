extension CovarianceProgram {
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
      (self.q11, self.q22, self.q12, self.ntk) = (q11, q22, q12, ntk)
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

    /// Applies a pointwise layer to the covariances of two different inputs.
    @inlinable public mutating func pointwise<Map: PairMap>(_ map: Map) {
      let (dual, derivative) = map.dual(q11: q11, q22: q22, q12: q12)
      q11 = map.diagonal(q11).dual
      q22 = map.diagonal(q22).dual
      q12 = dual
      ntk = ntk * derivative
    }

    /// Applies a pointwise layer to two equal inputs, where q11 = q22 = q12.
    @inlinable public mutating func diagonalPointwise<Map: PairMap>(_ map: Map) {
      let (dual, derivative) = map.diagonal(q12)
      (q11, q22, q12) = (dual, dual, dual)
      ntk = ntk * derivative
    }
  }

  /// Applies all nodes to a pair of different inputs: the definition of a program.
  public func apply<R: RealAlgebra>(to pair: inout Pair<R>) {
    var machine = PairMachine<R>(isDiagonal: false)
    pair = run(&machine, from: pair)
  }

  /// NNGP and tangent kernel of an input of variance q with itself.
  ///
  /// - Parameter ntk: the tangent kernel of what lies before the program.
  public func diagonal<R: RealAlgebra>(_ q: R, ntk: R = R(0)) -> (nngp: R, ntk: R) {
    var machine = PairMachine<R>(isDiagonal: true)
    let pair = run(&machine, from: Pair(q11: q, q22: q, q12: q, ntk: ntk))
    return (pair.q12, pair.ntk)
  }
}

/// Computes the kernels of one pair in any arithmetic.
struct PairMachine<R: RealAlgebra>: CovarianceMachine {
  typealias State = CovarianceProgram.Pair<R>
  /// Whether the pair is an input with itself.
  let isDiagonal: Bool

  func affine(_ x: State, weightVariance: Double, biasVariance: Double) -> State {
    var pair = x
    pair.affine(weightVariance: weightVariance, biasVariance: biasVariance)
    return pair
  }

  func pointwise(_ x: State, _ layer: PointwiseLayer) -> State {
    var pair = x
    if isDiagonal { pair.diagonalPointwise(layer.formulas) } else { pair.pointwise(layer.formulas) }
    return pair
  }
}
