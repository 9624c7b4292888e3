import Compute
import Foundation
import WideKernels

/// Every point function, and those with an activation for every activation. Bound: running error analysis.
struct MapCase: CaseBody {
  enum Sharing: String, Sendable {
    case none
    /// The second input has one row, repeated.
    case row
    /// The second input has one item, repeated.
    case item
    /// The result overwrites the first input.
    case inPlace = "in-place"
  }

  var function: PointFunction
  var batch: Int
  var rows: Int
  var columns: Int
  var sharing = Sharing.none
  var layout = Layout.dense

  var label: String { "\(function) b\(batch) \(rows)x\(columns) \(sharing.rawValue) \(layout)" }

  static var all: [any CaseBody] {
    let arithmetic: [PointFunction] = [
      .sum, .difference, .product, .scaled(by: -0.7, plus: 0.3), .addScaled(1.0 / 3), .square, .exponential, .quotient, .logarithm,
    ]
    let sizes = [(1, 1, 1), (2, 7, 9), (1, 8, 16), (1, 130, 31), (3, 33, 65), (1, 1, 1000)]
    var cases: [MapCase] = []
    for (index, function) in arithmetic.enumerated() {
      for (place, (batch, rows, columns)) in sizes.enumerated() where (index + place) % 2 == 0 {
        cases.append(
          MapCase(function: function, batch: batch, rows: rows, columns: columns, layout: place % 4 < 2 ? .dense : .strided))
      }
      for sharing in function.inputCount == 2 ? [Sharing.row, .item, .inPlace] : [.inPlace] {
        cases.append(
          MapCase(function: function, batch: 3, rows: 9, columns: 17, sharing: sharing, layout: index % 2 == 0 ? .strided : .dense))
      }
    }
    for (index, activation) in ActivationCatalog.samples.enumerated() {
      cases.append(MapCase(function: .activation(activation), batch: 1, rows: 9, columns: 33, layout: index % 2 == 0 ? .strided : .dense))
      cases.append(MapCase(function: .activationSlope(activation), batch: 2, rows: 16, columns: 7))
      cases.append(
        MapCase(function: .activationVJP(activation), batch: 1, rows: 31, columns: 8, sharing: index % 3 == 0 ? .inPlace : .none))
    }
    return cases
  }

  func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    let count = batch * rows * columns
    // Mostly in [-3, 3); some large numbers, and an exact 0 where φ′ may jump. Logarithms: positive, over 2^-40 ... 2^40.
    let first = probe.uniforms("x0", count).enumerated().map { index, uniform -> Double in
      if case .logarithm = function { return Double(Float(exp2(index % 3 == 0 ? uniform : 40 * uniform))) }
      return index % 31 == 5 ? 0 : Double(Float((index % 17 == 11 && !isGrowing ? 20 : 3) * uniform))
    }
    let initial = sharing == .inPlace ? first : nil
    let out = try probe.output("out", batch: batch, rows: rows, columns: columns, layout, initial: initial)
    var operands: [Operand] = []
    if sharing == .inPlace {
      operands.append(Operand(values: first, tensor: out.view))
    } else {
      operands.append(try probe.input("x0", first, batch: batch, rows: rows, columns: columns, layout))
    }
    if function.inputCount == 2 {
      let (items, lines) = (sharing == .item ? 1 : batch, sharing == .row ? 1 : rows)
      operands.append(
        try probe.input("x1", probe.uniforms("x1", items * lines * columns), batch: items, rows: lines, columns: columns, layout))
    }
    var expected: [Bounded<P>] = []
    for item in 0..<batch {
      for i in 0..<rows {
        for j in 0..<columns {
          let x = operands.map { Bounded<P>($0[item, i, j]) }
          expected.append(function.apply(x[0], x.count > 1 ? x[1] : Bounded<P>(0)))
        }
      }
    }
    try probe.verify([out], [matches(expected)], mayBeTrivial: isFlatSlope || count == 1) {
      try probe.backend.map(function, operands.map(\.tensor), into: out.view)
    }
  }

  /// Whether the function leaves float32's range at arguments of 20.
  private var isGrowing: Bool {
    switch function {
    case .exponential: true
    case .activation(let activation), .activationSlope(let activation), .activationVJP(let activation): activation is Exp
    default: false
    }
  }

  /// φ′ = 0 everywhere: 0 is then what the case is about.
  private var isFlatSlope: Bool {
    switch function {
    case .activationSlope(let activation), .activationVJP(let activation): activation.isFlat
    default: false
    }
  }
}
