/// How values of an algebra are made of recorded expressions; nil for an algebra of numbers.
///
/// With it a formula that repeats the same terms many times can be recorded once, as a loop (`RecordedSeries`).
public struct Recording<R: RealAlgebra>: Sendable {
  /// Expressions in a value.
  let count: Int
  /// The expressions of a value; the first is the value itself, the others its derivatives.
  let parts: @Sendable (R) -> [KernelExpression]
  let value: @Sendable ([KernelExpression]) -> R
}

/// A variable that a loop sets anew in every round; identity is its name.
public final class LoopVariable: Sendable {}

/// Constants that a loop reads one after the other, as an array of the printed text.
public final class ConstantTable: Sendable {
  /// A C identifier.
  public let name: String
  /// The constants, in the order in which the loop reads them.
  public let values: [Double]

  init(name: String, values: [Double]) {
    self.name = name
    self.values = values
  }
}

/// Functions of one variable at every entry of a table, kept in arrays.
public final class Tabulation: Sendable {
  let nodes: ConstantTable
  let node: LoopVariable
  /// Formulas of `node` and of what stands outside the loop.
  let functions: [KernelExpression]

  init(nodes: ConstantTable, node: LoopVariable, functions: [KernelExpression]) {
    (self.nodes, self.node, self.functions) = (nodes, node, functions)
  }
}

/// A recurrence over orders k from the last to 0: in each, sums c = Σ_i rows[k, i] f(node_i) over arrays, and from them and the state
/// of the order before the new state. The state begins at 0.
public final class RecordedSeries: Sendable {
  struct Contraction: Sendable {
    let variable: LoopVariable
    let tabulation: Tabulation
    /// Which function of the tabulation.
    let function: Int
  }

  /// `[orders, nodes]`.
  let rows: ConstantTable
  let orders: Int
  let contractions: [Contraction]
  /// Variables of the state and its formulas in these, in the contractions and in what stands outside the loop.
  let state: [(variable: LoopVariable, next: KernelExpression)]

  init(rows: ConstantTable, orders: Int, contractions: [Contraction], state: [(variable: LoopVariable, next: KernelExpression)]) {
    (self.rows, self.orders, self.contractions, self.state) = (rows, orders, contractions, state)
  }

  var nodeCount: Int { rows.values.count / orders }
}

extension KernelExpression {
  public static var recording: Recording<KernelExpression>? {
    Recording(count: 1, parts: { [$0] }, value: { $0[0] })
  }

  var isZero: Bool { if case .constant(0) = self { true } else { false } }
}

extension Recording {
  /// A value in the variable alone, without derivatives.
  func value(_ variable: LoopVariable) -> R {
    value([.loopVariable(variable)] + [KernelExpression](repeating: .constant(0), count: count - 1))
  }

  /// `functions` at every node, and the places of the parts of each; nil where a part is 0 at all of them.
  func tabulate(_ nodes: ConstantTable, _ functions: (R) -> [R]) -> (tabulation: Tabulation, places: [[Int?]]) {
    let node = LoopVariable()
    var (expressions, places): ([KernelExpression], [[Int?]]) = ([], [])
    for value in functions(value(node)) {
      places.append(
        parts(value).map { part in
          guard !part.isZero else { return nil }
          expressions.append(part)
          return expressions.count - 1
        })
    }
    return (Tabulation(nodes: nodes, node: node, functions: expressions), places)
  }

  /// The last state of `next(state, c)`, with c the contractions of the tabulated values.
  ///
  /// - Parameter samples: of every contraction the tabulation and the places of its parts.
  func series(
    rows: ConstantTable, orders: Int, _ samples: [(tabulation: Tabulation, places: [Int?])], next: (R, [R]) -> R
  ) -> R {
    var contractions: [RecordedSeries.Contraction] = []
    let sums = samples.map { sample in
      value(
        sample.places.map { place in
          guard let place else { return .constant(0) }
          let variable = LoopVariable()
          contractions.append(.init(variable: variable, tabulation: sample.tabulation, function: place))
          return .loopVariable(variable)
        })
    }
    // Parts of the state that stay 0 in every round are left out: from none on, those are added that a round makes anything else.
    let variables = (0..<count).map { _ in LoopVariable() }
    var active = Set<Int>()
    while true {
      let state = value((0..<count).map { active.contains($0) ? .loopVariable(variables[$0]) : .constant(0) })
      let formulas = parts(next(state, sums))
      let reached = Set(formulas.indices.filter { !formulas[$0].isZero }).union(active)
      guard reached == active else {
        active = reached
        continue
      }
      let places = active.sorted()
      let series = RecordedSeries(
        rows: rows, orders: orders, contractions: contractions, state: places.map { (variables[$0], formulas[$0]) })
      return value((0..<count).map { part in places.firstIndex(of: part).map { .series(series, $0) } ?? .constant(0) })
    }
  }
}
