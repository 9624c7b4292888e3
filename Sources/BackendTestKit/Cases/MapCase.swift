import Compute
import Foundation
import WideKernels

/// Every point function, and those with an activation for every activation. Bound: running error analysis.
package struct MapCase: CaseBody {
  /// The sizes of an input that are 1 and repeated.
  struct Repetition: OptionSet, Sendable, CustomStringConvertible {
    let rawValue: Int
    static let item = Repetition(rawValue: 1)
    static let row = Repetition(rawValue: 2)
    static let column = Repetition(rawValue: 4)
    static let all = (0..<8).map(Repetition.init)

    var description: String {
      let names = [(Repetition.item, "item"), (.row, "row"), (.column, "column")].filter { contains($0.0) }.map(\.1)
      return names.isEmpty ? "whole" : names.joined(separator: "+")
    }
  }

  var function: PointFunction
  var batch: Int
  var rows: Int
  var columns: Int
  var first: Repetition = []
  var second: Repetition = []
  /// The result overwrites the first input.
  var isInPlace = false
  var layout = Layout.dense

  package var label: String {
    let inputs = function.inputCount == 2 ? "\(first),\(second)" : "\(first)"
    return "\(function) b\(batch) \(rows)x\(columns) \(inputs)\(isInPlace ? " in-place" : "") \(layout)"
  }

  static var all: [any CaseBody] {
    let arithmetic: [PointFunction] = [
      .sum, .difference, .product, .scaled(by: -0.7, plus: 0.3), .addScaled(1.0 / 3), .square, .exponential, .quotient, .logarithm,
      .squareRoot, .combination(0.9, -0.1),
    ]
    let sizes = [(1, 1, 1), (2, 7, 9), (1, 8, 16), (1, 130, 31), (3, 33, 65), (1, 1, 1000)]
    var cases: [MapCase] = []
    for (index, function) in arithmetic.enumerated() {
      for (place, (batch, rows, columns)) in sizes.enumerated() where (index + place) % 2 == 0 {
        cases.append(
          MapCase(function: function, batch: batch, rows: rows, columns: columns, layout: place % 4 < 2 ? .dense : .strided))
      }
      let layout = index % 2 == 0 ? Layout.strided : .dense
      cases.append(MapCase(function: function, batch: 3, rows: 9, columns: 17, isInPlace: true, layout: layout))
      for repetition in Repetition.all.dropFirst() {
        if function.inputCount == 2 {
          cases.append(MapCase(function: function, batch: 3, rows: 9, columns: 17, second: repetition, layout: layout))
        }
        let other: Repetition = repetition == .row && function.inputCount == 2 ? .column : []
        cases.append(MapCase(function: function, batch: 3, rows: 9, columns: 17, first: repetition, second: other, layout: layout))
      }
    }
    // Wide rows in parts, and many narrow ones.
    for layout in [Layout.dense, .strided] {
      for (batch, rows, columns) in [(1, 3, 5000), (2, 701, 3), (1, 3000, 2)] {
        cases.append(MapCase(function: .quotient, batch: batch, rows: rows, columns: columns, second: .column, layout: layout))
        cases.append(
          MapCase(function: .product, batch: batch, rows: rows, columns: columns, first: .column, layout: layout))
      }
    }
    cases.append(
      MapCase(function: .difference, batch: 2, rows: 300, columns: 10, second: .column, isInPlace: true, layout: .strided))
    for (index, activation) in ActivationKind.samples.enumerated() {
      cases.append(MapCase(function: .activation(activation), batch: 1, rows: 9, columns: 33, layout: index % 2 == 0 ? .strided : .dense))
      cases.append(MapCase(function: .activationSlope(activation), batch: 2, rows: 16, columns: 7))
      cases.append(MapCase(function: .activationCurvature(activation), batch: 1, rows: 5, columns: 21))
      cases.append(
        MapCase(
          function: .activationVJP(activation), batch: 1, rows: 31, columns: 8, second: index % 3 == 1 ? .column : [],
          isInPlace: index % 3 == 0))
    }
    return cases
  }

  package func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    func sizes(_ repetition: Repetition) -> (batch: Int, rows: Int, columns: Int) {
      (repetition.contains(.item) ? 1 : batch, repetition.contains(.row) ? 1 : rows, repetition.contains(.column) ? 1 : columns)
    }
    let size = sizes(first)
    // Mostly in [-3, 3); some large numbers, and an exact 0 where φ′ may jump. Logarithms: positive, over 2^-40 ... 2^40; roots: also 0.
    let values = probe.uniforms("x0", size.batch * size.rows * size.columns).enumerated().map { index, uniform -> Double in
      switch function {
      case .logarithm: return Double(Float(exp2(index % 3 == 0 ? uniform : 40 * uniform)))
      case .squareRoot: return index % 31 == 5 ? 0 : Double(Float(exp2(40 * uniform)))
      default: break
      }
      return index % 31 == 5 ? 0 : Double(Float((index % 17 == 11 && !isGrowing ? 20 : 3) * uniform))
    }
    let out = try probe.output("out", batch: batch, rows: rows, columns: columns, layout, initial: isInPlace ? values : nil)
    var operands: [Operand] = []
    if isInPlace {
      operands.append(Operand(values: values, tensor: out.view))
    } else {
      operands.append(try probe.input("x0", values, batch: size.batch, rows: size.rows, columns: size.columns, layout))
    }
    if function.inputCount == 2 {
      let size = sizes(second)
      let values = probe.uniforms("x1", size.batch * size.rows * size.columns)
      operands.append(try probe.input("x1", values, batch: size.batch, rows: size.rows, columns: size.columns, layout))
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
    try probe.verify([out], [matches(expected)], mayBeTrivial: isFlatSlope || values.count == 1) {
      try probe.backend.perform(.map(MapJob(function, operands.map(\.tensor), into: out.view)))
    }
  }

  /// Whether the function leaves float32's range at arguments of 20.
  private var isGrowing: Bool {
    switch function {
    case .exponential: true
    case .activation(let activation), .activationSlope(let activation), .activationVJP(let activation),
      .activationCurvature(let activation):
      activation.formulas is Exp
    default: false
    }
  }

  /// φ′ = 0 everywhere: 0 is then what the case is about.
  private var isFlatSlope: Bool {
    switch function {
    case .activationSlope(let activation), .activationVJP(let activation): activation.formulas.isFlat
    case .activationCurvature(let activation): activation.formulas.hasFlatSlope
    default: false
    }
  }
}

extension JobOracle {
  func map(_ job: MapJob) throws(ComputeError) -> Deviation {
    func value(_ index: Int) throws(ComputeError) -> Number { Number(try input("x\(index)")[place.item, place.row, place.column]) }
    return deviation(from: job.function.apply(try value(0), job.inputs.count > 1 ? try value(1) : Number(0)))
  }
}
