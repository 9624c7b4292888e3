import Testing
import WideKernels

@Suite struct CovarianceProgramTests {
  static let steps: [CovarianceProgram.Element] = [
    .affine(weightVariance: 2, biasVariance: 0.1), .activation(.erf), .affine(weightVariance: 1.5, biasVariance: 0), .activation(.relu),
    .affine(weightVariance: 1, biasVariance: 0),
  ]

  /// Jacot, Gabriel & Hongler 2018: Θ_{l+1} = K_{l+1} + σ_w² K̇_l Θ_l, written out.
  @Test func stepsAreTheRecursionOfTheTangentKernel() {
    var pair = CovarianceProgram.Pair(q11: 1.1, q22: 0.8, q12: 0.3)
    CovarianceProgram(chain: Self.steps).apply(to: &pair)
    func first(_ q: Double) -> Double { 2 * q + 0.1 }
    let (one, two, both) = (
      Erf().diagonal(first(1.1)).dual, Erf().diagonal(first(0.8)).dual, Erf().dual(q11: first(1.1), q22: first(0.8), q12: first(0.3))
    )
    let relu = ReLU().dual(q11: 1.5 * one, q22: 1.5 * two, q12: 1.5 * both.dual)
    let middle = 1.5 * both.dual + 1.5 * both.derivative * first(0.3)
    #expect(abs(pair.q12 - relu.dual) < 1e-15)
    #expect(abs(pair.ntk - (relu.dual + relu.derivative * middle)) < 4e-15)
  }

  @Test func theDiagonalIsTheLimitOfCoincidingInputs() {
    let program = CovarianceProgram(chain: Self.steps)
    var pair = CovarianceProgram.Pair(q11: 1.3, q22: 1.3, q12: 1.3)
    program.apply(to: &pair)
    let diagonal = program.diagonal(1.3)
    // The rounding of erf's dual is amplified by the cone of ReLU to its square root.
    #expect(abs(pair.q12 - diagonal.nngp) < 1e-7 && abs(pair.ntk - diagonal.ntk) < 1e-7)
  }

  @Test func programsAreEqualWhenTheirTextsAre() throws {
    let program = CovarianceProgram(chain: Self.steps)
    #expect(program == CovarianceProgram(chain: Self.steps))
    #expect(program.description == "affine(2.0,0.1) erf affine(1.5,0.0) relu affine(1.0,0.0)")
    var other = Self.steps
    other[1] = .activation(try ActivationKind("leaky-relu(0.1)"))
    #expect(program != CovarianceProgram(chain: other))
  }

  @Test func kinksAndErrorsOfAnyLayerCount() {
    #expect(CovarianceProgram(chain: Self.steps).hasKink)
    #expect(!CovarianceProgram(chain: Array(Self.steps.prefix(3))).hasKink)
    #expect(CovarianceProgram(chain: Self.steps).dualError == 0)
    #expect(CovarianceProgram(chain: Self.steps + [.activation(.tanh)]).dualError == Tanh().dualError)
  }
}
