import Networks
import Testing
import WideKernels

@Suite struct ComposedTests {
  static func values(_ program: CovarianceProgram, _ q11: Double, _ q22: Double, _ q12: Double) -> CovarianceProgram.Pair<Double> {
    var pair = CovarianceProgram.Pair(q11: q11, q22: q22, q12: q12)
    program.apply(to: &pair)
    return pair
  }

  /// Θ = Q + Q̇ (c + σ_w² Θ_g), where f acts on the Gram matrix that concentrates on the NNGP of g: written out for erf.
  @Test func theTangentKernelIsThatOfTheLimitOfAWideBottleneck() {
    let (weight, bias) = (1.7, 0.3)
    let g = WideBlock(
      hidden: [Hidden(.relu, weightVariance: 2, biasVariance: 0.1)], outputs: 2, readoutWeightVariance: 1.4, readoutBiasVariance: 0.2)
    let f = WideBlock(hidden: [Hidden(.erf, weightVariance: weight, biasVariance: bias)], outputs: 1)
    let lower = Self.values(g.program, 1.2, 0.7, 0.4)
    func affine(_ q: Double) -> Double { weight * q + bias }
    let (a, b, c) = (affine(lower.q11), affine(lower.q22), affine(lower.q12))
    let (q, derivative) = Erf().dual(q11: a, q22: b, q12: c)
    let composed = Self.values(Network(inputs: 3, blocks: [g, f]).composed.blocks[0].program, 1.2, 0.7, 0.4)
    #expect(abs(composed.q12 - q) < 1e-15)
    #expect(abs(composed.ntk - (q + derivative * (c + weight * lower.ntk))) < 4e-15)
  }

  /// The limit of function-space.md section 1 at initialisation: K_f at the concentrated Gram matrix plus σ_w² E[φ′φ′] Θ_g.
  @Test func itIsTheUpperTangentKernelPlusTheLowerOnePassedThrough() throws {
    let network = try NetworkTests.chain()
    let lower = Self.values(network.blocks[0].program, 1.2, 0.7, -0.3)
    let (upper, middle) = (network.blocks[2].program, network.blocks[1].program)
    // Passing Θ on is ∂Q/∂q12 of the upper block (Price's theorem); read it from a jet.
    func step(_ program: CovarianceProgram, _ below: CovarianceProgram.Pair<Double>) -> CovarianceProgram.Pair<Double> {
      var jet = CovarianceProgram.Pair(q11: Jet.q11(below.q11), q22: Jet.q22(below.q22), q12: Jet.q12(below.q12))
      program.apply(to: &jet)
      return CovarianceProgram.Pair(
        q11: jet.q11.value, q22: jet.q22.value, q12: jet.q12.value, ntk: jet.ntk.value + jet.q12.d12 * below.ntk)
    }
    let expected = step(upper, step(middle, lower))
    let got = Self.values(network.composed.blocks[0].program, 1.2, 0.7, -0.3)
    #expect(abs(got.q12 - expected.q12) < 1e-14)
    #expect(abs(got.ntk - expected.ntk) < 1e-13)
  }

  @Test func itEqualsTheStepsOfAllBlocksInSequence() throws {
    let network = try NetworkTests.chain()
    let sequence = CovarianceProgram(chain: network.blocks.flatMap(\.program.elements))
    let (got, expected) = (Self.values(network.composed.blocks[0].program, 1, 2, 0.5), Self.values(sequence, 1, 2, 0.5))
    #expect(got.q12 == expected.q12 && got.ntk == expected.ntk)
    let (one, two) = (network.composed.blocks[0].program.diagonal(1.3), sequence.diagonal(1.3))
    #expect(one.nngp == two.nngp && one.ntk == two.ntk)
  }

  @Test func itKeepsTheLayersAndEndsInTheSameOutputs() throws {
    let network = try NetworkTests.chain()
    #expect(network.composed.bottlenecks.isEmpty)
    #expect(network.composed.blocks[0].outputs == 1)
    #expect(network.composed.totalHiddenLayers == network.totalHiddenLayers + network.bottlenecks.count)
    #expect(network.composed.composed == network.composed)
  }
}
