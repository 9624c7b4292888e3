import Compute
import FiniteNetworks
import Foundation
import Results
import Sizes
import StudyRecords

/// Networks of every width, scale and draw, trained together until each has ended, and the frozen kernels beside them.
package struct LazyFeatureStudy: Study {
  let settings: LazyFeatureSettings
  /// Points and targets on the host.
  package let task: LazyFeatureTask
  /// Width by width: the networks, what they give together, the kernels.
  package let units: [LazyFeatureUnit]
  private let sizes: LazyFeatureSizes
  private let cost: LazyFeatureCost
  private let precision: Precision
  private let budget: Int
  /// The points on the device, which all waves share.
  private let points = LastValue<Precision, LazyFeatureData>()

  /// Reads the data, checks the memory and estimates the time.
  package init(_ settings: LazyFeatureSettings, on device: PlannedDevice) throws {
    try settings.checkAll()
    self.settings = settings
    task = try LazyFeatureTask(settings)
    let (widths, alphas, draws) = (settings.widthList, settings.alphaList, 0..<settings.draws)
    units = widths.flatMap { width -> [LazyFeatureUnit] in
      alphas.flatMap { alpha in draws.map { .network(LazyFeatureNetwork(width: width, alpha: alpha, draw: $0)) } }
        + [.ensembles(width: width)] + (settings.kernels == .none ? [] : draws.map { .kernel(width: width, draw: $0) })
    }
    (precision, budget) = (device.passEngine.precision, device.passEngine.memoryBudget)
    let sizes = LazyFeatureSizes(settings: settings, task: task, engine: device.passEngine)
    self.sizes = sizes
    for width in widths {
      try MemoryNeed.check(sizes.shared + sizes.run(width: width, members: 1), for: LazyFeature.name, budget: budget)
    }
    cost = try LazyFeatureCost(settings, task, together: { try sizes.together(width: $0) }, on: device)
  }

  /// The network of a width.
  package func architecture(width: Int) throws -> Architecture { try settings.architecture(width: width, input: task.input) }
  /// All networks, in the order of training.
  package var networks: [LazyFeatureNetwork] { units.compactMap(\.network) }

  func data(_ context: RunContext) throws -> LazyFeatureData {
    try points.value(of: precision) { try task.data(on: context.engine, passEngine: context.passEngine) }
  }

  package var memory: Int { (sizes.shared + (settings.widthList.map(sizes.largestRun).max() ?? 0)).value }
  package var disk: Int {
    // A network has about sixty lines and its outputs; an old checkpoint stays until the new one is whole.
    let each = Size(60 * 220 + 4096) + MemoryNeed.numbers([settings.test])
    return Size.sum([each * sizes.networks, 2 * sizes.checkpoint(width: settings.widthList.last ?? 1), Size(1 << 20)]).value
  }
  package var dataChecksums: [String: String] { task.checksums }
  package var dataNotes: [String] { task.notes }
  package var seeds: [String: UInt64] { ["data, networks, batches": settings.seed] }

  package var summary: [String] {
    let (widths, alphas) = (settings.widthList, settings.alphaList)
    let limit =
      settings.method == .flow
      ? "about \(Int(saturating: settings.expectedSteps)) steps each, at most \(settings.steps)" : "\(settings.steps) steps each at most"
    return [
      "\(sizes.networks) networks (\(settings.network.rawValue)): widths \(widths.map(String.init).joined(separator: ", ")), "
        + "√h·α = \(alphas.map { String(format: "%g", $0) }.joined(separator: ", ")), \(settings.draws) draws",
      "\(settings.train) training and \(settings.test) test points of \(task.input.features) features, \(settings.loss), \(settings.method.rawValue), "
        + "\(precision.rawValue)",
      "\(limit), until every margin is \(settings.margin): about \(EstimatedTime.text(seconds: estimatedSeconds)), "
        + MemoryNeed.text(Size(memory), budget: budget),
    ]
  }

  package func seconds(_ wave: [LazyFeatureUnit]) -> Double { cost.seconds(wave) }

  /// Ended for a reason of its own, or after as many steps as are asked for. What networks give together is held against the records.
  package func isComplete(_ unit: LazyFeatureUnit, _ end: Record) -> Bool {
    guard case .network = unit else { return true }
    return end[LazyFeatureFields.status] != .stopped || (end[LazyFeatureFields.steps] ?? 0) >= settings.steps
  }

  package func waves(_ left: [LazyFeatureUnit]) -> [[LazyFeatureUnit]] {
    left.runs(of: \.trainedWidth).flatMap { width, units in
      units.parts(of: width.map { (try? sizes.together(width: $0)) ?? 1 } ?? 1)
    }
  }

  /// Networks that a checkpoint holds go on together, before the others of their width begin.
  package func waves(_ left: [LazyFeatureUnit], in store: any RunStore) throws -> [[LazyFeatureUnit]] {
    try left.runs(of: \.trainedWidth).flatMap { width, units -> [[LazyFeatureUnit]] in
      guard let width, let saved = try LazyFeatureCheckpoint.read(width, in: store) else { return waves(units) }
      let others = units.filter { $0.network.map(saved.networks.contains) != true }
      // In the order in which they were saved.
      let wanted = Set(units.compactMap(\.network))
      let continued = saved.networks.filter(wanted.contains).map { LazyFeatureUnit.network($0) }
      return (continued.isEmpty ? [] : [continued]) + waves(others)
    }
  }

  package func run(_ wave: [LazyFeatureUnit], _ run: StudyRun<LazyFeatureUnit>) throws {
    let recorder = LazyFeatureRecorder(self, try data(run.context), run)
    switch wave[0] {
    case .network: try LazyFeatureEnsemble(wave.compactMap(\.network), self, recorder, run).train()
    case .ensembles(let width):
      try run.context.store.removeCheckpoint(LazyFeatureCheckpoint.name(width))
      try recorder.recordEnsembles(width: width)
    case .kernel(let width, let draw):
      run.report("width \(width): initial kernel \(draw + 1)/\(settings.draws)")
      let network = try FiniteNetwork(
        architecture(width: width), members: [RandomStream(seed: settings.seed, name: "network/\(width)/kernel/\(draw)")],
        on: run.context.passEngine)
      try recorder.recordKernel(
        network, LazyFeatureFields.width(width), LazyFeatureFields.draw(draw), LazyFeatureFields.kernel(.initial))
    }
    run.finish()
  }
}
