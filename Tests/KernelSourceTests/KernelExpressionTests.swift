import Testing
import WideKernels

@Suite struct KernelExpressionTests {
  private let x = KernelExpression.variable("x")
  private let y = KernelExpression.variable("y")
  private let printer = KernelPrinter(scalar: .double, type: "double")

  private func printed(_ value: KernelExpression) throws -> String { try printer.statements([("r", value)]) }

  @Test func neutralConstantsLeaveNoTrace() throws {
    typealias E = KernelExpression
    let folded = [
      x * E(1), E(1) * x, x + E(0), E(0) + x, x - E(0), x / E(1), -(-x), E.fma(x, E(1), E(0)), E.fma(E(0), y, x), E.fma(E(1), x, E(0)),
      E.select(x, y, where: E(0), isLessThan: E(1)), x * E(-1) * E(-1),
    ]
    for value in folded { #expect(try printed(value) == "r = x;\n") }
    for zero in [x * E(0), E(0) * x, E(0) / x, E.fma(E(0), x, E(0))] { #expect(try printed(zero) == "r = ((double)(0.0));\n") }
    #expect(try printed(E.sqrt(E(4)) + E(1) * E(3)) == "r = ((double)(5.0));\n")
    #expect(try printed(E.fma(E(-1), x, y)) == "const double t0 = y - x;\nr = t0;\n")
  }

  /// Erf's two kernels have the derivative K_q22 = 0 in a direction with seed 0, so no statement may compute it.
  @Test func unseededJetsVanish() throws {
    let plain = Erf().dual(q11: x, q22: y, q12: KernelExpression.variable("z")).dual
    let jet = Erf().dual(
      q11: Jet(constant: x), q22: Jet(constant: y), q12: Jet<KernelExpression>(constant: .variable("z"))
    ).dual
    #expect(try printed(jet.value) == printed(plain))
    #expect(try printed(jet.d22) == "r = ((double)(0.0));\n")
  }

  @Test func sharedTermsArePrintedOnceAndDeadOnesNever() throws {
    // The same term built twice, as different objects.
    let text = try printer.statements([
      ("a", KernelExpression.exp(x * y) + x), ("b", KernelExpression.exp(x * y) * x),
    ])
    #expect(text.components("exp(") == 1)
    #expect(text.components("x * y") == 1)
    let program = CovarianceProgram(chain: [.affine(weightVariance: 1.5, biasVariance: 0.1), .activation(.erf)])
    var pair = CovarianceProgram.Pair(q11: x, q22: y, q12: KernelExpression.variable("z"))
    program.apply(to: &pair)
    // The diagonals of the last layer are not asked for, so one atan2 remains of three.
    #expect(try printed(pair.q12).components("atan2(") == 1)
    #expect(try printed(pair.q11 + pair.q12).components("atan2(") == 2)
  }

  /// Statements of copies alternate, and what they share is computed once.
  @Test func copiesStandSideBySide() throws {
    let printer = KernelPrinter(scalar: .double, type: "double") { $0 == "x" ? ["x"] : ["\($0)[0]", "\($0)[1]"] }
    let shared = KernelExpression.exp(x)
    let text = try printer.statements([("r", KernelExpression.sqrt(shared * y)), ("s", shared)])
    #expect(
      text == """
        const double t0 = exp(x);
        const double t1 = t0 * y[0];
        const double t2 = t0 * y[1];
        const double t3 = sqrt(t1);
        const double t4 = sqrt(t2);
        r[0] = t3;
        r[1] = t4;
        s[0] = t0;
        s[1] = t0;

        """)
  }

  /// Duals by quadrature are loops: written out they are 14,000 statements a layer.
  @Test func quadratureIsPrintedAsLoops() throws {
    let quadratures = ActivationKind.samples.filter { $0.formulas.dualError > 0 }
    #expect(!quadratures.isEmpty)
    for activation in quadratures {
      func program(_ layers: Int) -> CovarianceProgram {
        CovarianceProgram(
          chain: (0..<layers).flatMap { _ in
            [CovarianceProgram.Element.affine(weightVariance: 1.5, biasVariance: 0.1), .activation(activation)]
          } + [.affine(weightVariance: 1, biasVariance: 0)])
      }
      func lines(_ layers: Int) throws -> (pair: Int, vjp: Int) {
        let (pair, jets) = (program(layers).symbolicPair(), program(layers).symbolicJets(columns: true))
        let vjp = [jets.ntk.d11 + jets.q12.d11, jets.ntk.d22 + jets.q12.d22, jets.ntk.d12 + jets.q12.d12]
        func count(_ values: [KernelExpression]) throws -> Int {
          try printer.statements(values.enumerated().map { ("r\($0.offset)", $0.element) }).components("\n")
        }
        return (try count([pair.q12, pair.ntk]), try count(vjp))
      }
      let (one, three) = (try lines(1), try lines(3))
      #expect(one.pair < 200 && one.vjp < 400, "\(activation): \(one)")
      #expect(three.pair < 3 * one.pair && three.vjp < 4 * one.vjp, "\(activation): \(three) for three layers, \(one) for one")
    }
  }

  /// A loop that only the tangent kernel needs is not printed without it, and equal loops are printed once.
  @Test func loopsArePrintedOnceAndDeadOnesNever() throws {
    let program = CovarianceProgram(chain: [.affine(weightVariance: 1.5, biasVariance: 0.1), .activation(.tanh)])
    let (pair, again) = (program.symbolicPair(), program.symbolicPair())
    func loops(_ values: KernelExpression...) throws -> Int {
      try printer.statements(values.enumerated().map { ("r\($0.offset)", $0.element) }).components("for (int k")
    }
    #expect(try loops(pair.q12) == 1)
    #expect(try loops(pair.q12, pair.ntk) == 2)
    #expect(try loops(pair.q12, again.q12, pair.ntk, again.ntk) == 2)
    let odd = try printer.constants([pair.q12])
    #expect(odd.contains("quadrature_odd[1632]") && !odd.contains("quadrature_even"), "tanh is odd, its derivative even")
    #expect(try printer.constants([KernelExpression.exp(x)]).isEmpty)
  }

  @Test func literalsReadBackExactly() throws {
    let values = [0.1, -0.1, 1.0 / 3, 1e-300, 6.02e23, -2, .pi, .leastNonzeroMagnitude]
    for value in values {
      let text = try printer.literal(value)
      #expect(Double(text.dropFirst("((double)(".count).dropLast(2)) == value, "\(text)")
    }
    let float = KernelPrinter(scalar: .float, type: "float8")
    #expect(try float.literal(0.1) == "((float8)(0.1f))")
    #expect(try float.literal(-1e-20) == "((float8)(-1e-20f))")
  }

  @Test func constantsThatAreNotFiniteAreRejected() {
    for value in [Double.infinity, -.infinity] {
      #expect(throws: KernelPrinterError.notFinite(value)) { try printer.literal(value) }
    }
    #expect(throws: KernelPrinterError.self) { try printer.literal(.nan) }
    #expect(throws: KernelPrinterError.self) { try printed(x + KernelExpression(1) / KernelExpression(0)) }
    #expect(throws: KernelPrinterError.notFinite(1e300)) { try KernelPrinter(scalar: .float, type: "float").literal(1e300) }
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(_ text: String) -> Int {
    var (count, start) = (0, startIndex)
    while let range = self[start...].firstRange(of: text) {
      count += 1
      start = range.upperBound
    }
    return count
  }
}
