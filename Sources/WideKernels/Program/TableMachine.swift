extension CovarianceProgram {
  /// What one input contributes to all of its pairs.
  public struct Table<R: RealAlgebra> {
    /// The input's variance before every pointwise node, and its derivative by the input's own.
    public fileprivate(set) var levels: [(value: R, slope: R)] = []
    /// The NNGP kernel of the input with itself.
    public fileprivate(set) var nngp: R
    /// The tangent kernel of the input with itself.
    public fileprivate(set) var ntk: R
  }

  /// The table of an input of variance q.
  public func table<R: RealAlgebra>(_ q: R) -> Table<R> {
    var machine = TableMachine<R>()
    run(&machine, from: .init(plain: Pair(q11: q, q22: q, q12: q), jet: Pair(q11: .q11(q), q22: Jet(constant: q), q12: Jet(constant: q))))
    let (nngp, ntk) = diagonal(q)
    return Table(levels: machine.levels, nngp: nngp, ntk: ntk)
  }
}

/// Collects the variances of one input.
private struct TableMachine<R: RealAlgebra>: CovarianceMachine {
  /// Variances by the formulas of pairs, so that equal points have the same bits: jets round quotients otherwise.
  struct State {
    var plain: CovarianceProgram.Pair<R>
    var jet: CovarianceProgram.Pair<Jet<R>>
  }

  private(set) var levels: [(value: R, slope: R)] = []

  func affine(_ x: State, weightVariance: Double, biasVariance: Double) -> State {
    var state = x
    state.plain.affine(weightVariance: weightVariance, biasVariance: biasVariance)
    state.jet.affine(weightVariance: weightVariance, biasVariance: biasVariance)
    return state
  }

  mutating func pointwise(_ x: State, _ layer: PointwiseLayer) -> State {
    levels.append((x.plain.q11, x.jet.q11.d11))
    var state = x
    state.plain.pointwise(layer.formulas)
    state.jet.pointwise(layer.formulas)
    return state
  }
}
