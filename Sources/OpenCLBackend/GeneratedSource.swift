import Compute
import WideKernels

/// C functions printed from the mathematics that all backends share.
package struct GeneratedSource {
  let precision: Precision
  /// Pairs, or features, that a function computes side by side.
  private let copies: Int

  package init(precision: Precision, copies: Int = 1) {
    self.precision = precision
    self.copies = copies
  }

  private var scalar: KernelPrinter.Scalar { precision == .float64 ? .double : .float }

  /// What a function assigns, and the names of its variables in all copies.
  private struct Body {
    var outputs: [(String, KernelExpression)]
    /// Around its statements, which then have names of their own.
    var loop: String?
  }

  private func function(
    _ head: String, type: String, _ outputs: [(String, KernelExpression)], copies: @escaping @Sendable (String) -> [String] = { [$0] }
  ) throws(ComputeError) -> String { try function(head, type: type, [Body(outputs: outputs)], copies: copies) }

  /// A function with the statements that assign the outputs, and the constants that they read.
  private func function(
    _ head: String, type: String, _ bodies: [Body], copies: @escaping @Sendable (String) -> [String] = { [$0] }
  ) throws(ComputeError) -> String {
    do throws(KernelPrinterError) {
      let printer = KernelPrinter(scalar: scalar, type: type, copies: copies)
      var text = ""
      for body in bodies {
        let statements = try printer.statements(body.outputs.map { (name: $0.0, value: $0.1) })
        text += bodies.count == 1 && body.loop == nil ? statements : "\(body.loop ?? "")\n{\n\(statements)}\n"
      }
      return try printer.constants(bodies.flatMap { $0.outputs.map(\.1) }) + "INLINE void \(head) {\n\(text)}\n"
    } catch { throw .unsupported(operation: "kernel text", reason: error.description) }
  }

  /// Every variable is an array over copies, `b` one of `levels + 1` numbers for each, but for those with a prefix of `shared`.
  private func copiesOf(levels: Int = 0, shared: [String] = ["a[", "da["]) -> @Sendable (String) -> [String] {
    let copies = copies
    return { name in
      if shared.contains(where: name.hasPrefix) { return [name] }
      guard name.hasPrefix("b[") else { return (0..<copies).map { "\(name)[\($0)]" } }
      return (0..<copies).map { "b[\($0 * (levels + 1)) + \(name.dropFirst(2).dropLast())]" }
    }
  }

  /// `point_levels(q, values)`: q_ii before each pointwise node, its derivative by q, and the diagonal forms of K and Θ.
  package func pointLevels(_ program: CovarianceProgram) throws(ComputeError) -> String {
    let table = program.table(KernelExpression.variable("q"))
    let values = table.levels.map(\.value) + table.levels.map(\.slope) + [table.nngp, table.ntk]
    return try header(program)
      + function(
        "point_levels(const vreal q, vreal *values)", type: "vreal", values.enumerated().map { ("values[\($0.offset)]", $0.element) })
  }

  private func header(_ program: CovarianceProgram) -> String {
    "#define LEVELS \(program.levelCount)\n"
  }

  /// Equal layers from which on they are a loop: fewer are as fast, and more take long to compile.
  private static var loopLayers: Int { 6 }

  /// `pair_values(q12, a, b, nngp, ntk)`: both kernels of `copies` pairs that share a. One that is not wanted costs nothing and is not to be read.
  ///
  /// - Parameter continues: ntk holds the tangent kernel that comes in.
  package func pairValues(_ program: CovarianceProgram, nngp: Bool, ntk: Bool, continues: Bool = false) throws(ComputeError) -> String {
    typealias E = KernelExpression
    let runs = program.runs(repeating: Self.loopLayers)
    var bodies: [Body] = []
    for (place, run) in runs.enumerated() {
      let isLast = place == runs.count - 1
      let isStart = place == 0 && run.repeats == 1
      let before: (E, E) = (.variable(isStart ? "q12" : "nngp"), ntk && (!isStart || continues) ? .variable("ntk") : E(0))
      let (levels, first) = (run.program.levelCount, run.firstLevel)
      let after = run.program.symbolicPair(nngp: before.0, ntk: before.1) { run.repeats > 1 ? "l + \($0)" : "\(first + $0)" }
      // The tangent kernel first: layer by layer, so that little is kept in registers from one to the next.
      let outputs = (ntk ? [("ntk", after.ntk)] : []) + (nngp || !isLast || run.repeats > 1 ? [("nngp", after.q12)] : [])
      if place == 0, run.repeats > 1 { bodies.append(Body(outputs: [("nngp", .variable("q12"))] + (continues ? [] : [("ntk", E(0))]))) }
      let loop = "#pragma unroll 1\nfor (int r = 0, l = \(first); r < \(run.repeats); r++, l += \(levels))"
      bodies.append(Body(outputs: outputs, loop: run.repeats > 1 ? loop : nil))
    }
    return try header(program)
      + function(
        "pair_values(const vreal *q12, const vreal *a, const vreal *b, vreal *nngp, vreal *ntk)", type: "vreal", bodies,
        copies: copiesOf(levels: program.levelCount))
  }

  /// `paired_values(q12, q11, q22, nngp, ntk)`: the same from the covariances alone, without a table.
  ///
  /// - Parameter isDiagonal: of points with themselves, from q11.
  func pairedValues(
    _ program: CovarianceProgram, nngp: Bool, ntk: Bool, continues: Bool = false, isDiagonal: Bool = false
  ) throws(ComputeError) -> String {
    typealias E = KernelExpression
    let incoming = continues ? E.variable("ntk") : E(0)
    var pair = CovarianceProgram.Pair(q11: E.variable("q11"), q22: E.variable("q22"), q12: E.variable("q12"), ntk: incoming)
    if isDiagonal { (pair.q12, pair.ntk) = program.diagonal(pair.q11, ntk: incoming) } else { program.apply(to: &pair) }
    return try function(
      "paired_values(const vreal *q12, const vreal *q11, const vreal *q22, vreal *nngp, vreal *ntk)", type: "vreal",
      [("ntk", ntk ? pair.ntk : E(0)), ("nngp", nngp ? pair.q12 : E(0))], copies: copiesOf())
  }

  /// `pair_value`: one kernel of `copies` pairs that share a.
  func pairValue(_ program: CovarianceProgram, _ kind: KernelKind) throws(ComputeError) -> String {
    let result = program.symbolicPair()
    return try header(program)
      + function(
        "pair_value(const vreal *q12, const vreal *a, const vreal *b, vreal *value)", type: "vreal",
        [("value", kind == .nngp ? result.q12 : result.ntk)], copies: copiesOf(levels: program.levelCount))
  }

  /// `pair_jet`: one kernel and its derivatives by q11 and q12.
  package func pairJet(_ program: CovarianceProgram, _ kind: KernelKind) throws(ComputeError) -> String {
    let result = program.symbolicJets(columns: false)
    let kernel = kind == .nngp ? result.q12 : result.ntk
    return try header(program)
      + function(
        "pair_jet(const vreal *q12, const vreal *a, const vreal *da, const vreal *b, vreal *value, vreal *by11, vreal *by12)",
        type: "vreal", [("value", kernel.value), ("by11", kernel.d11), ("by12", kernel.d12)],
        copies: copiesOf(levels: program.levelCount))
  }

  /// `pair_vjp`: gk ∂K + gt ∂Θ by q11, q22 and q12.
  package func pairVJP(_ program: CovarianceProgram, nngp: Bool, ntk: Bool) throws(ComputeError) -> String {
    typealias E = KernelExpression
    let result = program.symbolicJets(columns: true)
    let (gk, gt) = (nngp ? E.variable("gk") : E(0), ntk ? E.variable("gt") : E(0))
    func contraction(_ direction: (Jet<E>) -> E) -> E { E.fma(gk, direction(result.q12), gt * direction(result.ntk)) }
    return try header(program)
      + function(
        "pair_vjp(const vreal q12, const vreal *a, const vreal *da, const vreal *b, const vreal *db, const vreal gk, const vreal gt, "
          + "vreal *by11, vreal *by22, vreal *by12)", type: "vreal",
        [("*by11", contraction(\.d11)), ("*by22", contraction(\.d22)), ("*by12", contraction(\.d12))])
  }

  /// `feature(x, value, slope)`: φ and, if asked for, φ′, of `copies` numbers.
  package func feature(_ activation: ActivationKind, slope: Bool) throws(ComputeError) -> String {
    let feature = activation.formulas.valueAndSlope(KernelExpression.variable("x"))
    return try function(
      "feature(const vreal *x, vreal *value\(slope ? ", vreal *slope" : ""))", type: "vreal",
      [("value", feature.value)] + (slope ? [("slope", feature.slope)] : []), copies: copiesOf())
  }

  /// `point_function(x, y, result)`.
  package func pointFunction(_ function: PointFunction) throws(ComputeError) -> String {
    let result = function.apply(KernelExpression.variable("x"), .variable("y"))
    return try self.function("point_function(const vreal x, const vreal y, vreal *result)", type: "vreal", [("*result", result)])
  }
}
