import Compute
import Foundation
import Learning
import Networks
import WideKernels

/// Estimates of time and memory, from short probes of the device and from ranks seen on digits and MNIST.
struct BottleneckCost {
  let settings: BottleneckSettings
  let deviceBytes: Int
  let setupSeconds: Double
  let usesExactHistory: Bool
  private let points: Int
  private let tests: Int
  private let secondsPerPair: Double
  private let secondsPerFeature: Double
  private let secondsPerProduct: Double
  private let outputs: Int

  init(_ settings: BottleneckSettings, data: BottleneckData, chains: [Chain], on engine: Engine) throws {
    self.settings = settings
    (points, tests, outputs) = (data.trainInputs.rows, data.testInputs.rows, data.outputs)
    let first = chains.first { !$0.widths.isEmpty } ?? Chain(widths: [1])
    let network = try settings.network(first.widths, inputs: data.trainInputs.columns, outputs: outputs)
    let last = network.blocks[network.blocks.count - 1]
    usesExactHistory = settings.keepsExactHistory(network)
    (secondsPerPair, secondsPerFeature, secondsPerProduct) = try Self.probe(settings, last, width: first.widths.last ?? 1, on: engine)
    let all = points + tests
    let counts = Set(chains.map { max(1, $0.widths.count) })
    // Q_0 and its factor, Θ_0, Θ_0 at test points; each for the chains and for their baseline.
    deviceBytes = 8 * (counts.count * 2 * (all * all + points * all) + all * all)
    let assembly = Double(counts.count) * 2 * Double(all * all) * Double(settings.depth) * 2 * secondsPerPair
    setupSeconds = assembly + Double(counts.count) * 2e-10 * pow(Double(points), 3)
  }

  /// Seconds of one run, its twin included.
  func seconds(_ unit: BottleneckPlan.Unit) -> Double {
    let steps = Double(settings.steps)
    let n = Double(points)
    if unit.chain.widths.isEmpty { return settings.isClosedForm ? 0.05 : steps * n * n * secondsPerProduct }
    let batch = settings.batch > 0 ? Double(settings.batch) : n
    var perStep = n * n * secondsPerProduct * Double(unit.chain.widths[0])
    for width in unit.chain.widths {
      perStep += n * Double(settings.featureWidth(depth: settings.upperDepth)) * secondsPerFeature
      if usesExactHistory {
        perStep += steps / 2 * batch * n * secondsPerPair
      } else {
        let rank = expectedRank(width)
        perStep += 2 * rank * n * secondsPerPair + rank * rank * n * 0.2 / 1e10
      }
    }
    return steps * perStep * (settings.hasTwin(unit.comparison) ? 2 : 1)
  }

  /// Ranks at ε = 1e-2 and 400 points, with their growth in points and tolerance as measured on digits and MNIST.
  private func expectedRank(_ width: Int) -> Double {
    let d = Double(width)
    let base = min(25 * pow(d, 1.9), 500 * pow(d, 0.55))
    let growth = pow(Double(points) / 400, 0.35) * pow(1e-2 / settings.tolerance, min(0.09 * d, 0.4))
    return min(base * growth, Double(settings.rankLimit))
  }

  private static func probe(_ settings: BottleneckSettings, _ block: WideBlock, width: Int, on engine: Engine) throws -> (
    pair: Double, feature: Double, product: Double
  ) {
    let n = 256
    let stream = RandomStream(seed: 0, name: "probe")
    let z = Matrix(rows: n, columns: width, values: stream.normals(n * width))
    let points = try engine.tensor(z.values, rows: n, columns: width)
    let coefficients = try engine.tensor([Double](repeating: 1, count: n * block.outputs), rows: n, columns: block.outputs)
    let pair = try time(engine) {
      _ = try engine.widePass(.ntk, block.program, points: points, centres: points, coefficients: coefficients, jacobian: true)
    }
    let features = settings.featureWidth(depth: settings.upperDepth)
    let start = try FiniteBlock(block, inputs: width, width: min(features, 512), stream: stream, on: engine)
    let feature = try time(engine) { _ = try start.read(at: z, jacobian: true) }
    let square = try engine.zeros(rows: 512, columns: 512)
    let column = square.columns(0..<1)
    let product = try time(engine) { _ = try engine.gemm(square, column) }
    return (pair / Double(n * n), feature / Double(n * min(features, 512)), product / Double(512 * 512))
  }

  /// The fastest of three, after one run that may build kernels.
  private static func time(_ engine: Engine, _ work: () throws -> Void) throws -> Double {
    var best = Double.infinity
    for attempt in 0..<4 {
      let start = ContinuousClock.now
      try work()
      try engine.synchronize()
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      if attempt > 0 { best = min(best, elapsed) }
    }
    return best
  }
}

extension BottleneckSettings {
  /// Hidden width M of a finite block with `depth` hidden layers that stands for an initial function.
  func featureWidth(depth: Int) -> Int { featureWidth > 0 ? featureWidth : (depth == 1 ? 4096 : 1024) }

  /// Whether the network without bottleneck is solved by eigenvalues rather than step by step.
  var isClosedForm: Bool { loss == .squared && batch == 0 }

  func hasTwin(_ comparison: Comparison) -> Bool { twin == .all || (twin == .same && comparison == .same) }

  func keepsExactHistory(_ network: Network) -> Bool {
    switch history {
    case .exact: true
    case .basis: false
    case .auto: network.blocks.dropFirst().contains { $0.program.hasKink }
    }
  }
}
