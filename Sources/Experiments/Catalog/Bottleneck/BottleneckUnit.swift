import Compute
import Foundation
import Learning
import Networks
import Results

/// One training run of the experiment: draws its start, trains, records every step and the end.
struct BottleneckUnit {
  static let lossFractions: [(key: String, fraction: Double)] = [("steps50", 0.5), ("steps10", 0.1), ("steps1", 0.01), ("steps0.1", 0.001)]
  private static let twinPerturbation = 1e-6

  let unit: BottleneckPlan.Unit
  let setting: BottleneckSetting
  let alreadyRecorded: Set<Int>
  let context: RunContext
  private var settings: BottleneckSettings { setting.plan.settings }
  private var data: BottleneckData { setting.plan.data }

  init(_ unit: BottleneckPlan.Unit, _ setting: BottleneckSetting, _ alreadyRecorded: Set<Int>, _ context: RunContext) {
    self.unit = unit
    self.setting = setting
    self.alreadyRecorded = alreadyRecorded
    self.context = context
  }

  func run(progress: (Int) -> Void) throws {
    if unit.chain.widths.isEmpty && settings.isClosedForm {
      try runClosedForm()
    } else {
      try runSteps(progress)
    }
  }

  // MARK: Networks with bottlenecks, and without them where there is no closed form

  private func runSteps(_ progress: (Int) -> Void) throws {
    let isBaseline = unit.chain.widths.isEmpty
    let network =
      try isBaseline
      ? setting.baselineNetwork : settings.network(unit.chain.widths, inputs: data.trainInputs.columns, outputs: data.outputs)
    let first = isBaseline ? setting.baseline : setting.first
    let stream = RandomStream(seed: settings.seed, name: "draw/\(unit.draw)/\(isBaseline ? unit.baselineName : unit.chain.description)")
    let start = try ChainStart.draw(
      network, first, featureWidth: { settings.featureWidth(depth: network.blocks[$0].hidden.count) },
      symmetrised: isBaseline ? [] : settings.symmetrisedBlocks(), stream: stream, on: context.passEngine)
    let history: HistoryKind =
      settings.keepsExactHistory(network) ? .exact : .basis(tolerance: settings.tolerance, rankLimit: settings.rankLimit)
    func makeRun(_ start: ChainStart, rate: Double) throws -> LimitRun {
      try LimitRun(
        network, first: first, start: start, targets: data.trainTargets, loss: settings.loss, rate: rate, history: history,
        on: context.engine,
        passEngine: context.passEngine)
    }
    // The stability limit 2/λmax of the network's own start, or of the network without bottleneck.
    var run = try makeRun(start, rate: 1)
    let ownEigenvalue = try run.largestTangentEigenvalue()
    let rate = unit.fraction * 2 / (unit.comparison == .own ? ownEigenvalue : setting.baselineEigenvalue)
    run = try makeRun(start, rate: rate)
    var twin: LimitRun?
    if settings.hasTwin(unit.comparison) && !isBaseline {
      twin = try makeRun(start.perturbed(by: Self.twinPerturbation, stream: stream.child("twin")), rate: rate)
    }
    var recorder = UnitRecorder(unit, data, settings, context, alreadyRecorded, rate: rate)
    let status = try train(&run, &twin, &recorder, stream, progress)
    try recorder.end(
      status: status, steps: run.step,
      extra: ["lambdaMaxStart": .number(ownEigenvalue), "lambdaMaxEnd": RecordValue(nullIfNotFinite: try? run.largestTangentEigenvalue())])
    if network.blocks.count == 2, network.blocks[0].outputs == 2, unit.draw == 0, unit.comparison == .same {
      let name = "representation-\(unit.chain)-draw0"
      try context.store.writeArray("\(name)-before", shape: [start.train.rows, 2], start.train.values)
      try context.store.writeArray("\(name)-after", shape: [start.train.rows, 2], run.bottlenecks[0].values)
    }
  }

  private func train(
    _ run: inout LimitRun, _ twin: inout LimitRun?, _ recorder: inout UnitRecorder, _ stream: RandomStream, _ progress: (Int) -> Void
  ) throws -> String {
    var batches = BatchSchedule(points: settings.train, size: settings.batch, stream: stream.child("batches"))
    try recorder.record(run, twin: twin)
    while run.step < settings.steps {
      do {
        let batch = batches.next()
        try run.advance(batch: batch)
        // A twin that is lost ends nothing: its last amplification stands.
        if twin != nil { do { try twin?.advance(batch: batch) } catch LearningError.diverged { twin = nil } }
      } catch LearningError.diverged(let step, _) {
        context.log.info("d = \(unit.chain), draw \(unit.draw + 1), rate fraction \(unit.fraction): diverged at step \(step)")
        return "diverged"
      } catch LearningError.rankLimit(let block, let rank, let limit) {
        context.log.warning("d = \(unit.chain), draw \(unit.draw + 1): block \(block) needs \(rank) pivots, more than the limit \(limit)")
        return "rankLimit"
      }
      try recorder.record(run, twin: twin)
      progress(run.step)
      if run.trainLoss <= settings.stopAt * run.initialLoss {
        try recorder.recordReading(run, twin: twin)
        return "converged"
      }
    }
    return "finished"
  }

  // MARK: d = ∞ in closed form

  private func runClosedForm() throws {
    guard let eigen = setting.eigen else { return }
    let stream = RandomStream(seed: settings.seed, name: "draw/\(unit.draw)/\(unit.baselineName)")
    let start = try ChainStart.draw(setting.baselineNetwork, setting.baseline, featureWidth: { _ in 1 }, stream: stream, on: context.engine)
    let rate = unit.fraction * 2 / setting.baselineEigenvalue
    let dynamics = try FrozenKernelDynamics(
      setting.baseline, eigen: eigen, vectors: setting.vectors, start: start, targets: data.trainTargets, rate: rate)
    let reached = Self.lossFractions.map { dynamics.steps(toFraction: $0.fraction, limit: 1 << 30) }
    let recorder = UnitRecorder(unit, data, settings, context, alreadyRecorded, rate: rate)
    // Curves go on to where the slowest fraction is reached: any number of steps costs the same.
    let last = max(settings.steps, reached.compactMap { $0 }.max() ?? settings.steps)
    var best: Double?
    let alignment = try recorder.frozenAlignment(setting.baseline)
    for step in logSpaced(to: last, count: 4 * settings.readings).union([settings.steps]).sorted() {
      let outputs = try dynamics.outputs(step: step)
      let test = try dynamics.testOutputs(step: step)
      let error = try recorder.recordFrozen(
        step: step, initialLoss: dynamics.trainLoss(step: 0), outputs: outputs, test: test, alignment: alignment)
      if let error { best = min(best ?? error, error) }
    }
    var extra: [String: RecordValue] = [
      "lambdaMaxStart": .number(setting.baselineEigenvalue), "lambdaMaxEnd": .number(setting.baselineEigenvalue),
    ]
    extra["finalTestError"] = RecordValue(nullIfNotFinite: try recorder.testError(dynamics.testOutputs(step: settings.steps)))
    extra["convergedTestError"] = RecordValue(nullIfNotFinite: try recorder.testError(dynamics.testOutputs(step: nil)))
    extra["bestTestError"] = RecordValue(nullIfNotFinite: best)
    for (fraction, steps) in zip(Self.lossFractions, reached) { extra[fraction.key] = RecordValue(nullIfNotFinite: steps.map(Double.init)) }
    try recorder.writeEnd(status: "finished", steps: settings.steps, extra)
  }
}

/// Which points each step sees: all, or mini-batches from a new random order in every epoch.
struct BatchSchedule {
  let points: Int
  /// 0 for full batch.
  let size: Int
  let stream: RandomStream
  private var epoch = 0
  private var order: [Int] = []

  init(points: Int, size: Int, stream: RandomStream) {
    self.points = points
    self.size = size
    self.stream = stream
  }

  mutating func next() -> [Int]? {
    guard size > 0, size < points else { return nil }
    if order.count < size {
      order = stream.child("epoch/\(epoch)").permutation(points)
      epoch += 1
    }
    let batch = Array(order.prefix(size))
    order.removeFirst(size)
    return batch
  }
}

/// Steps from 0 to `last`, evenly spaced in their logarithm.
func logSpaced(to last: Int, count: Int) -> Set<Int> {
  var steps: Set<Int> = [0, 1, last]
  for index in 0..<count { steps.insert(Int(pow(Double(last), Double(index) / Double(max(count - 1, 1))).rounded())) }
  return steps
}
