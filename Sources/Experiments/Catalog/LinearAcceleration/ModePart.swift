import Compute
import DeepLinear
import LinearAlgebra
import Matrices
import Results
import StudyRecords

/// Singular modes of N matrices on whitened inputs: each one's own equation beside the dynamics of all matrices.
enum ModePart {
  private typealias Fields = LinearAccelerationFields

  static func part(_ settings: LinearAccelerationSettings, _ cost: LinearAccelerationCost?) -> LinearAccelerationPart {
    let (depths, strengths) = (settings.depths.values, settings.strengths)
    let summary =
      "singular modes of strengths \(strengths.map { "\($0)" }.joined(separator: ", ")) from \(settings.modeStart), "
      + "N = \(depths.map(String.init).joined(separator: ", "))"
    return LinearAccelerationPart(
      summary: summary,
      units: depths.flatMap { depth in
        strengths.indices.map { mode in
          LinearAccelerationUnit("singular modes", .mode, seconds: cost?.mode(depth) ?? 0, Fields.depth(depth), Fields.mode(mode)) { _ in
            try record(depth, mode, strengths, settings)
          }
        }
      })
  }

  private static func record(_ depth: Int, _ mode: Int, _ strengths: [Double], _ settings: LinearAccelerationSettings) throws -> Record {
    let count = strengths.count, size = count + 1
    let flow = DeepLinearFlow(
      widths: [Int](repeating: size, count: depth + 1), rates: [Double](repeating: 1, count: depth))
    let integrator = DormandPrince(relativeTolerance: settings.tolerance, absoluteTolerance: 1e-3 * settings.tolerance * settings.modeStart)
    let saxe = SaxeMode(depth: depth, strength: strengths[mode], start: settings.modeStart)
    let times = try readings(depth, strengths, settings.modeStart, integrator)
    let expected = try saxe.values(at: times, integrator: integrator)
    // Left and right singular vectors: those of a random matrix, drawn for all modes alike.
    let stream = RandomStream(seed: settings.seed, name: "modes/\(depth)")
    let frame = try SingularFrame(size: size, stream)
    let start = try flow.balancedState(
      frame.matrix([Double](repeating: settings.modeStart, count: count)), stream: stream.child("frames"))
    let correlation = frame.matrix(strengths)
    var values = [frame.mode(mode, of: flow.product(start))]
    var leak = 0.0
    try integrator.integrate(
      start, over: 0...times[times.count - 1], derivative: { _, state in flow.derivative(state) { $0 - correlation } }
    ) { step in
      while values.count < times.count, times[values.count] <= step.endTime {
        let product = flow.product(step.value(at: times[values.count]))
        values.append(frame.mode(mode, of: product))
        leak = max(leak, (product - frame.matrix((0..<count).map { frame.mode($0, of: product) })).norm / strengths[0])
      }
      return true
    }
    let deviation = zip(values, expected).map { abs($0 - $1) / strengths[mode] }.max() ?? 0
    return Record(
      Fields.strength(strengths[mode]), Fields.times(times), Fields.integrated(values), Fields.expected(expected),
      Fields.deviation(deviation), Fields.leak(leak), Fields.halfTime(zip(times, values).first { $0.1 >= 0.5 * strengths[mode] }?.0))
  }

  /// A hundred and sixty times until the slowest mode has come within 1 % of its strength.
  private static func readings(
    _ depth: Int, _ strengths: [Double], _ start: Double, _ integrator: DormandPrince
  ) throws -> [Double] {
    let slowest = strengths[strengths.count - 1]
    let mode = SaxeMode(depth: depth, strength: slowest, start: start)
    var end = 1 / slowest
    while try mode.values(at: [end], integrator: integrator)[0] < 0.99 * slowest { end *= 1.25 }
    return (0...160).map { end * Double($0) / 160 }
  }
}

/// Orthonormal vectors u_k and v_k of the modes.
private struct SingularFrame {
  private let left: [Double]
  private let right: [Double]
  private let size: Int

  init(size: Int, _ stream: RandomStream) throws {
    let svd = try singularValues(stream.child("directions").normals(size * size), rows: size, columns: size)
    (left, right) = (svd.left, svd.right)
    self.size = size
  }

  /// Σ_k s_k u_k v_kᵀ.
  func matrix(_ values: [Double]) -> Matrix {
    var matrix = Matrix(zeros: size, size)
    for (k, value) in values.enumerated() {
      for i in 0..<size { for j in 0..<size { matrix[i, j] += value * left[i * size + k] * right[k * size + j] } }
    }
    return matrix
  }

  /// u_kᵀ W v_k.
  func mode(_ k: Int, of matrix: Matrix) -> Double {
    var sum = 0.0
    for i in 0..<size { for j in 0..<size { sum += left[i * size + k] * matrix[i, j] * right[k * size + j] } }
    return sum
  }
}
