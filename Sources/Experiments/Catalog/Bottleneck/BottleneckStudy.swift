import Compute
import Datasets
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
struct BottleneckStudy: Study {
  let settings: BottleneckSettings
  let data: ChainData
  let chains: [BottleneckLabel]
  let units: [BottleneckUnit]
  let fitting: BottleneckMemory
  /// An absolute rate beside the limit of the network without bottlenecks, by the number that it takes the place of.
  private let rateEstimates: [Int: RateEstimate]
  /// Takes the runs that diverge, for whoever tells of them.
  let diverged = DivergedRuns()
  /// F as arrays; nil where none is asked for.
  let saved: SavedOutputs?
  /// Whether each chain trains by itself, so that its time can be told and is recorded; else all of one length together, which costs least.
  private let isTimed: Bool
  private let cost: BottleneckCost
  private let kernelFiles: KernelFiles?

  init(_ settings: BottleneckSettings, loaded: LoadedData, isTimed: Bool = false, on device: PlannedDevice) throws {
    (self.settings, self.isTimed) = (settings, isTimed)
    data = try ChainData(settings, loaded, at: settings.at)
    saved = SavedOutputs(settings, data)
    chains = try settings.chains()
    units = try Self.units(settings, chains)
    for chain in chains {
      let network = try settings.network(chain, data)
      let rule = settings.rule(blocks: network.blocks.count)
      guard let rates = rule.blockRates, rates.count != network.blocks.count else { continue }
      throw ExperimentError.invalidSetting(
        name: "block-rates", expected: "\(network.blocks.count) rates for the blocks of \(chain)", got: settings.blockRates?.text ?? "")
    }
    let symmetrised = settings.symmetrisedBlocks
    for block in symmetrised where symmetrised.contains(block + 1) { throw LearningError.saddle(block: block) }
    kernelFiles = try KernelFiles(settings)
    rateEstimates = try Self.rateEstimates(settings, data, Set(units.map(\.chain.count)), kernelFiles, on: device.engine)
    fitting = try BottleneckMemory(
      settings, data: data, units: units, absoluteFraction: rateEstimates.values.map(\.fraction).max() ?? 0, on: device)
    cost = try BottleneckCost(settings, data: data, chains: chains, storage: fitting.storage, on: device)
  }

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
    return lines + 2 * fitting.checkpointBytes(units) + savedBytes + Size(1 << 20)
  }

  /// F as arrays, of every run at every step that is asked for.
  private var savedBytes: Size {
    guard settings.saveOutputs else { return 0 }
    let points = data.trainInputs.rows + data.testInputs.rows + data.furtherInputs.rows
    return Size.product([units.count, settings.outputSteps.values.count + 1]) * (MemoryNeed.numbers([points, data.outputs]) + 400)
      + MemoryNeed.numbers([points, data.outputs + 1 + data.trainInputs.columns])
  }

  /// Estimated seconds of some units, with the kernels of their first blocks.
  func seconds(_ units: [BottleneckUnit]) -> Double { cost.seconds(units) }

  /// Ended for a reason of its own, or after as many steps as are asked for, with F saved where that is.
  func isComplete(_ unit: BottleneckUnit, _ end: Record, _ arrays: Set<String>) -> Bool {
    guard saved?.areKnown(unit, end, among: arrays) ?? true else { return false }
    return end[BottleneckFields.status] != .finished || (end[BottleneckFields.steps] ?? 0) >= settings.steps
  }

  /// Chains with equally many bottlenecks share their first block and their network without bottleneck.
  func waves(_ left: [BottleneckUnit]) -> [[BottleneckUnit]] {
    Set(left.map(\.chain.count)).sorted().map { count in left.filter { $0.chain.count == count } }
  }

  func stream(_ unit: BottleneckUnit) -> RandomStream { RandomStream(seed: settings.seed, name: unit.startName) }

  /// A network with `bottlenecks` bottlenecks of width 1; blocks do not depend on the width before them.
  func network(bottlenecks: Int) throws -> Network {
    try settings.network(BottleneckLabel(widths: [Int](repeating: 1, count: bottlenecks)), data)
  }

  /// Block 0 of the chains with `bottlenecks` bottlenecks, or of the network without that they are compared with.
  func firstBlock(bottlenecks: Int, isBaseline: Bool, on engine: Engine) throws -> FirstBlock {
    let kernels = try Self.kernels(
      network(bottlenecks: bottlenecks), isBaseline: isBaseline,
      inputs: data.trainInputs.followed(by: data.testInputs).followed(by: data.furtherInputs), kernelFiles, on: engine)
    return try FirstBlock(
      kernels, trainCount: data.trainInputs.rows, furtherCount: data.furtherInputs.rows, relativeJitter: settings.jitter,
      storage: fitting.storage, testStorage: fitting.testStorage, on: engine)
  }

  /// Kernels of a chain's first block, or of the network without bottlenecks, at `inputs`, the first points of kernels in files.
  private static func kernels(
    _ network: Network, isBaseline: Bool, inputs: Matrix, _ files: KernelFiles?, on engine: Engine
  ) throws -> any FirstBlockKernels {
    if let files {
      return try files.kernels(points: inputs.rows, continuedBy: isBaseline ? Array(network.blocks.dropFirst()) : [], on: engine)
    }
    let program = (isBaseline ? network.composed : network).blocks[0].program
    do { return try ProgramKernels(program, inputs: inputs, on: engine) } catch {
      if case .unresolvedPair = error { throw ExperimentError.unresolvedInputs(error) }
      throw error
    }
  }

  private static func rateEstimates(
    _ settings: BottleneckSettings, _ data: ChainData, _ counts: Set<Int>, _ files: KernelFiles?, on engine: Engine
  ) throws -> [Int: RateEstimate] {
    guard let rate = settings.rate else { return [:] }
    let inputs =
      files == nil
      ? data.trainInputs.rows(Array(0..<min(data.trainInputs.rows, RateEstimate.mostPoints)))
      : data.trainInputs.followed(by: data.testInputs)
    var estimates: [Int: RateEstimate] = [:]
    for count in counts {
      let network = try settings.network(BottleneckLabel(widths: [Int](repeating: 1, count: count)), data)
      let kernels = try kernels(network, isBaseline: true, inputs: inputs, files, on: engine)
      estimates[count] = try RateEstimate(rate, kernels, count: data.trainInputs.rows, momentum: settings.momentum, on: engine)
    }
    return estimates
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
  func firstValues(_ units: [(network: Network, unit: BottleneckUnit)], _ first: FirstBlock) throws -> [String: FirstValues] {
    var requests: [(name: String, network: Network, stream: RandomStream)] = []
    for (network, unit) in units where !requests.contains(where: { $0.name == unit.startName }) {
      requests.append((unit.startName, network, ChainStart.firstStream(stream(unit))))
    }
    let values: [FirstValues]
    if settings.firstWidth > 0 {
      values = try requests.map { request in
        let block = request.network.blocks[0]
        let finite = try FiniteNetwork(
          block, inputs: request.network.inputs, width: settings.firstWidth, stream: request.stream, on: first.engine)
        func read(_ inputs: Matrix) throws -> Matrix {
          inputs.rows == 0 ? Matrix(zeros: 0, block.outputs) : try finite.read(at: inputs, jacobian: false).value
        }
        return FirstValues(train: try read(data.trainInputs), test: try read(data.testInputs), further: try read(data.furtherInputs))
      }
    } else {
      let columns = requests.map { (columns: $0.network.blocks[0].outputs, stream: $0.stream) }
      values = try zip(first.draw(columns, panels: fitting.panels), first.drawFurther(columns, panels: fitting.panels)).map {
        FirstValues(train: $0.train, test: $0.test, further: $1)
      }
    }
    return Dictionary(uniqueKeysWithValues: zip(requests.map(\.name), values))
  }

  private var finiteUnits: [BottleneckUnit] { units.filter { !$0.chain.isInfinite } }

  var summary: [String] {
    let finite = finiteUnits
    var lines = [
      "\(settings.data): \(data.trainInputs.rows) training and \(data.testInputs.rows) test points, \(data.trainInputs.columns) features, "
        + "\(data.outputs) output(s), target \(settings.target.rawValue) with scale \(settings.targetScale)",
      "bottlenecks \(chains.map(\.description).joined(separator: ", ")); \(settings.totalDepth) hidden layers, "
        + "\(settings.layersText), \(settings.draws) draw\(settings.draws == 1 ? "" : "s"), at most \(settings.steps) steps",
    ]
    lines += rateEstimates.sorted { $0.key < $1.key }.map { count, estimate in
      estimate.text("the network without bottlenecks" + (rateEstimates.count > 1 ? " (\(BottleneckLabel(infinite: count)))" : ""))
    }
    lines += fitting.summary(units, peak: Size(memory))
    lines.append(
      "\(units.count) runs, \(finite.count) of them with finite bottlenecks: about \(EstimatedTime.text(seconds: estimatedSeconds))"
        + (finite.isEmpty ? "" : String(format: ", %.2g s per step of all together", cost.secondsPerStep(finite))))
    if cost.usesExactHistory && estimatedSeconds > 600 {
      lines.append(
        "the exact history costs steps² · points²; fewer points or steps, or --history basis --tolerance 3e-2, would be much cheaper")
    }
    if settings.saveOutputs {
      let steps = settings.outputSteps.values.sorted().map { "\($0), " }.joined()
      lines.append("F at steps \(steps)and the last of each run goes to arrays/outputs-*.npy, \(ByteCount(bytes: savedBytes.value)) in all")
    }
    return lines
  }

  /// Every chain and, for each number of bottlenecks that occurs, its network without bottlenecks.
  private static func units(_ settings: BottleneckSettings, _ chains: [BottleneckLabel]) throws(ExperimentError) -> [BottleneckUnit] {
    let finite = chains.filter { !$0.isInfinite }
    let baselines = finite.reduce(into: [BottleneckLabel]()) { if !$0.contains($1.baseline) { $0.append($1.baseline) } }
    let all = (baselines.isEmpty ? chains : baselines) + finite
    let comparisons: [(BottleneckFields.Comparison, [TrainingRate])] =
      (settings.compare == .own ? [] : [(.same, [settings.rate.map { .absolute($0) } ?? .fraction(settings.rateFraction)])])
      + (settings.compare == .same ? [] : [(.own, settings.ownFractions.values.map { .fraction($0) })])
    try RunCount.check([
      ("networks", all.count), ("rates", comparisons.reduce(0) { $0 + $1.1.count }), ("draws", settings.draws),
    ])
    return comparisons.flatMap { comparison, rates in
      all.flatMap { chain in
        rates.flatMap { rate in
          (0..<settings.draws).map { BottleneckUnit(comparison: comparison, chain: chain, rate: rate, draw: $0) }
        }
      }
    }
  }
}

extension BottleneckStudy {
  func run(_ context: RunContext) throws {
    let (train, test) = (data.trainInputs.rows, data.testInputs.rows)
    try kernelFiles?.checkDefinite(trainCount: train, points: train + test, jitter: settings.jitter, on: context.engine) {
      context.log.warning("\($0)")
    }
    defer { diverged.tell(context.log) }
    try runUnits(context)
  }

  /// The networks without bottleneck of one length, then its chains in lockstep.
  func run(_ wave: [BottleneckUnit], _ run: StudyRun<BottleneckUnit>) throws {
    let (context, count) = (run.context, wave[0].chain.count)
    if let labels = data.labels {
      try context.store.writeArray("representation-labels", shape: [labels.count], labels.map(Double.init))
    }
    try saved?.describe(in: context.store)
    let eigenvalue = try context.engine.part(ProfilePart("networks without bottleneck")) {
      try BaselineRuns(plan: self, bottlenecks: count, work: run).run(wave.filter { $0.chain.isInfinite })
    }
    if let rate = settings.rate, rate >= settings.stabilityLimit(eigenvalue) {
      context.log.warning(
        "rate \(rate) is beyond the limit of stability of the network without bottlenecks, \(settings.stabilityLimit(eigenvalue))")
    }
    let chains = wave.filter { !$0.chain.isInfinite }
    guard !chains.isEmpty else { return }
    run.progress.update("kernels of the first block")
    let first = try context.engine.part(.firstBlock) { try firstBlock(bottlenecks: count, isBaseline: false, on: context.engine) }
    try record(first, name: "chains-\(count)", context)
    for (name, units) in groups(chains, length: count) {
      try LockstepRuns(plan: self, name: name, first: first, baselineEigenvalue: eigenvalue, work: run, recordsCost: isTimed) {
        try settings.network($0.chain, data)
      }.run(units)
    }
  }

  /// What advances together, with the name of its checkpoints.
  private func groups(_ units: [BottleneckUnit], length: Int) -> [(name: String, units: [BottleneckUnit])] {
    guard isTimed else { return [("chains-\(length)", units)] }
    return chains.map { chain in ("chain-\(chain)", units.filter { $0.chain == chain }) }.filter { !$0.1.isEmpty }
  }
}
