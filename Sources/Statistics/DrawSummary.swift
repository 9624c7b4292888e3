import Foundation

/// Median and quartiles of curves of several draws, at every step that one of them recorded (of very many, at 10,000).
///
/// Between two of its records a draw is interpolated: linearly in the step, in the logarithm of step and value where both axes are
/// logarithmic. After its last record it keeps its last value, since a run ends when there is nothing more to train. Before its
/// first it does not count.
package struct DrawSummary {
  /// A quantity by step, steps increasing.
  package typealias Curve = [(step: Double, value: Double)]

  /// Median at every step.
  package private(set) var medians: Curve = []
  /// Lower and upper quartile at the steps of `medians`.
  package private(set) var quartiles: [(lower: Double, upper: Double)] = []

  /// - Parameters:
  ///   - curves: one per draw, steps increasing.
  ///   - isLog: whether steps and values are drawn, and so interpolated, as logarithms. Values ≤ 0 then make a linear piece.
  package init(_ curves: [Curve], isLog: Bool) {
    let steps = DrawSummary.thinned(Set(curves.flatMap { $0.map(\.step) }).sorted())
    // One pass over each curve: the index of its next record moves with the steps.
    var next = [Int](repeating: 0, count: curves.count)
    for step in steps {
      var values: [Double] = []
      for (draw, curve) in curves.enumerated() {
        while next[draw] < curve.count, curve[next[draw]].step <= step { next[draw] += 1 }
        guard next[draw] > 0 else { continue }
        let last = curve[next[draw] - 1]
        let following = next[draw] < curve.count && last.step < step ? curve[next[draw]] : nil
        values.append(following.map { DrawSummary.interpolate(last, $0, at: step, isLog: isLog) } ?? last.value)
      }
      let own = Quartiles(values)
      guard let median = own.median, let lower = own.lower, let upper = own.upper else { continue }
      medians.append((step, median))
      quartiles.append((lower, upper))
    }
  }

  /// More than a figure has pixels would only cost time.
  private static let mostSteps = 10_000

  /// Evenly by rank, with both ends.
  private static func thinned(_ steps: [Double]) -> [Double] {
    guard steps.count > mostSteps else { return steps }
    return (0..<mostSteps).map { steps[$0 * (steps.count - 1) / (mostSteps - 1)] }
  }

  private static func interpolate(
    _ first: (step: Double, value: Double), _ second: (step: Double, value: Double), at step: Double, isLog: Bool
  ) -> Double {
    if isLog, first.step > 0, first.value > 0, second.value > 0 {
      let weight = log(step / first.step) / log(second.step / first.step)
      return first.value * pow(second.value / first.value, weight)
    }
    return first.value + (second.value - first.value) * (step - first.step) / (second.step - first.step)
  }
}
