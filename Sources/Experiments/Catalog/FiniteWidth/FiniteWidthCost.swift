import Compute
import FiniteNetworks
import Learning
import Networks
import StudyRecords

/// Estimates of time, from short probes of the device.
struct FiniteWidthCost {
  /// Pivots of a basis at the tolerances that are used here.
  static let expectedRank = 300

  private let settings: FiniteWidthSettings
  private let networks: [BottleneckLabel: Network]
  private let points: Int
  private let secondsPerPair: Double
  private let secondsPerFeature: Double
  private let secondsPerMultiply: Double
  private let secondsPerOperation: Double

  init(_ settings: FiniteWidthSettings, networks: [BottleneckLabel: Network], points: Int, on engine: Engine) throws {
    self.settings = settings
    self.networks = networks
    self.points = points
    let block = try settings.blocks.network([2], inputs: 2, outputs: 1).blocks[1]
    let shallow = try WideBlock(layers: block.layers.prefix(2) + [.dense(Dense(1))])
    let n = 512
    let stream = RandomStream(seed: 0, name: "probe")
    let z = try engine.tensor(stream.normals(n * 2), rows: n, columns: 2)
    let coefficients = try engine.tensor([Double](repeating: 1, count: n), rows: n, columns: 1)
    secondsPerPair =
      try DeviceProbe.seconds(engine) {
        _ = try engine.widePass(.ntk, block.program, points: z, centres: z, coefficients: coefficients, jacobian: true)
      } / Double(n * n)
    let features = 1024
    let finite = try FiniteNetwork(
      Architecture(Network(inputs: 2, blocks: [shallow]), width: features), members: [stream], on: engine)
    secondsPerFeature = try DeviceProbe.seconds(engine) { _ = try finite.outputs(z) } / Double(n * features)
    let square = try engine.zeros(rows: 1024, columns: 1024)
    secondsPerMultiply = try DeviceProbe.seconds(engine) { _ = try engine.gemm(square, square) } / Double(1 << 30)
    let one = try engine.zeros(rows: 1, columns: 1)
    secondsPerOperation = try DeviceProbe.seconds(engine) { for _ in 0..<64 { _ = try engine.map(.square, one) } } / 64
  }

  /// - Parameter wave: draws of one network at one width.
  func seconds(_ wave: [FiniteWidthUnit]) -> Double {
    guard let network = networks[wave[0].chain] else { return 0 }
    let (steps, count, draws) = (Double(settings.steps), Double(points), Double(wave.count))
    let batch = Double(settings.batch > 0 ? settings.batch : settings.train)
    var perStep = 0.0
    for (index, block) in network.blocks.enumerated() {
      let (width, depth) = (Double(wave[0].width), Double(block.hiddenLayers))
      // Forward, backward and a look at all points for the finite network; value and Jacobian for the limit and its twin.
      perStep += count * width * secondsPerFeature * depth * (index == 0 ? 3 : 6)
      perStep += count * width * width * (depth - 1) * secondsPerMultiply * (index == 0 ? 4 : 8)
      guard index > 0 else { continue }
      let centres = settings.history == .exact ? steps / 2 * batch : min(steps / 2 * batch, Double(Self.expectedRank))
      perStep += 2 * count * centres * secondsPerPair + 30 * secondsPerOperation
    }
    return draws * steps * perStep + steps * 60 * Double(network.blocks.count) * secondsPerOperation
  }
}
