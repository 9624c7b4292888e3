import Testing
import WideKernels

/// Counts of instructions from recorded formulas.
@Suite struct ArithmeticCostTests {
  private typealias E = KernelExpression
  private let x = KernelExpression.variable("x")
  private let y = KernelExpression.variable("y")

  @Test func equalTermsAreCountedOnce() {
    #expect(ArithmeticCost.multiplyAdds([x * y + x]) == 2)
    // Two recordings of one term, and a constant that folds away.
    #expect(ArithmeticCost.multiplyAdds([E.exp(x * y), E.exp(x * y) * E(1) + y]) == 1 + 20 + 1)
    #expect(ArithmeticCost.multiplyAdds([E.fma(x, y, E(0.5)), x / y, E.sqrt(x), -x]) == 1 + 8 + 8 + 1)
    #expect(ArithmeticCost.multiplyAdds([x, E(3)]) == 0)
  }

  @Test func aPairTakesWhatDependsOnOneInputFromTheTable() {
    let affine = CovarianceProgram(chain: [.affine(weightVariance: 2, biasVariance: 0.5)]).symbolicPair()
    #expect(ArithmeticCost.multiplyAdds([affine.q12, affine.ntk]) == 1, "one fma: both kernels are the same")
    let program = CovarianceProgram(chain: CovarianceProgramTests.steps)
    let (pair, jets) = (program.symbolicPair(), program.symbolicJets(columns: true))
    func cost(_ outputs: KernelExpression...) -> Double { ArithmeticCost.multiplyAdds(outputs) }
    var whole = CovarianceProgram.Pair(q11: E.variable("q11"), q22: E.variable("q22"), q12: E.variable("q12"))
    program.apply(to: &whole)
    #expect(cost(pair.q12) < cost(pair.q12, pair.ntk) && cost(pair.q12, pair.ntk) < cost(whole.q12, whole.ntk))
    // A jet divides by the product with an inverse.
    #expect(cost(jets.ntk.value) >= cost(pair.ntk))
    #expect(cost(jets.ntk.value) < cost(jets.ntk.value, jets.ntk.d12))
    #expect(cost(jets.ntk.value, jets.ntk.d12) < cost(jets.ntk.value, jets.ntk.d12, jets.ntk.d11))
  }

  /// Every round of a loop counts: a dual by quadrature is 4 contractions of 48 orders by 34 nodes.
  @Test func loopsCountTheirRounds() {
    let pair = CovarianceProgram(chain: [.affine(weightVariance: 1, biasVariance: 0), .activation(.tanh)]).symbolicPair()
    let contraction = 2.0 * 48 * 34
    let (nngp, both) = (ArithmeticCost.multiplyAdds([pair.q12]), ArithmeticCost.multiplyAdds([pair.q12, pair.ntk]))
    #expect(nngp > 2 * contraction && nngp < 3 * contraction)
    #expect(both > 4 * contraction && both < 5.5 * contraction)
  }
}
