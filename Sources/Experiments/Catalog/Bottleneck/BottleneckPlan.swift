import Compute
import Datasets
import Foundation
import Learning
import Networks
import Results

/// The runs of one `bottleneck` experiment and what they cost.
struct BottleneckPlan: ExperimentPlan {
  /// One training run.
  struct Unit {
    var comparison: BottleneckSettings.Comparison
    var chain: Chain
    /// Number of bottlenecks of the chains that a baseline belongs to.
    var baselineOf: Int
    var fraction: Double
    var draw: Int
  }

  let settings: BottleneckSettings
  let data: BottleneckData
  let chains: [Chain]
  let units: [Unit]
  private let cost: BottleneckCost

  init(_ settings: BottleneckSettings, on engine: Engine) throws {
    self.settings = settings
    data = try BottleneckData(settings)
    chains = try settings.chains()
    units = try Self.units(settings, chains)
    for chain in chains { _ = try settings.network(chain.widths, inputs: data.trainInputs.columns, outputs: data.outputs) }
    let symmetrised = try settings.symmetrisedBlocks()
    for block in symmetrised where symmetrised.contains(block + 1) { throw LearningError.saddle(block: block) }
    cost = try BottleneckCost(settings, data: data, chains: chains, on: engine)
    guard cost.deviceBytes <= engine.memoryBudget else {
      throw ComputeError.budgetTooSmall(operation: "experiment bottleneck", neededBytes: cost.deviceBytes, budgetBytes: engine.memoryBudget)
    }
  }

  var estimatedSeconds: Double { units.reduce(0) { $0 + cost.seconds($1) } + cost.setupSeconds }
  var expectedBytes: Int { units.count * settings.steps * 400 + (1 << 20) }
  var dataChecksums: [String: String] { data.checksums }
  var seeds: [String: UInt64] { ["draws": settings.seed, "selection": settings.seed] }
  func seconds(_ unit: Unit) -> Double { cost.seconds(unit) }

  var summary: [String] {
    let finite = units.filter { !$0.chain.widths.isEmpty }.count
    var lines = [
      "\(settings.data): \(data.trainInputs.rows) training and \(data.testInputs.rows) test points, \(data.trainInputs.columns) features, "
        + "\(data.outputs) output(s), target \(settings.target.rawValue) with scale \(settings.targetScale)",
      "bottlenecks \(chains.map(\.description).joined(separator: ", ")); \(settings.depth) hidden layers, activation \(settings.activation), "
        + "\(settings.draws) draw\(settings.draws == 1 ? "" : "s"), at most \(settings.steps) steps",
      "\(units.count) runs, \(finite) of them with finite bottlenecks: about \(Self.text(seconds: estimatedSeconds)) and \(max(1, cost.deviceBytes >> 20)) MiB on the device",
    ]
    if cost.usesExactHistory && estimatedSeconds > 600 {
      lines.append(
        "the exact history costs steps² · points²; fewer points or steps, or --history basis --tolerance 3e-2, would be much cheaper")
    }
    return lines
  }

  func run(_ context: RunContext) throws { try BottleneckExecution(self, context).run() }

  /// Every chain and, for each number of bottlenecks that occurs, its network without bottlenecks.
  private static func units(_ settings: BottleneckSettings, _ chains: [Chain]) throws -> [Unit] {
    let finite = chains.filter { !$0.widths.isEmpty }
    var counts: [Int] = []
    for chain in finite where !counts.contains(chain.widths.count) { counts.append(chain.widths.count) }
    if counts.isEmpty { counts = [1] }
    let comparisons: [(BottleneckSettings.Comparison, [Double])] =
      (settings.compare == .own ? [] : [(.same, [settings.rateFraction])])
      + (settings.compare == .same ? [] : [(.own, try settings.fractions())])
    return comparisons.flatMap { comparison, fractions in
      let all = counts.map { (Chain(widths: []), $0) } + finite.map { ($0, $0.widths.count) }
      return all.flatMap { chain, count in
        fractions.flatMap { fraction in
          (0..<settings.draws).map { Unit(comparison: comparison, chain: chain, baselineOf: count, fraction: fraction, draw: $0) }
        }
      }
    }
  }

  static func text(seconds: Double) -> String {
    switch seconds {
    case ..<90: "\(max(1, Int(seconds.rounded()))) s"
    case ..<5400: "\(Int((seconds / 60).rounded())) min"
    default: String(format: "%.1f h", seconds / 3600)
    }
  }
}
