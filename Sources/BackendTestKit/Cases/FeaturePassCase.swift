import Compute
import WideKernels

/// A function with one hidden layer and its Jacobian. Bound: running error analysis per feature, γ over the features.
package struct FeaturePassCase: CaseBody {
  var activation: ActivationKind
  var batch = 1
  /// Numbers of points, features, coordinates and outputs.
  package var n, features, width, outputs: Int
  var hasBiases = true
  var hasJacobian = true
  var layout = Layout.dense

  package var label: String {
    "\(activation) b\(batch) n\(n) M\(features) w\(width) c\(outputs)" + (hasBiases ? " biases" : "")
      + (hasJacobian ? " jacobian" : "") + " \(layout)"
  }

  static var all: [any CaseBody] {
    var cases = ActivationKind.samples.enumerated().map { index, activation in
      FeaturePassCase(
        activation: activation, n: 7, features: 9, width: 1 + index % 4, outputs: 1 + index % 3, hasBiases: index % 4 != 1)
    }
    // batch, points, features, width, outputs: below, at and above vectors, tiles and blocks of 32 features.
    let sizes = [
      (1, 1, 1, 1, 1), (2, 7, 33, 2, 1), (1, 33, 8, 4, 3), (3, 16, 31, 3, 2), (1, 130, 65, 2, 1), (1, 65, 7, 5, 10), (1, 9, 300, 1, 5),
      (2, 8, 3, 64, 1), (1, 5, 17, 33, 2),
    ]
    for (index, activation) in ([.erf, .relu, .gelu, .tanh] as [ActivationKind]).enumerated() {
      for (place, (batch, n, features, width, outputs)) in sizes.enumerated() {
        cases.append(
          FeaturePassCase(
            activation: activation, batch: batch, n: n, features: features, width: width, outputs: outputs,
            hasBiases: (index + place) % 3 != 2, hasJacobian: (index + place) % 4 != 3, layout: place % 2 == 0 ? .strided : .dense))
      }
    }
    for hasJacobian in [false, true] {
      cases.append(FeaturePassCase(activation: .erf, n: 9, features: 0, width: 2, outputs: 2, hasJacobian: hasJacobian))
    }
    return cases
  }

  package func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    let points = try probe.input(
      "points", probe.uniforms("points", batch * n * width), batch: batch, rows: n, columns: width, layout)
    // Sums of 1 and of 64 products alike reach about ±2.
    let scale = (4 / Double(width)).squareRoot()
    let weightValues = probe.uniforms("weights", batch * features * width).map { Double(Float(scale * $0)) }
    let weights = try probe.input("weights", weightValues, batch: batch, rows: features, columns: width, layout)
    let biases =
      hasBiases
      ? try probe.input("biases", probe.uniforms("biases", batch * features), batch: batch, rows: features, columns: 1, layout) : nil
    let coefficients = try probe.input(
      "coefficients", probe.uniforms("coefficients", batch * features * outputs), batch: batch, rows: features, columns: outputs, layout)
    let value = try probe.output("value", batch: batch, rows: n, columns: outputs, layout)
    let jacobian = try probe.output("jacobian", batch: batch, rows: n, columns: outputs * width, layout)
    let job = FeaturePassJob(
      activation: activation, points: points.tensor, weights: weights.tensor, biases: biases?.tensor, coefficients: coefficients.tensor,
      value: value.view, jacobian: hasJacobian ? jacobian.view : nil)

    let expected = expectation(P.self, points, weights, biases, coefficients)
    try probe.verify(
      hasJacobian ? [value, jacobian] : [value],
      hasJacobian ? [matches(expected.value), matches(expected.jacobian)] : [matches(expected.value)],
      mayBeTrivial: n * features < 4 || activation.formulas.isFlat
    ) { try probe.backend.perform(.featurePass(job)) }
  }

  func expectation<P: Rounding>(
    _ rounding: P.Type, _ points: Operand, _ weights: Operand, _ biases: Operand?, _ coefficients: Operand
  ) -> (value: [Bounded<P>], jacobian: [Bounded<P>]) {
    typealias Number = Bounded<P>
    var (value, jacobian): ([Number], [Number]) = ([], [])
    for item in 0..<batch {
      for i in 0..<n {
        let layer = (0..<features).map { m -> (value: Number, slope: Number) in
          let products = (0..<width).map { Number(weights[item, m, $0]) * Number(points[item, i, $0]) }
          let x = Number.sum(products + (biases.map { [Number($0[item, m, 0])] } ?? []))
          return activation.visit(FeatureVisitor(x: x))
        }
        for o in 0..<outputs {
          let a = (0..<features).map { Number(coefficients[item, $0, o]) }
          value.append(Number.sum((0..<features).map { a[$0] * layer[$0].value }))
          guard hasJacobian else { continue }
          for k in 0..<width {
            jacobian.append(Number.sum((0..<features).map { a[$0] * layer[$0].slope * Number(weights[item, $0, k]) }))
          }
        }
      }
    }
    return (value, jacobian)
  }
}

private struct FeatureVisitor<R: RealAlgebra>: ActivationVisitor {
  let x: R
  func visit<A: Activation>(_ activation: A) -> (value: R, slope: R) { activation.valueAndSlope(x) }
}

extension JobOracle {
  func featurePass(_ job: FeaturePassJob) throws(ComputeError) -> Deviation {
    func item(_ name: String, _ tensor: Tensor) throws(ComputeError) -> Operand {
      Operand(values: Array(try input(name).rows(place.item, 0..<tensor.rows)), tensor: tensor.item(place.item))
    }
    let (weights, coefficients) = (try item("weights", job.weights), try item("coefficients", job.coefficients))
    let biases: Operand? = if let biases = job.biases { try item("biases", biases) } else { nil }
    let body = FeaturePassCase(
      activation: job.activation, n: 1, features: job.weights.rows, width: job.points.columns, outputs: job.coefficients.columns,
      hasBiases: job.biases != nil, hasJacobian: output.name == "jacobian")
    let point = Operand(
      values: Array(try input("points").row(place.item, place.row)),
      tensor: job.points.item(place.item).rows(place.row..<place.row + 1))
    let expected = body.expectation(P.self, point, weights, biases, coefficients)
    return deviation(from: output.name == "jacobian" ? expected.jacobian[place.column] : expected.value[place.column])
  }
}
