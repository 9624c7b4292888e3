import Compute
import DeepLinear
import Foundation
import Matrices
import Results
import StudyRecords

/// ℓ_p regression by end-to-end rules of several depths, each at its best constant rate.
enum RegressionPart {
  private typealias Fields = LinearAccelerationFields

  /// The initial loss is to fall to this fraction.
  private static func fraction(power: Int) -> Double { power == 2 ? 1e-4 : 1e-6 }
  private static let limit = 50_000

  static func part(_ settings: LinearAccelerationSettings, _ cost: LinearAccelerationCost?) -> LinearAccelerationPart {
    let (depths, powers) = (settings.depths.values, settings.powers.values)
    let summary =
      "regression with p = \(powers.map(String.init).joined(separator: ", ")) by rules of depth "
      + "\(depths.map(String.init).joined(separator: ", ")), each at its best constant rate, \(settings.draws) draws"
    return LinearAccelerationPart(
      summary: summary,
      units: Fields.Problem.allCases.flatMap { problem in
        let size = problem == .identity ? (2, 2) : (settings.regressionPoints, settings.regressionInputs)
        let seconds = cost?.regression(points: size.0, inputs: size.1) ?? 0
        return powers.flatMap { power in
          depths.flatMap { depth in
            (0..<settings.draws).map { draw in
              LinearAccelerationUnit(
                "regression", .regression, seconds: seconds, Fields.problem(problem), Fields.power(power), Fields.depth(depth),
                Fields.draw(draw)
              ) { _ in record(problem, power, depth, draw, settings) }
            }
          }
        }
      })
  }

  private static func record(
    _ problem: Fields.Problem, _ power: Int, _ depth: Int, _ draw: Int, _ settings: LinearAccelerationSettings
  ) -> Record {
    let stream = RandomStream(seed: settings.seed, name: "regression/\(draw)")
    let regression = regression(problem, power, stream, settings)
    let direction = stream.child("start").normals(regression.inputs.columns)
    let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let start = direction.map { settings.startNorm * $0 / length }
    let best = regression.bestDescent(EndToEndRule(depth: depth), from: start, fraction: fraction(power: power), limit: limit)
    guard let best else { return Record(Fields.rate(nil), Fields.steps(nil), Fields.readings([]), Fields.losses([])) }
    let readings = readings(best.losses.count)
    return Record(
      Fields.rate(best.rate), Fields.steps(best.losses.count - 1), Fields.readings(readings.map(Double.init)),
      Fields.losses(readings.map { best.losses[$0] / best.losses[0] }))
  }

  private static func regression(
    _ problem: Fields.Problem, _ power: Int, _ stream: RandomStream, _ settings: LinearAccelerationSettings
  ) -> PowerRegression {
    switch problem {
    case .identity:
      return PowerRegression(inputs: Matrix(rows: 2, columns: 2, values: [1, 0, 0, 1]), targets: [10, 1], power: power)
    case .gaussian:
      let (rows, columns) = (settings.regressionPoints, settings.regressionInputs)
      var inputs = Matrix(rows: rows, columns: columns, values: stream.child("inputs").normals(rows * columns))
      let coefficients = stream.child("coefficients").normals(columns)
      var targets = [Double](repeating: 0, count: rows)
      for row in 0..<rows {
        for column in 0..<columns {
          inputs[row, column] *= pow(settings.condition, -0.5 * Double(column) / Double(max(columns - 1, 1)))
          targets[row] += inputs[row, column] * coefficients[column]
        }
      }
      return PowerRegression(inputs: inputs, targets: targets, power: power)
    }
  }

  /// Steps below `count` at which losses are recorded: all up to 20, then ever further apart, and the last.
  private static func readings(_ count: Int) -> [Int] {
    var (steps, step) = ([Int](), 0)
    while step < count - 1 {
      steps.append(step)
      step += max(1, step / 12)
    }
    return steps + [count - 1]
  }
}
