import Compute
import Datasets
import DeviceTiming
import FiniteNetworks
import Foundation
import Learning
import Matrices
import Networks
import Results
import Sizes
import StudyRecords
import WideKernels

/// The runs of one `bottleneck` experiment and what they cost.
struct BottleneckPlan: ExperimentPlan {
  /// One training run.
  struct Unit: StudyUnit {
    let comparison: BottleneckFields.Comparison
    let chain: BottleneckLabel
    let fraction: Double
    let draw: Int

    var key: String { "\(comparison.rawValue) \(chain) \(fraction) \(draw)" }

    /// What tells its initial functions from others: runs at other rates begin alike.
    var startName: String { "draw/\(draw)/\(chain)" }

    static func key(_ record: Record) -> String? {
      guard let comparison = record[BottleneckFields.comparison], let chain = record[BottleneckFields.bottlenecks],
        let fraction = record[BottleneckFields.kappa], let draw = record[BottleneckFields.draw]
      else { return nil }
      let label = chain.isInfinite ? record[BottleneckFields.baseline] ?? chain : chain
      return Unit(comparison: comparison, chain: label, fraction: fraction, draw: draw).key
    }
  }

  let settings: BottleneckSettings
  let data: ChainData
  let chains: [BottleneckLabel]
  let units: [Unit]
  let fitting: BottleneckMemory
  private let cost: BottleneckCost
  private let kernelFiles: KernelFiles?

  init(
    _ settings: BottleneckSettings, loaded: LoadedData, on engine: Engine, passEngine: Engine, speeds: DeviceSpeeds
  ) throws {
    self.settings = settings
    data = try ChainData(settings, loaded)
    chains = try settings.chains()
    units = try Self.units(settings, chains)
    for chain in chains {
      let network = try settings.network(chain.widths, inputs: data.trainInputs.columns, outputs: data.outputs)
      let rule = settings.rule(blocks: network.blocks.count)
      guard let rates = rule.blockRates, rates.count != network.blocks.count else { continue }
      throw ExperimentError.invalidSetting(
        name: "block-rates", expected: "\(network.blocks.count) rates for the blocks of \(chain)", got: settings.blockRates?.text ?? "")
    }
    let symmetrised = settings.symmetrisedBlocks
    for block in symmetrised where symmetrised.contains(block + 1) { throw LearningError.saddle(block: block) }
    kernelFiles = try KernelFiles(settings)
    fitting = try BottleneckMemory(settings, data: data, units: units, on: engine, passEngine: passEngine)
    cost = try BottleneckCost(settings, data: data, chains: chains, storage: fitting.storage, on: engine, speeds)
  }

  var estimatedSeconds: Double { seconds(of: units) }
  var estimatedSecondsPerStep: Double? { cost.secondsPerStep(finiteUnits) }
  var memory: Int { fitting.peak(units).value }
  var disk: Int { recordBytes.value }
  var dataChecksums: [String: String] { data.checksums.merging(kernelFiles?.checksums ?? [:]) { own, _ in own } }
  var dataNotes: [String] { data.notes }
  var seeds: [String: UInt64] { ["draws": settings.seed, "selection": settings.seed] }

  /// Lines of the records, checkpoints (of which an old one stays until the new one is whole), table and figures.
  private var recordBytes: Size {
    let readings = min(settings.steps + 1, settings.readings + 3)
    let lines = Size.sum(
      units.map { unit in
        let isClosed = unit.chain.isInfinite && settings.baselineMethod != .steps
        let steps = isClosed ? Size(4 * settings.readings + 8) : Size(settings.steps) + 1
        return steps * (settings.hasTwin(unit.comparison) || isClosed ? 380 : 320) + Size(readings * 110 + 900)
      })
    return lines + 2 * fitting.checkpointBytes(units) + Size(1 << 20)
  }

  /// Estimated seconds of some units, with the kernels of their first blocks.
  func seconds(of units: [Unit]) -> Double { cost.seconds(units) }

  /// Ended for a reason of its own, or after as many steps as are asked for.
  func isComplete(_ unit: Unit, _ recorded: RecordedUnits<Unit>) -> Bool {
    guard let end = recorded.end(of: unit) else { return false }
    return end[BottleneckFields.status] != .finished || (end[BottleneckFields.steps] ?? 0) >= settings.steps
  }

  func stream(_ unit: Unit) -> RandomStream { RandomStream(seed: settings.seed, name: unit.startName) }

  /// A network with `bottlenecks` bottlenecks of width 1; blocks do not depend on the width before them.
  func network(bottlenecks: Int) throws -> Network {
    try settings.network([Int](repeating: 1, count: bottlenecks), inputs: data.trainInputs.columns, outputs: data.outputs)
  }

  /// Block 0 of the chains with `bottlenecks` bottlenecks, or of the network without that they are compared with.
  func firstBlock(bottlenecks: Int, isBaseline: Bool, on engine: Engine) throws -> FirstBlock {
    let network = try network(bottlenecks: bottlenecks)
    let kernels: any FirstBlockKernels
    if let kernelFiles {
      kernels = try kernelFiles.kernels(
        points: data.trainInputs.rows + data.testInputs.rows, continuedBy: isBaseline ? Array(network.blocks.dropFirst()) : [], on: engine)
    } else {
      let block = (isBaseline ? network.composed : network).blocks[0]
      kernels = try Self.kernels(block.program, inputs: data.trainInputs.followed(by: data.testInputs), on: engine)
    }
    return try FirstBlock(
      kernels, trainCount: data.trainInputs.rows, relativeJitter: settings.jitter, storage: fitting.storage,
      testStorage: fitting.testStorage, on: engine)
  }

  private static func kernels(_ program: CovarianceProgram, inputs: Matrix, on engine: Engine) throws -> ProgramKernels {
    do { return try ProgramKernels(program, inputs: inputs, on: engine) } catch {
      if case .unresolvedPair = error { throw ExperimentError.unresolvedInputs(error) }
      throw error
    }
  }

  /// Records how the kernels of a first block are kept, and says so where the device had less room than it promised.
  func record(_ first: FirstBlock, name: String, _ context: RunContext) throws {
    if first.storage != fitting.storage || first.testStorage ?? fitting.testStorage != fitting.testStorage {
      context.log.warning(
        "out of memory on \(context.engine.device.name): Θ_0 is kept as \(first.storage.rawValue), at test points as \(first.testStorage?.rawValue ?? "none")"
      )
    }
    let setup = Record(
      BottleneckFields.kind(.setup), BottleneckFields.block(name), BottleneckFields.storage(first.storage.rawValue),
      BottleneckFields.testStorage(first.testStorage?.rawValue), BottleneckFields.jitter(first.jitter))
    // A continued run has said it, unless the kernels are kept otherwise now. A part of a run adds fields of its own.
    let isRecorded = context.store.existing.contains { line in setup.fields.allSatisfy { line[$0.key] == $0.value } }
    if !isRecorded { try context.store.append(setup) }
  }

  /// g_0 of each start, by name: drawn together, from one factorisation.
  func firstValues(_ units: [(network: Network, unit: Unit)], _ first: FirstBlock) throws -> [String: (train: Matrix, test: Matrix)] {
    var requests: [(name: String, network: Network, stream: RandomStream)] = []
    for (network, unit) in units where !requests.contains(where: { $0.name == unit.startName }) {
      requests.append((unit.startName, network, ChainStart.firstStream(stream(unit))))
    }
    let values: [(train: Matrix, test: Matrix)]
    if settings.firstWidth > 0 {
      values = try requests.map { request in
        let block = request.network.blocks[0]
        let finite = try FiniteNetwork(
          block, inputs: request.network.inputs, width: settings.firstWidth, stream: request.stream, on: first.engine)
        return (
          try finite.read(at: data.trainInputs, jacobian: false).value, try finite.read(at: data.testInputs, jacobian: false).value
        )
      }
    } else {
      values = try first.draw(requests.map { ($0.network.blocks[0].outputs, $0.stream) }, panels: fitting.panels)
    }
    return Dictionary(uniqueKeysWithValues: zip(requests.map(\.name), values))
  }

  private var finiteUnits: [Unit] { units.filter { !$0.chain.isInfinite } }

  func run(_ context: RunContext) throws {
    let (train, test) = (data.trainInputs.rows, data.testInputs.rows)
    try kernelFiles?.checkDefinite(trainCount: train, points: train + test, jitter: settings.jitter, on: context.engine) {
      context.log.warning("\($0)")
    }
    try BottleneckExecution(self, context).run()
  }

  var summary: [String] {
    let finite = finiteUnits
    var lines = [
      "\(settings.data): \(data.trainInputs.rows) training and \(data.testInputs.rows) test points, \(data.trainInputs.columns) features, "
        + "\(data.outputs) output(s), target \(settings.target.rawValue) with scale \(settings.targetScale)",
      "bottlenecks \(chains.map(\.description).joined(separator: ", ")); \(settings.depth) hidden layers, activation \(settings.activation), "
        + "\(settings.draws) draw\(settings.draws == 1 ? "" : "s"), at most \(settings.steps) steps",
    ]
    lines += fitting.summary(units, peak: Size(memory))
    lines.append(
      "\(units.count) runs, \(finite.count) of them with finite bottlenecks: about \(EstimatedTime.text(seconds: estimatedSeconds))"
        + (finite.isEmpty ? "" : String(format: ", %.2g s per step of all together", cost.secondsPerStep(finite))))
    if cost.usesExactHistory && estimatedSeconds > 600 {
      lines.append(
        "the exact history costs steps² · points²; fewer points or steps, or --history basis --tolerance 3e-2, would be much cheaper")
    }
    return lines
  }

  /// Every chain and, for each number of bottlenecks that occurs, its network without bottlenecks.
  private static func units(_ settings: BottleneckSettings, _ chains: [BottleneckLabel]) throws(ExperimentError) -> [Unit] {
    let finite = chains.filter { !$0.isInfinite }
    let baselines = finite.reduce(into: [BottleneckLabel]()) { if !$0.contains($1.baseline) { $0.append($1.baseline) } }
    let all = (baselines.isEmpty ? [BottleneckLabel(infinite: 1)] : baselines) + finite
    let comparisons: [(BottleneckFields.Comparison, [Double])] =
      (settings.compare == .own ? [] : [(.same, [settings.rateFraction])])
      + (settings.compare == .same ? [] : [(.own, settings.ownFractions.values)])
    try RunCount.check([
      ("networks", all.count), ("rates", comparisons.reduce(0) { $0 + $1.1.count }), ("draws", settings.draws),
    ])
    return comparisons.flatMap { comparison, fractions in
      all.flatMap { chain in
        fractions.flatMap { fraction in
          (0..<settings.draws).map { Unit(comparison: comparison, chain: chain, fraction: fraction, draw: $0) }
        }
      }
    }
  }
}
