/// Programs recorded as formulas of one pair, with all that depends on one input alone taken from a table: the variances before
/// activation l are the variables `a[l]` and `b[l]`, their derivatives by the input's variance `da[l]` and `db[l]`.
extension KernelProgram {
  /// Both kernels of a pair as formulas of `q12` and the table.
  public func symbolicPair() -> Pair<KernelExpression> { symbolicPair(nngp: .variable("q12"), ntk: KernelExpression(0)) { "\($0)" } }

  /// Both kernels of a pair as formulas that begin with given kernels before the first step.
  ///
  /// - Parameter index: what stands between the brackets of `a[l]` and `b[l]` for an activation of these steps.
  public func symbolicPair(nngp: KernelExpression, ntk: KernelExpression, index: (Int) -> String) -> Pair<KernelExpression> {
    pair(q12: nngp, ntk: ntk) { (.variable("a[\(index($0))]"), .variable("b[\(index($0))]")) }
  }

  /// Both kernels of a pair with derivatives by q11 and q12, and by q22 where `columns` have them too.
  public func symbolicJets(columns: Bool) -> Pair<Jet<KernelExpression>> {
    typealias E = KernelExpression
    return pair(q12: .q12(E.variable("q12")), ntk: Jet(0)) { level in
      (
        Jet(value: .variable("a[\(level)]"), d11: slope(level, "da"), d22: E(0), d12: E(0)),
        Jet(value: .variable("b[\(level)]"), d11: E(0), d22: columns ? slope(level, "db") : E(0), d12: E(0))
      )
    }
  }

  private func pair<R: RealAlgebra>(q12: R, ntk: R, _ level: (Int) -> (q11: R, q22: R)) -> Pair<R> {
    var pair = Pair<R>(q11: R(0), q22: R(0), q12: q12, ntk: ntk)
    var index = 0
    for step in steps {
      switch step {
      case .affine(let weightVariance, let biasVariance): pair.affine(weightVariance: weightVariance, biasVariance: biasVariance)
      case .activation(let activation):
        (pair.q11, pair.q22) = level(index)
        pair.activation(activation)
        index += 1
      }
    }
    return pair
  }

  /// The derivative of the variance before the first activation is a constant, later ones stand in the table.
  private func slope(_ level: Int, _ name: String) -> KernelExpression {
    guard level == 0 else { return .variable("\(name)[\(level)]") }
    var slope = 1.0
    for step in steps {
      guard case .affine(let weightVariance, _) = step else { break }
      slope *= weightVariance
    }
    return KernelExpression(slope)
  }
}
