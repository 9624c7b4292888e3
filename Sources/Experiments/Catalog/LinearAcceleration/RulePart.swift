import Compute
import DeepLinear
import Foundation
import Matrices
import Results
import StudyRecords

/// A balanced chain of N − 1 bottlenecks beside the end-to-end rule of depth N: the same equation.
enum RulePart {
  private typealias Fields = LinearAccelerationFields

  static func part(_ settings: LinearAccelerationSettings, _ cost: LinearAccelerationCost?) -> LinearAccelerationPart {
    let depths = settings.depths.values.filter { $0 > 1 }
    return LinearAccelerationPart(
      summary: "chains of N − 1 bottlenecks beside the end-to-end rule, N = \(depths.map(String.init).joined(separator: ", "))",
      units: depths.map { depth in
        LinearAccelerationUnit("end-to-end rule", .rule, seconds: cost?.rule(depth) ?? 0, Fields.depth(depth)) { _ in
          Record(Fields.deviation(try deviation(depth, settings)))
        }
      })
  }

  /// The largest |β_chain − β_rule| over |β*| while the target of norm 3 is learned from |β| = 0.3.
  ///
  /// With L weight matrices in every segment β = s ∏ W_j. The factors s^(1/N) W_j have the product β itself, and move at the rate
  /// L s^(2/N).
  private static func deviation(_ depth: Int, _ settings: LinearAccelerationSettings) throws -> Double {
    let (n, layers) = (settings.inputs, settings.layersF)
    let network = LinearBottlenecks(
      inputs: n, widths: [Int](repeating: 4, count: depth - 1), layers: [Int](repeating: layers, count: depth))
    let stream = RandomStream(seed: settings.seed, name: "rule/\(depth)")
    let task = LinearTask(
      eigenvalues: LinearTask.spectrum(inputs: n, decay: 1), direction: stream.child("target").normals(n), norm: 3)
    let direction = stream.child("start").normals(n), length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let beta = direction.map { 0.3 * $0 / length }
    let flow = network.flow, rule = EndToEndRule(depth: depth)
    let speed = Double(layers) * pow(flow.scale, 2 / Double(depth))
    let start = try flow.balancedState(Matrix(rows: 1, columns: n, values: beta), stream: stream.child("frames"))
    let size = task.target.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let integrator = DormandPrince(relativeTolerance: settings.tolerance, absoluteTolerance: 1e-3 * settings.tolerance)
    let times = (1...20).map { Double($0) / (4 * network.rateWithout) }
    func values(_ first: [Double], _ read: ([Double]) -> [Double], _ derivative: (Double, [Double]) -> [Double]) throws -> [[Double]] {
      var values: [[Double]] = []
      try integrator.integrate(first, over: 0...times[times.count - 1], derivative: derivative) { step in
        while values.count < times.count, times[values.count] <= step.endTime { values.append(read(step.value(at: times[values.count]))) }
        return true
      }
      return values
    }
    let chain = try values(start, { flow.product($0).values }) { _, state in
      flow.derivative(state) { Matrix(rows: 1, columns: n, values: task.gradient($0.values)) }
    }
    let endToEnd = try values(beta, { $0 }) { _, w in rule.velocity(w, gradient: task.gradient(w)).map { speed * $0 } }
    return zip(chain, endToEnd).map { a, b in
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() / size
    }.max() ?? 0
  }
}
