/// What a recorded formula costs on a multiply-add unit, every distinct term counted once.
///
/// Nominal: additions, products, `fma`, comparisons and signs are one instruction each; a quotient or a root is counted as the
/// Newton steps that make one from an estimate, a transcendental function as its range reduction and polynomial. Devices differ in
/// the latter two, so a share of a peak that is computed from these counts is a guide and not a measurement.
public enum ArithmeticCost {
  static let quotient = 8.0
  static let transcendental = 20.0

  /// Instructions that compute all `outputs` together.
  public static func multiplyAdds(_ outputs: [KernelExpression]) -> Double {
    var terms = Terms()
    for output in outputs { _ = terms.number(output) }
    return terms.cost
  }

  private static func cost(_ kind: KernelExpression.Kind) -> Double {
    switch kind {
    case .add, .subtract, .multiply, .fma, .negate, .absolute: 1
    case .select: 2
    case .divide, .sqrt: quotient
    case .exp, .expm1, .log, .log1p, .erf, .sin, .cos, .atan2: transcendental
    }
  }

  /// Equal terms have equal numbers.
  private struct Terms {
    private enum Term: Hashable {
      case constant(Double)
      case variable(String)
      case operation(KernelExpression.Kind, [Int])
    }

    private(set) var cost = 0.0
    private var numbers: [Term: Int] = [:]
    private var nodes: [ObjectIdentifier: Int] = [:]

    mutating func number(_ expression: KernelExpression) -> Int {
      switch expression {
      case .constant(let value): return number(of: .constant(value))
      case .variable(let name): return number(of: .variable(name))
      case .operation(let operation):
        if let known = nodes[ObjectIdentifier(operation)] { return known }
        var arguments: [Int] = []
        for argument in operation.arguments { arguments.append(number(argument)) }
        let number = number(of: .operation(operation.kind, arguments))
        nodes[ObjectIdentifier(operation)] = number
        return number
      }
    }

    private mutating func number(of term: Term) -> Int {
      if let known = numbers[term] { return known }
      if case .operation(let kind, _) = term { cost += ArithmeticCost.cost(kind) }
      numbers[term] = numbers.count
      return numbers.count - 1
    }
  }
}
