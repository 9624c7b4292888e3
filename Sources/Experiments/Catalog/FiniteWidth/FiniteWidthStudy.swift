import Compute
import Datasets
import FiniteNetworks
import Learning
import LimitComparisons
import Matrices
import Networks
import Results
import Sizes
import StudyRecords

/// The draws of one `finite-width` experiment and what they cost.
struct FiniteWidthStudy: Study {
  let settings: FiniteWidthSettings
  let data: ChainData
  let units: [FiniteWidthUnit]
  private let chains: [BottleneckLabel]
  private let widths: [Int]
  private let comparedSteps: Set<Int>
  private let cost: FiniteWidthCost
  private let networks: [BottleneckLabel: Network]
  private let sizes: FiniteWidthSizes
  private let budget: Int
  /// A rate as such beside the limit of each network without bottlenecks; empty without one.
  private let rateEstimates: [RateEstimate]
  /// The comparison of the chain that is under way, which all its waves share.
  private let comparisons = LastValue<BottleneckLabel, LimitComparison>()

  init(_ settings: FiniteWidthSettings, loaded: LoadedData, on device: PlannedDevice) throws {
    self.settings = settings
    data = try ChainData(settings, loaded)
    let (chains, widths) = (try settings.chains(), settings.widths.values)
    (self.chains, self.widths) = (chains, widths)
    units = chains.flatMap { chain in
      widths.flatMap { width in (0..<settings.draws).map { FiniteWidthUnit(chain: chain, width: width, draw: $0) } }
    }
    comparedSteps = settings.comparedSteps
    let (inputs, outputs) = (data.trainInputs.columns, data.outputs)
    let networks = try chains.map { [data] in try settings.network($0, data) }
    budget = device.budget(settings.memory)
    sizes = FiniteWidthSizes(
      settings: settings, points: data.trainInputs.rows + data.testInputs.rows, features: inputs, outputs: outputs,
      loadedBytes: data.loadedBytes, memoryBudget: device.engine.memoryBudget)
    self.networks = Dictionary(uniqueKeysWithValues: zip(chains, networks))
    for network in networks {
      let least = sizes.shared + sizes.draw(network, width: widths.max() ?? 1)
      try MemoryNeed.check(least, for: FiniteWidth.name, budget: budget)
    }
    let known = data.trainInputs.rows(Array(0..<min(settings.train, RateEstimate.mostPoints)))
    rateEstimates =
      try settings.rate.map { rate in
        try networks.map { network in
          let kernels = try ProgramKernels(network.composed.blocks[0].program, inputs: known, on: device.engine)
          return try RateEstimate(rate, kernels, count: settings.train, on: device.engine)
        }
      } ?? []
    let (sizes, budget) = (sizes, budget)
    cost = try FiniteWidthCost(
      settings, data: data,
      firsts: zip(chains, networks).flatMap { chain, network in
        widths.map { width in
          (.init(chain: chain, width: width, draw: 0), network, sizes.together(network, width: width, budget: budget))
        }
      }, on: device)
  }

  var memory: Int {
    let waves = chains.flatMap { chain in widths.map { sizes.shared + draw(chain, $0) * together(chain, $0) } }
    return (waves.max() ?? sizes.shared).value
  }
  var disk: Int {
    let readings = min(settings.steps + 1, settings.readings + 3 + comparedSteps.count)
    return (Size.product([units.count, readings + 1, 450]) + Size(1 << 20)).value
  }
  var dataChecksums: [String: String] { data.checksums }
  var dataNotes: [String] { data.notes }
  var seeds: [String: UInt64] { ["draws": settings.seed, "selection": settings.seed] }

  var summary: [String] {
    let batch = settings.batch > 0 ? "batches of \(settings.batch)" : "full batch"
    let rates = zip(chains, rateEstimates).map { $1.text("the network without the bottlenecks \($0)") }
    return [
      "\(settings.data): \(settings.train) training and \(settings.test) test points, \(data.trainInputs.columns) features, "
        + "\(data.outputs) output(s), target \(settings.target.rawValue), \(batch), \(settings.steps) steps",
      "networks with bottlenecks \(chains.map(\.description).joined(separator: ", ")) and hidden layers of "
        + "\(widths.map(String.init).joined(separator: ", ")), \(settings.draws) draw(s) each, "
        + settings.layersText,
      "largest errors at steps \(comparedSteps.sorted().map(String.init).joined(separator: ", "))",
    ] + rates + [
      "\(units.count) finite networks, each with its limit and a perturbed twin of that: "
        + "about \(EstimatedTime.text(seconds: estimatedSeconds)), \(MemoryNeed.text(Size(memory), budget: budget))"
    ]
  }

  func seconds(_ wave: [FiniteWidthUnit]) -> Double { cost.seconds(wave) }

  func waves(_ left: [FiniteWidthUnit]) -> [[FiniteWidthUnit]] {
    left.runs(of: \.first).flatMap { $0.elements.parts(of: together($0.key.chain, $0.key.width)) }
  }

  private func draw(_ chain: BottleneckLabel, _ width: Int) -> Size { networks[chain].map { sizes.draw($0, width: width) } ?? 0 }

  private func together(_ chain: BottleneckLabel, _ width: Int) -> Int {
    networks[chain].map { sizes.together($0, width: width, budget: budget) } ?? 1
  }

  /// The comparison of one chain, at its rate.
  private func comparison(_ chain: BottleneckLabel, on engine: Engine) throws -> LimitComparison {
    let network = try settings.network(chain, data)
    let readings = comparedSteps.union(logSpaced(to: settings.steps, count: settings.readings))
    var schedule = BatchSchedule(
      points: settings.train, size: settings.batch, stream: RandomStream(seed: settings.seed, name: "finite-width/batches"))
    let batches = (0..<settings.steps).compactMap { _ in schedule.next() }
    return try LimitComparison(
      network, inputs: data.trainInputs.followed(by: data.testInputs), targets: data.trainTargets.followed(by: data.testTargets),
      trainCount: settings.train, loss: settings.loss, rate: settings.rate ?? fractionalRate(network, on: engine), readings: readings,
      kernelReadings: settings.kernelPoints > 0 ? comparedSteps : [], batches: batches.isEmpty ? nil : batches,
      kernelPoints: settings.kernelPoints, history: settings.historyKind(network), on: engine)
  }

  private func fractionalRate(_ network: Network, on engine: Engine) throws -> Double {
    let wide = try FirstBlock(
      network.composed.blocks[0].program, train: data.trainInputs, test: Matrix(zeros: 0, data.trainInputs.columns), relativeJitter: 0,
      on: engine)
    return try settings.rateFraction * 2 / wide.largestTangentEigenvalue()
  }

  func run(_ wave: [FiniteWidthUnit], _ run: StudyRun<FiniteWidthUnit>) throws {
    let comparison = try comparisons.value(of: wave[0].chain) { try self.comparison(wave[0].chain, on: run.context.engine) }
    let activity = "bottlenecks \(wave[0].chain), width \(wave[0].width), draws \(wave.map { "\($0.draw)" }.joined(separator: ", "))"
    run.report(activity)
    let checkpoint = FiniteWidthCheckpoint(wave, run.context.store), saved = try checkpoint.read()
    if let step = saved?.limits.step, step > 0 { run.context.log.info("\(wave.count) draws go on from step \(step)") }
    let draws = try run.steps {
      try comparison.draws(width: wave[0].width, streams: wave.map { $0.stream(seed: settings.seed) }, from: saved) { step, state in
        try run.stepped(activity, share: Double(step) / Double(comparison.lastStep)) { try checkpoint.write(state()) }
      }
    }
    for (unit, draw) in zip(wave, draws) { try record(draw, unit, rate: comparison.rate, run) }
    try checkpoint.remove()
    run.finish()
  }

  /// Lines of a draw, the end last: a draw without it is computed again.
  private func record(
    _ draw: LimitComparison.Draw, _ unit: FiniteWidthUnit, rate: Double, _ run: StudyRun<FiniteWidthUnit>
  ) throws {
    let recorded = run.recorded.values(Fields.step, of: unit)
    for reading in draw.readings where !recorded.contains(reading.step) {
      try run.record(unit.record(.reading, [Fields.step(reading.step)] + Self.entries(reading)))
    }
    let end = [
      Fields.status(draw.failure == nil ? .finished : .diverged), Fields.rate(rate), Fields.steps(draw.readings.last?.step ?? 0),
    ]
    let largest = draw.failure == nil ? draw.largest(at: comparedSteps) : nil
    try run.record(unit.record(.end, end + (largest.map(Self.entries) ?? [])))
  }

  private static func entries(_ reading: LimitReading) -> [Entry] {
    var entries = [
      Fields.train(reading.train), Fields.test(reading.test), Fields.errors(reading.bottlenecks), Fields.frozenTrain(reading.frozenTrain),
      Fields.frozenTest(reading.frozenTest), Fields.movement(reading.movement),
    ]
    if let kernel = reading.kernel { entries.append(Fields.kernel(kernel)) }
    if let change = reading.kernelChange { entries.append(Fields.kernelChange(change)) }
    return entries + [
      Fields.limitLoss(reading.limitLoss), Fields.finiteLoss(reading.finiteLoss), Fields.amplification(reading.amplification),
    ]
  }
}

private typealias Fields = FiniteWidthFields

/// One draw of one network at one width.
struct FiniteWidthUnit: StudyUnit, Hashable {
  let chain: BottleneckLabel
  let width: Int
  let draw: Int

  var key: String { "\(chain) \(width) \(draw)" }

  /// The first draw of the same network at the same width.
  var first: FiniteWidthUnit { FiniteWidthUnit(chain: chain, width: width, draw: 0) }

  static func key(_ record: Record) -> String? { record.key([Fields.bottlenecks, Fields.width, Fields.draw]) }

  /// A line of the draw.
  fileprivate func record(_ kind: Fields.Kind, _ entries: [Entry]) -> Record {
    var record = Record(Fields.kind(kind), Fields.bottlenecks(chain), Fields.width(width), Fields.draw(draw))
    record.add(entries)
    return record
  }

  func stream(seed: UInt64) -> RandomStream { RandomStream(seed: seed, name: "finite-width/\(chain)/width/\(width)/draw/\(draw)") }
}
