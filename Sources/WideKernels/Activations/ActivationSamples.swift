extension ActivationKind {
  /// Every activation at least once, with parameters at which no term of its formulas vanishes or is 1: what tests of backends go through.
  package static let samples: [ActivationKind] = {
    let texts = [
      "abrelu(-0.5,2)", "cos(1.2,0.8,0.3)", "exp(0.9,0.4)", "gaussian(1.3,0.7)", "leaky-relu(0.1)", "monomial(0)", "monomial(3)",
      "polynomial(0.1,0.5,0.2,-0.05,0.03,0.01)", "rbf(0.5)", "rectified-monomial(0)", "rectified-monomial(1)", "rectified-monomial(2)",
      "rectified-monomial(3)", "rectified-monomial(4)", "rectified-monomial(5)", "scaled-erf(0.7,1.3,0.2)", "sin(1.2,0.8,0.3)",
      "softplus(0.8)",
    ]
    let parametrised = texts.compactMap { try? ActivationKind($0) }
    precondition(parametrised.count == texts.count, "a sample of the activation catalogue could not be read")
    let plain = types.filter { $0.parameterDefaults.isEmpty }.compactMap { try? $0.init(parameters: []).kind }
    return plain + parametrised
  }()
}
