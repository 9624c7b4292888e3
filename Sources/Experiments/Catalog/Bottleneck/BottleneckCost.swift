import Compute
import DeviceTiming
import FiniteNetworks
import Foundation
import Learning
import Matrices
import StudyRecords
import WideKernels

/// Estimates of time, by the speeds of the device and from ranks seen on digits and MNIST.
struct BottleneckCost {
  let settings: BottleneckSettings
  let usesExactHistory: Bool
  private let points, tests, further, features, outputs: Int
  private let storage: KernelStorage
  private let secondsPerPair: Double
  private let secondsPerFeature: Double
  /// Seconds of one entry of Θ_0 with all columns of a product.
  private let secondsPerEntry: Double
  private let secondsPerMultiply: Double
  private let secondsPerNormal: Double

  private let speeds: DeviceSpeeds

  init(
    _ settings: BottleneckSettings, data: ChainData, chains: [BottleneckLabel], storage: KernelStorage, on device: PlannedDevice
  ) throws {
    speeds = device.speeds
    self.settings = settings
    self.storage = storage
    (points, tests, further) = (data.trainInputs.rows, data.testInputs.rows, data.furtherInputs.rows)
    (features, outputs) = (data.trainInputs.columns, data.outputs)
    let first = chains.first { !$0.isInfinite } ?? BottleneckLabel(widths: [1])
    let network = try settings.network(first, data)
    usesExactHistory = settings.keepsExactHistory(network)
    let (last, width, n) = (network.blocks[network.blocks.count - 1], first.widths.last ?? features, min(512, points))
    secondsPerPair =
      try device.seconds { idle in
        let (z, weights) = (try idle.empty(rows: n, columns: width), try idle.empty(rows: n, columns: last.outputs))
        _ = try idle.widePass(.ntk, last.program, points: z, centres: z, coefficients: weights, jacobian: true)
      } / Double(n * n)
    let hidden = settings.laterFeatureWidth
    secondsPerFeature =
      try device.seconds(preparing: { try FiniteNetwork.rehearsed(Architecture(last, inputs: width, width: hidden), on: $0) }) { _, block in
        _ = try block.read(at: Matrix(zeros: n, width), jacobian: true)
      } / Double(n * hidden)
    let side = min(1024, points)
    secondsPerEntry =
      try device.seconds { idle in
        _ = try idle.gemm(idle.empty(rows: side, columns: side), idle.empty(rows: side, columns: 24))
      } / Double(side * side)
    secondsPerMultiply = speeds.seconds(.product, size: pow(Double(side), 3)) / pow(Double(side), 3)
    secondsPerNormal = speeds.seconds(.hostNormals, size: 65536) / 65536
  }

  /// Seconds of some units that run one set after another, with the kernels and factors of their first blocks.
  func seconds(_ units: [BottleneckUnit]) -> Double {
    guard !units.isEmpty else { return 0 }
    var total = 0.0
    for count in Set(units.map(\.chain.count)) {
      let own = units.filter { $0.chain.count == count }
      let finite = own.filter { !$0.chain.isInfinite }
      let sets = (finite.isEmpty ? 0.0 : 1.0) + 1
      let all = Double(points + tests + further), draws = further > 0 ? 2.0 : 1
      let factor = settings.firstWidth > 0 ? finiteStarts(own, all) / sets : draws * all * all * all / 3 * secondsPerMultiply
      // Kernels of all pairs by a product over the features and a recursion per layer.
      total += sets * (factor + all * all / 2 * Double(settings.totalDepth) * secondsPerPair)
      let baselines = own.count - finite.count
      switch settings.baselineMethod {
      case .eigenvalues: total += speeds.seconds(.hostEigenvalues, size: pow(Double(points), 3)) + 0.05 * Double(baselines)
      case .krylov: total += 300 * secondsPerProduct(baselines)
      case .steps: total += Double(settings.steps) * secondsPerProduct(baselines)
      }
      total += Double(settings.steps) * secondsPerStep(finite) + readings(finite)
    }
    return total
  }

  /// First blocks drawn as networks of finite width: their parameters, and a pass over all points.
  private func finiteStarts(_ units: [BottleneckUnit], _ all: Double) -> Double {
    let width = Double(settings.firstWidth)
    return Dictionary(grouping: units, by: \.startName).values.reduce(0) { total, same in
      let length = Double(same[0].chain.isInfinite ? same[0].chain.count : 0)
      let hidden = Double(settings.totalDepth) + length - Double(same[0].chain.widths.count * (settings.laterDepths.max() ?? 0))
      let parameters = width * Double(features + outputs) + max(hidden - 1, 0) * width * width
      return total + parameters * (secondsPerNormal + all * secondsPerMultiply)
    }
  }

  /// Kernels on some training points at the steps that are read, and the largest eigenvalue at the end of each run.
  private func readings(_ units: [BottleneckUnit]) -> Double {
    let entries = pow(Double(settings.kernelIndices.count) * Double(outputs), 2)
    let count = Double(min(settings.steps + 1, settings.readings + 3) + 1), n = Double(points)
    return units.reduce(0) { total, unit in
      let terms = unit.chain.widths.reduce(Double(outputs)) { $0 + Double($1) } + 4
      let eigenvalue =
        settings.measuresOwnEigenvalues
        ? 30 * secondsPerProduct(1) + Double(unit.chain.widths.count) * n * n * (secondsPerPair + 30 * secondsPerEntry) : 0
      return total + speeds.hostTerms(count * entries * terms) + 2 * eigenvalue
    }
  }

  /// Seconds of one step of all `units` in lockstep.
  func secondsPerStep(_ units: [BottleneckUnit]) -> Double {
    guard !units.isEmpty else { return 0 }
    let n = Double(points)
    let batch = settings.batch > 0 ? Double(settings.batch) : n
    var total = secondsPerProduct(units.count)
    for unit in units {
      var own = 0.0
      for width in unit.chain.widths {
        own += n * Double(settings.laterFeatureWidth) * secondsPerFeature
        if usesExactHistory {
          own += Double(settings.steps) / 2 * batch * n * secondsPerPair
        } else {
          let rank = settings.expectedRank(width, points: points)
          own += 2 * rank * n * secondsPerPair + rank * rank * 0.15 * n * secondsPerMultiply
        }
      }
      total += own * (settings.hasTwin(unit.comparison) ? 2 : 1)
    }
    return total
  }

  private func secondsPerProduct(_ runs: Int) -> Double {
    guard runs > 0 else { return 0 }
    let entries = Double(points) * Double(points)
    return storage == .recomputed ? entries / 2 * Double(settings.totalDepth) * secondsPerPair : entries * secondsPerEntry
  }
}

extension BottleneckSettings {
  /// Training points up to which the network without bottleneck is solved by eigenvalues.
  private static var mostEigenvalues: Int { 4000 }

  /// Hidden width M of a finite block with `depth` hidden layers that stands for an initial function.
  func featureWidth(depth: Int) -> Int { featureWidth > 0 ? featureWidth : (depth == 1 ? 4096 : 1024) }

  /// Hidden width of the finite block that stands for the deepest of the later ones.
  var laterFeatureWidth: Int { featureWidth(depth: laterDepths.max() ?? 1) }

  /// Whether passes may be float32: below this tolerance they lose more than the basis leaves out.
  var allowsFloat32Passes: Bool { tolerance >= 1e-4 || history == .exact }

  /// How the network without bottleneck is trained.
  enum BaselineMethod { case eigenvalues, krylov, steps }

  var baselineMethod: BaselineMethod {
    guard loss == .squared, batch == 0, momentum == 0 else { return .steps }
    return train <= Self.mostEigenvalues ? .eigenvalues : .krylov
  }

  /// Whether λmax of Θ_F is measured for every run: where rates follow from it, or it costs little.
  var measuresOwnEigenvalues: Bool { compare != .same || train <= Self.mostEigenvalues }

  /// 2(1 + μ)/λ: the largest stable rate of gradient descent with heavy-ball momentum μ.
  func stabilityLimit(_ eigenvalue: Double) -> Double { 2 * (1 + momentum) / eigenvalue }

  /// η of a run whose rate is given for a network with this largest eigenvalue.
  func learningRate(_ rate: TrainingRate, _ eigenvalue: Double) -> Double {
    switch rate {
    case .fraction(let fraction): fraction * stabilityLimit(eigenvalue)
    case .absolute(let rate): rate
    }
  }

  /// Training points on which kernels are measured.
  var kernelIndices: [Int] { Array(0..<min(kernelPoints, train)) }

  func hasTwin(_ comparison: BottleneckFields.Comparison) -> Bool { twin == .all || (twin == .same && comparison == .same) }
}
