import Foundation

/// Initial value problems y′ = f(t, y) in float64 on the host: an explicit Runge–Kutta pair of order 5 with steps of adaptive size.
///
/// A step is taken if the root mean square of (error estimate of order 4) / (absolute + relative · max(|y|, |y_next|)) is at most 1.
/// For small systems that are not stiff.
///
/// Source: Dormand & Prince 1980; continuous extension of order 4 and step control: Hairer, Nørsett & Wanner, *Solving Ordinary
/// Differential Equations I*, 2nd ed., sec. II.4 and II.6 (DOPRI5).
public struct DormandPrince: Sendable {
  /// Error that a step may have, relative to |y|.
  public var relativeTolerance: Double
  /// Error that a step may have whatever the size of y.
  public var absoluteTolerance: Double
  /// Taken and rejected ones.
  public var maximumSteps: Int

  public init(relativeTolerance: Double = 1e-9, absoluteTolerance: Double = 1e-12, maximumSteps: Int = 1_000_000) {
    self.relativeTolerance = relativeTolerance
    self.absoluteTolerance = absoluteTolerance
    self.maximumSteps = maximumSteps
  }

  /// One accepted step, with the solution at every time within it.
  public struct Step: Sendable {
    /// Time at the start.
    public let start: Double
    /// Length in time.
    public let length: Double
    /// y at the end.
    public let end: [Double]
    fileprivate let continuation: [[Double]]

    /// Time at the end.
    public var endTime: Double { start + length }

    /// y at `time` from `start` to `endTime`, to order 4.
    public func value(at time: Double) -> [Double] {
      let theta = (time - start) / length, rest = 1 - theta
      return end.indices.map { i in
        let inner = continuation[3][i] + rest * continuation[4][i]
        return continuation[0][i] + theta * (continuation[1][i] + rest * (continuation[2][i] + theta * inner))
      }
    }
  }

  /// Integrates from `interval.lowerBound` until `observe` returns false, or to the end of the interval.
  ///
  /// - Parameters:
  ///   - derivative: f(t, y), as many numbers as y.
  ///   - observe: is told of every accepted step; returns whether to go on.
  /// - Returns: y where it ended.
  /// - Throws: `DeepLinearError.integration` where steps become too many, too short or not finite; what `observe` throws.
  @discardableResult
  public func integrate(
    _ start: [Double], over interval: ClosedRange<Double>, derivative: (Double, [Double]) -> [Double],
    observe: (Step) throws -> Bool = { _ in true }
  ) throws -> [Double] {
    var (t, y) = (interval.lowerBound, start)
    var slope = derivative(t, y)
    var h = initialLength(t, y, slope, interval, derivative)
    var steps = 0
    while t < interval.upperBound {
      let isLast = t + h >= interval.upperBound
      if isLast { h = interval.upperBound - t }
      steps += 1
      guard steps <= maximumSteps, isLast || t + h > t, h.isFinite else {
        throw DeepLinearError.integration(time: t, end: interval.upperBound, steps: steps)
      }
      let stages = self.stages(t, y, slope, h, derivative)
      let error = errorNorm(y, stages, h)
      guard error <= 1 else {
        // Not finite: far outside the region of stability.
        h *= error.isFinite ? max(0.2, 0.9 * pow(error, -0.2)) : 0.1
        continue
      }
      let step = Step(start: t, length: h, end: stages.end, continuation: continuation(y, stages, h))
      t = isLast ? interval.upperBound : t + h
      y = stages.end
      slope = stages.slopes[6]
      if try !observe(step) { return y }
      h *= min(5, max(0.2, 0.9 * pow(max(error, 1e-10), -0.2)))
    }
    return y
  }

  /// The seven slopes k_1 … k_7 and y at the end; k_7 is the next step's k_1.
  private func stages(
    _ t: Double, _ y: [Double], _ first: [Double], _ h: Double, _ derivative: (Double, [Double]) -> [Double]
  ) -> (slopes: [[Double]], end: [Double]) {
    var slopes = [first], point = y
    for (row, node) in zip(Self.matrix, Self.nodes) {
      point = y
      for (weight, slope) in zip(row, slopes) where weight != 0 {
        for i in point.indices { point[i] += h * weight * slope[i] }
      }
      slopes.append(derivative(t + node * h, point))
    }
    return (slopes, point)
  }

  private func errorNorm(_ y: [Double], _ stages: (slopes: [[Double]], end: [Double]), _ h: Double) -> Double {
    var sum = 0.0
    for i in y.indices {
      var error = 0.0
      for (weight, slope) in zip(Self.errorWeights, stages.slopes) { error += weight * slope[i] }
      let scale = absoluteTolerance + relativeTolerance * max(abs(y[i]), abs(stages.end[i]))
      sum += (h * error / scale) * (h * error / scale)
    }
    let norm = (sum / Double(max(y.count, 1))).squareRoot()
    return norm.isFinite ? norm : .infinity
  }

  private func continuation(_ y: [Double], _ stages: (slopes: [[Double]], end: [Double]), _ h: Double) -> [[Double]] {
    let difference = zip(stages.end, y).map { $0 - $1 }
    let third = zip(stages.slopes[0], difference).map { h * $0 - $1 }
    let fourth = y.indices.map { difference[$0] - h * stages.slopes[6][$0] - third[$0] }
    var fifth = [Double](repeating: 0, count: y.count)
    for (weight, slope) in zip(Self.denseWeights, stages.slopes) where weight != 0 {
      for i in fifth.indices { fifth[i] += h * weight * slope[i] }
    }
    return [y, difference, third, fourth, fifth]
  }

  /// Source: Hairer, Nørsett & Wanner, sec. II.4, "starting step size".
  private func initialLength(
    _ t: Double, _ y: [Double], _ slope: [Double], _ interval: ClosedRange<Double>, _ derivative: (Double, [Double]) -> [Double]
  ) -> Double {
    func norm(_ values: [Double]) -> Double {
      let sum = zip(values, y).reduce(0.0) { sum, pair in
        let scaled = pair.0 / (absoluteTolerance + relativeTolerance * abs(pair.1))
        return sum + scaled * scaled
      }
      return (sum / Double(max(y.count, 1))).squareRoot()
    }
    let (size, speed) = (norm(y), norm(slope))
    let first = size < 1e-5 || speed < 1e-5 ? 1e-6 : 0.01 * size / speed
    let ahead = derivative(t + first, zip(y, slope).map { $0 + first * $1 })
    let curvature = norm(zip(ahead, slope).map { $0 - $1 }) / first
    let largest = max(speed, curvature)
    let second = largest <= 1e-15 ? max(1e-6, 1e-3 * first) : pow(0.01 / largest, 0.2)
    return min(100 * first, second, interval.upperBound - interval.lowerBound)
  }

  private static let nodes = quotients([(1, 5), (3, 10), (4, 5), (8, 9), (1, 1), (1, 1)])
  private static let matrix = [
    quotients([(1, 5)]),
    quotients([(3, 40), (9, 40)]),
    quotients([(44, 45), (-56, 15), (32, 9)]),
    quotients([(19372, 6561), (-25360, 2187), (64448, 6561), (-212, 729)]),
    quotients([(9017, 3168), (-355, 33), (46732, 5247), (49, 176), (-5103, 18656)]),
    quotients([(35, 384), (0, 1), (500, 1113), (125, 192), (-2187, 6784), (11, 84)]),
  ]
  /// Order 5 minus order 4.
  private static let errorWeights = quotients([
    (71, 57600), (0, 1), (-71, 16695), (71, 1920), (-17253, 339200), (22, 525), (-1, 40),
  ])
  private static let denseWeights = quotients([
    (-12_715_105_075, 11_282_082_432), (0, 1), (87_487_479_700, 32_700_410_799), (-10_690_763_975, 1_880_347_072),
    (701_980_252_875, 199_316_789_632), (-1_453_857_185, 822_651_844), (69_997_945, 29_380_423),
  ])

  private static func quotients(_ pairs: [(Double, Double)]) -> [Double] { pairs.map { $0.0 / $0.1 } }
}
