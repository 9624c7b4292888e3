/// What the loops in some expressions read: found before anything is printed, so that nothing is that no output needs.
struct LoopNeeds {
  private(set) var tables: [ObjectIdentifier: ConstantTable] = [:]
  private var functionsOfTabulation: [ObjectIdentifier: Set<Int>] = [:]
  private var insideLoops: [ObjectIdentifier: Bool] = [:]
  private var visitedSeries: Set<ObjectIdentifier> = []

  init(_ outputs: [KernelExpression]) { for output in outputs { visit(output) } }

  func functions(of tabulation: Tabulation) -> [Int] { (functionsOfTabulation[ObjectIdentifier(tabulation)] ?? []).sorted() }

  /// Whether an operation's value changes from round to round of a loop that it stands in.
  func isInside(_ operation: KernelExpression.Operation) -> Bool { insideLoops[ObjectIdentifier(operation)] ?? false }

  /// - Returns: whether it reads a loop's variable.
  @discardableResult private mutating func visit(_ expression: KernelExpression) -> Bool {
    switch expression {
    case .constant, .variable: return false
    case .loopVariable: return true
    case .series(let series, _):
      visit(series)
      return false
    case .operation(let operation):
      if let known = insideLoops[ObjectIdentifier(operation)] { return known }
      var isInside = false
      for argument in operation.arguments where visit(argument) { isInside = true }
      insideLoops[ObjectIdentifier(operation)] = isInside
      return isInside
    }
  }

  private mutating func visit(_ series: RecordedSeries) {
    guard visitedSeries.insert(ObjectIdentifier(series)).inserted else { return }
    tables[ObjectIdentifier(series.rows)] = series.rows
    for contraction in series.contractions {
      let tabulation = contraction.tabulation
      tables[ObjectIdentifier(tabulation.nodes)] = tabulation.nodes
      functionsOfTabulation[ObjectIdentifier(tabulation), default: []].insert(contraction.function)
      visit(tabulation.functions[contraction.function])
    }
    for state in series.state { visit(state.next) }
  }

  /// Copies in which a series is computed: 1 where all its operands are shared.
  func copies(of series: RecordedSeries, _ copies: (String) -> [String]) -> Int {
    var (visited, most) = (Set<ObjectIdentifier>(), 1)
    func visit(_ expression: KernelExpression) {
      switch expression {
      case .constant, .loopVariable: break
      case .variable(let name): most = max(most, copies(name).count)
      case .operation(let operation):
        guard visited.insert(ObjectIdentifier(operation)).inserted else { return }
        operation.arguments.forEach(visit)
      case .series(let series, _):
        guard visited.insert(ObjectIdentifier(series)).inserted else { return }
        for contraction in series.contractions { visit(contraction.tabulation.functions[contraction.function]) }
        for state in series.state { visit(state.next) }
      }
    }
    visit(.series(series, 0))
    return most
  }
}
