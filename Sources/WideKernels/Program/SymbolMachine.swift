/// Programs recorded as formulas of one pair, with all that depends on one input alone taken from a table: the variances before
/// pointwise node l are the variables `a[l]` and `b[l]`, their derivatives by the input's variance `da[l]` and `db[l]`.
extension CovarianceProgram {
  /// Both kernels of a pair as formulas of `q12` and the table.
  public func symbolicPair() -> Pair<KernelExpression> { symbolicPair(nngp: .variable("q12"), ntk: KernelExpression(0)) { "\($0)" } }

  /// Both kernels of a pair as formulas that begin with given kernels before the first node.
  ///
  /// - Parameter index: what stands between the brackets of `a[l]` and `b[l]` for a pointwise node of this program.
  public func symbolicPair(nngp: KernelExpression, ntk: KernelExpression, index: @escaping (Int) -> String) -> Pair<KernelExpression> {
    var machine = SymbolMachine<KernelExpression> { level, _ in
      (.variable("a[\(index(level))]"), .variable("b[\(index(level))]"))
    }
    return run(&machine, from: .init(nngp, ntk)).pair
  }

  /// Both kernels of a pair with derivatives by q11 and q12, and by q22 where `columns` have them too.
  public func symbolicJets(columns: Bool) -> Pair<Jet<KernelExpression>> {
    typealias E = KernelExpression
    var machine = SymbolMachine<Jet<E>> { level, slope in
      // The derivative of the variance before the first pointwise node is a constant, later ones stand in the table.
      func derivative(_ name: String) -> E { slope.map { E($0) } ?? .variable("\(name)[\(level)]") }
      return (
        Jet(value: .variable("a[\(level)]"), d11: derivative("da"), d22: E(0), d12: E(0)),
        Jet(value: .variable("b[\(level)]"), d11: E(0), d22: columns ? derivative("db") : E(0), d12: E(0))
      )
    }
    return run(&machine, from: .init(.q12(.variable("q12")), Jet(0))).pair
  }
}

/// Records the formulas of a pair, whose variances it takes from a table.
private struct SymbolMachine<R: RealAlgebra>: CovarianceMachine {
  struct State {
    var pair: CovarianceProgram.Pair<R>
    /// The variances' derivative by that of the input, as long as it is a constant.
    var slope: Double? = 1

    init(_ nngp: R, _ ntk: R) { pair = .init(q11: R(0), q22: R(0), q12: nngp, ntk: ntk) }
  }

  /// The variances before a pointwise node, given its number and their constant slope.
  let level: (_ index: Int, _ slope: Double?) -> (q11: R, q22: R)
  private var next = 0

  init(_ level: @escaping (_ index: Int, _ slope: Double?) -> (q11: R, q22: R)) { self.level = level }

  func affine(_ x: State, weightVariance: Double, biasVariance: Double) -> State {
    var state = x
    state.pair.affine(weightVariance: weightVariance, biasVariance: biasVariance)
    state.slope = x.slope.map { $0 * weightVariance }
    return state
  }

  mutating func pointwise(_ x: State, _ layer: PointwiseLayer) -> State {
    var state = x
    (state.pair.q11, state.pair.q22) = level(next, x.slope)
    state.pair.pointwise(layer.formulas)
    state.slope = nil
    next += 1
    return state
  }
}
