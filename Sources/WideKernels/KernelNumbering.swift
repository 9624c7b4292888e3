extension KernelPrinter {
  /// Names for the terms of expressions, and the statements that define them.
  struct Numbering {
    let printer: KernelPrinter
    let needs: LoopNeeds
    private(set) var lines: [String] = []
    private var namesOfNode: [ObjectIdentifier: [String]] = [:]
    private var nameOfTerm: [String: String] = [:]
    /// Names of a series' parts in every copy.
    private var namesOfSeries: [ObjectIdentifier: [[String]]] = [:]
    /// Numbers of the loops that are printed, by their text.
    private var loops: [String: Int] = [:]

    init(printer: KernelPrinter, needs: LoopNeeds) { (self.printer, self.needs) = (printer, needs) }

    /// The expression's name in every copy, or one name for all.
    mutating func operand(_ expression: KernelExpression) throws(KernelPrinterError) -> [String] {
      switch expression {
      case .constant(let value): return [try printer.literal(value)]
      case .variable(let name): return printer.copies(name)
      case .loopVariable: preconditionFailure("a loop's variable outside of the loop")
      case .series(let series, let part): return try names(of: series)[part]
      case .operation(let operation):
        if let names = namesOfNode[ObjectIdentifier(operation)] { return names }
        var arguments: [[String]] = []
        for argument in operation.arguments { arguments.append(try operand(argument)) }
        let copies = arguments.map(\.count).max() ?? 1
        let names = (0..<copies).map { copy in define(Self.term(operation.kind, arguments.map { $0.copy(copy) })) }
        namesOfNode[ObjectIdentifier(operation)] = names
        return names
      }
    }

    private mutating func define(_ term: String) -> String {
      if let name = nameOfTerm[term] { return name }
      let name = "t\(nameOfTerm.count)"
      nameOfTerm[term] = name
      lines.append("const \(printer.type) \(name) = \(term);")
      return name
    }

    private static func term(_ kind: KernelExpression.Kind, _ arguments: [String]) -> String {
      switch kind {
      case .add, .subtract, .multiply, .divide: "\(arguments[0]) \(kind.rawValue) \(arguments[1])"
      case .negate: "-\(arguments[0])"
      case .select: "\(arguments[0]) < \(arguments[1]) ? \(arguments[2]) : \(arguments[3])"
      default: "\(kind.rawValue)(\(arguments.joined(separator: ", ")))"
      }
    }

    // MARK: Loops

    /// Statements inside a loop.
    private struct Scope {
      let copy: Int
      var variables: [ObjectIdentifier: String]
      var lines: [String] = []
      var nameOfTerm: [String: String] = [:]
      var nameOfNode: [ObjectIdentifier: String] = [:]
    }

    /// The expression's name inside a loop; what does not change there is defined before the loop.
    private mutating func operand(_ expression: KernelExpression, _ scope: inout Scope) throws(KernelPrinterError) -> String {
      switch expression {
      case .loopVariable(let variable):
        guard let name = scope.variables[ObjectIdentifier(variable)] else { preconditionFailure("a variable of another loop") }
        return name
      case .operation(let operation) where needs.isInside(operation):
        if let name = scope.nameOfNode[ObjectIdentifier(operation)] { return name }
        var arguments: [String] = []
        for argument in operation.arguments { arguments.append(try operand(argument, &scope)) }
        let term = Self.term(operation.kind, arguments)
        let name = scope.nameOfTerm[term] ?? "u\(scope.nameOfTerm.count)"
        if scope.nameOfTerm.updateValue(name, forKey: term) == nil { scope.lines.append("const \(printer.type) \(name) = \(term);") }
        scope.nameOfNode[ObjectIdentifier(operation)] = name
        return name
      default: return try operand(expression).copy(scope.copy)
      }
    }

    /// Prints a loop, in which @ stands for its number, unless an equal one is printed.
    private mutating func number(ofLoop text: [String]) -> Int {
      let key = text.joined(separator: "\n")
      if let number = loops[key] { return number }
      let number = loops.count
      loops[key] = number
      lines.append(key.replacing("@", with: "\(number)"))
      return number
    }

    /// Names of the arrays of a tabulation's functions that anything reads.
    private mutating func arrays(of tabulation: Tabulation, copy: Int) throws(KernelPrinterError) -> [Int: String] {
      let places = needs.functions(of: tabulation)
      let node = "((\(printer.type))(\(tabulation.nodes.name)[i]))"
      var scope = Scope(copy: copy, variables: [ObjectIdentifier(tabulation.node): node])
      var stores: [String] = []
      for place in places { stores.append("s@_\(place)[i] = \(try operand(tabulation.functions[place], &scope));") }
      let count = tabulation.nodes.values.count
      let number = number(
        ofLoop: places.map { "\(printer.type) s@_\($0)[\(count)];" } + ["for (int i = 0; i < \(count); i++) {"] + scope.lines + stores + [
          "}"
        ])
      return Dictionary(uniqueKeysWithValues: places.map { ($0, "s\(number)_\($0)") })
    }

    /// Sums that are made side by side in registers.
    private static var sumsTogether: Int { 16 }

    private mutating func names(of series: RecordedSeries) throws(KernelPrinterError) -> [[String]] {
      if let names = namesOfSeries[ObjectIdentifier(series)] { return names }
      var names = series.state.map { _ in [String]() }
      for copy in 0..<needs.copies(of: series, printer.copies) {
        let number = try print(series, copy: copy)
        for part in names.indices { names[part].append("p\(number)_\(part)") }
      }
      namesOfSeries[ObjectIdentifier(series)] = names
      return names
    }

    private mutating func print(_ series: RecordedSeries, copy: Int) throws(KernelPrinterError) -> Int {
      // Contractions of one array are one sum.
      var sources: [String] = []
      var variables: [ObjectIdentifier: String] = [:]
      for contraction in series.contractions {
        let array = try arrays(of: contraction.tabulation, copy: copy)[contraction.function] ?? ""
        let place = sources.firstIndex(of: array) ?? sources.count
        if place == sources.count { sources.append(array) }
        variables[ObjectIdentifier(contraction.variable)] = "c\(place)[o]"
      }
      for (part, state) in series.state.enumerated() { variables[ObjectIdentifier(state.variable)] = "p@_\(part)" }
      var scope = Scope(copy: copy, variables: variables)
      var next: [String] = []
      for state in series.state { next.append(try operand(state.next, &scope)) }

      let (type, zero, nodes, orders) = (printer.type, try printer.literal(0), series.nodeCount, series.orders)
      // Several orders at a time, so that no sum waits for the one before.
      let block = (1...max(1, Self.sumsTogether / max(1, sources.count))).last { orders % $0 == 0 } ?? 1
      let unroll = "#pragma unroll"
      return number(
        ofLoop: next.indices.map { "\(type) p@_\($0) = \(zero);" }
          + ["for (int k = \(orders - block); k >= 0; k -= \(block)) {"] + sources.indices.map { "\(type) c\($0)[\(block)];" }
          + [unroll, "for (int o = 0; o < \(block); o++) {"] + sources.indices.map { "c\($0)[o] = \(zero);" } + ["}"]
          + ["for (int i = 0; i < \(nodes); i++) {", unroll, "for (int o = 0; o < \(block); o++) {"]
          + ["const \(type) w = ((\(type))(\(series.rows.name)[(k + o) * \(nodes) + i]));"]
          + sources.enumerated().map { "c\($0.offset)[o] = c\($0.offset)[o] + w * \($0.element)[i];" } + ["}", "}"]
          + [unroll, "for (int o = \(block - 1); o >= 0; o--) {"] + scope.lines
          + next.enumerated().map { "const \(type) n\($0.offset) = \($0.element);" } + next.indices.map { "p@_\($0) = n\($0);" } + [
            "}", "}",
          ])
    }
  }
}

extension [String] {
  func copy(_ index: Int) -> String { count == 1 ? self[0] : self[index] }
}
