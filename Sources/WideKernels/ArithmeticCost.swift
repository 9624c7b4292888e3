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
    var terms = Terms(needs: LoopNeeds(outputs))
    for output in outputs { _ = terms.number(output, rounds: 1) }
    return terms.cost
  }

  private static func cost(_ kind: KernelExpression.Kind) -> Double {
    switch kind {
    case .add, .subtract, .multiply, .fma, .negate, .absolute: 1
    case .select: 2
    case .balanceScale, .balanceInverse: 4
    case .divide, .sqrt: quotient
    case .exp, .expm1, .log, .log1p, .erf, .sin, .cos, .atan2: transcendental
    }
  }

  /// Equal terms have equal numbers; a term inside a loop costs as much as its rounds together.
  private struct Terms {
    private enum Term: Hashable {
      case constant(Double)
      case variable(String)
      case operation(KernelExpression.Kind, [Int])
      case loopVariable(ObjectIdentifier)
      case series(ObjectIdentifier, Int)
    }

    let needs: LoopNeeds
    private(set) var cost = 0.0
    private var numbers: [Term: Int] = [:]
    private var nodes: [ObjectIdentifier: Int] = [:]

    init(needs: LoopNeeds) { self.needs = needs }

    mutating func number(_ expression: KernelExpression, rounds: Int) -> Int {
      switch expression {
      case .constant(let value): return number(of: .constant(value), rounds)
      case .variable(let name): return number(of: .variable(name), rounds)
      case .loopVariable(let variable): return number(of: .loopVariable(ObjectIdentifier(variable)), rounds)
      case .series(let series, let part):
        if nodes.updateValue(0, forKey: ObjectIdentifier(series)) == nil { add(series) }
        return number(of: .series(ObjectIdentifier(series), part), 1)
      case .operation(let operation):
        if let known = nodes[ObjectIdentifier(operation)] { return known }
        var arguments: [Int] = []
        for argument in operation.arguments { arguments.append(number(argument, rounds: rounds)) }
        let number = number(of: .operation(operation.kind, arguments), needs.isInside(operation) ? rounds : 1)
        nodes[ObjectIdentifier(operation)] = number
        return number
      }
    }

    private mutating func add(_ series: RecordedSeries) {
      for contraction in series.contractions {
        _ = number(contraction.tabulation.functions[contraction.function], rounds: contraction.tabulation.nodes.values.count)
        // A product and a sum for every entry.
        cost += 2 * Double(series.rows.values.count)
      }
      for state in series.state { _ = number(state.next, rounds: series.orders) }
    }

    private mutating func number(of term: Term, _ rounds: Int) -> Int {
      if let known = numbers[term] { return known }
      if case .operation(let kind, _) = term { cost += ArithmeticCost.cost(kind) * Double(rounds) }
      numbers[term] = numbers.count
      return numbers.count - 1
    }
  }
}
