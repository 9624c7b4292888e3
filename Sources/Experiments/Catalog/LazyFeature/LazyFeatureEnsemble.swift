import Compute
import FiniteNetworks
import Foundation
import Results

/// Networks of one width on their way, each until its margins are reached.
final class LazyFeatureEnsemble {
  /// The networks that began together and have not ended.
  private(set) var units: [LazyFeaturePlan.Unit]
  private let width: Int
  private let plan: LazyFeaturePlan
  private let recorder: LazyFeatureRecorder
  private let context: RunContext
  private var training: any EnsembleTraining
  /// What the recorder keeps of each network, as `units`.
  private var trails: [LazyFeatureRecorder.Trail]
  /// Steps to the next look at all outputs.
  private var untilLook: Int

  static func checkpointName(_ width: Int) -> String { "width-\(width)" }

  static func begin(
    _ units: [LazyFeaturePlan.Unit], width: Int, _ plan: LazyFeaturePlan, _ recorder: LazyFeatureRecorder, _ context: RunContext
  ) throws -> LazyFeatureEnsemble {
    try LazyFeatureEnsemble(units, width: width, saved: nil, plan, recorder, context)
  }

  /// The ensemble that a checkpoint of this width holds, less the networks that are recorded to their end; nil without any.
  static func resume(
    width: Int, among wanted: [LazyFeaturePlan.Unit], _ plan: LazyFeaturePlan, _ recorder: LazyFeatureRecorder, _ context: RunContext
  ) throws -> LazyFeatureEnsemble? {
    guard let checkpoint = try context.store.readCheckpoint(checkpointName(width)) else { return nil }
    let saved: Saved = try checkpoint.state()
    let units = saved.units.map { LazyFeaturePlan.Unit(width: width, alpha: $0.alpha, draw: $0.draw) }
    let ensemble = try LazyFeatureEnsemble(units, width: width, saved: (saved, checkpoint), plan, recorder, context)
    let kept = units.indices.filter { wanted.contains(units[$0]) }
    guard !kept.isEmpty else { return nil }
    if kept.count < units.count { try ensemble.keep(kept) }
    context.log.info("going on with \(kept.count) networks of width \(width) from a checkpoint")
    return ensemble
  }

  private struct Saved: Codable {
    struct Member: Codable {
      var alpha: Double
      var draw: Int
    }
    var units: [Member]
    var clock: TrainingClock
    var trails: [LazyFeatureRecorder.Trail.Saved]
    var vectors: [String]
    /// Absent in checkpoints of an older version, which were written at a look.
    var untilLook: Int?
  }

  private init(
    _ units: [LazyFeaturePlan.Unit], width: Int, saved: (state: Saved, checkpoint: Checkpoint)?, _ plan: LazyFeaturePlan,
    _ recorder: LazyFeatureRecorder, _ context: RunContext
  ) throws {
    (self.units, self.width, self.plan, self.recorder, self.context) = (units, width, plan, recorder, context)
    untilLook = saved?.state.untilLook ?? 0
    let engine = plan.passEngine
    let network = try FiniteNetwork(plan.architecture(width: width), members: plan.streams(units), on: engine)
    let offset = plan.settings.centred == .yes ? try network.outputs(plan.data.train) : nil
    trails = try recorder.trails(network, saved: saved?.state.trails)
    func vector(_ name: String) throws -> Tensor? {
      guard let saved, name == "parameters" || saved.state.vectors.contains(name) else { return nil }
      let shape = network.parameters.shape
      let values = try saved.checkpoint.values(name, shape: [shape.batch, shape.rows, shape.columns])
      return try engine.tensor(values, batch: shape.batch, rows: shape.rows, columns: shape.columns)
    }
    if let parameters = try vector("parameters") { try engine.copy(parameters, into: network.parameters) }
    let objective = try Objective(
      plan.settings.loss, inputs: plan.data.train, targets: engine.tensor(plan.data.trainSigns), alpha: units.map(\.alpha), offset: offset,
      on: engine)
    let settings = plan.settings
    switch settings.method {
    case .flow:
      let rule = GradientFlow.Rule(gradientChange: settings.gradientChange, outputChange: settings.outputChange)
      training = try GradientFlow(network, objective, rule: rule, clock: saved?.state.clock)
    case .sgd, .adam:
      var optimiser: any Optimiser =
        settings.method == .adam
        ? try Adam(rate: settings.rate)
        : try GradientDescent(rates: [Double](repeating: settings.rate, count: units.count), momentum: settings.momentum)
      for name in saved?.state.vectors ?? [] { optimiser.vectors[name] = try vector(name) }
      training = try SteppedTraining(
        network, objective, optimiser, rate: settings.rate, batch: settings.batch,
        order: RandomStream(seed: settings.seed, name: "batches"), clock: saved?.state.clock)
    }
  }

  /// Steps between two looks at all outputs: every one of a flow, which knows them; few of many small steps, each of which costs
  /// much less than a look.
  private var looks: Int {
    let taken = training.clock.accepted.max() ?? 0
    return plan.settings.method == .flow ? 1 : max(1, min(max(10, taken / 5), plan.settings.steps - taken))
  }

  func run(_ progress: WorkProgress) throws {
    let cost = units.reduce(0) { $0 + plan.seconds(of: $1) }
    let began = ContinuousClock.now
    var (checkpointed, steps) = (began, 0)
    try context.steps {
      while !units.isEmpty {
        if untilLook == 0 {
          try lookAndFinish()
          report(progress, cost: cost, steps: steps, seconds: (ContinuousClock.now - began) / .seconds(1))
          if units.isEmpty { break }
          if ContinuousClock.now - checkpointed > .seconds(plan.settings.checkpointSeconds) {
            try save()
            checkpointed = ContinuousClock.now
          }
        }
        try training.advance()
        (steps, untilLook) = (steps + 1, untilLook - 1)
        try context.stepEnded { try save() }
      }
    }
    progress.finish(seconds: cost)
  }

  /// Ends the networks that have ended. Their kernels are trained here, which may be stopped too: then all look again.
  private func lookAndFinish() throws {
    let ended = try look()
    do {
      if !ended.isEmpty { try finish(ended) }
    } catch let stopped as RunStopped {
      try save()
      throw stopped
    }
    untilLook = looks
  }

  /// Records what is due; which networks have ended, and why.
  private func look() throws -> [(member: Int, status: LazyFeatureRecorder.Status)] {
    let functions = try training.outputs()
    var ended: [(member: Int, status: LazyFeatureRecorder.Status)] = []
    var due: [Int] = []
    for member in units.indices {
      let f = training.objective.function(of: member, functions[member])
      let status = trails[member].look(
        f, signs: plan.data.trainSigns, settings: plan.settings, time: training.clock.time[member], step: training.clock.accepted[member],
        stepLength: training.clock.step[member])
      if let status { ended.append((member, status)) }
      if status != nil || training.clock.accepted[member] >= trails[member].nextReading { due.append(member) }
    }
    if !due.isEmpty { try recorder.recordSteps(due, units, &trails, training) }
    return ended
  }

  private func finish(_ ended: [(member: Int, status: LazyFeatureRecorder.Status)]) throws {
    for (member, status) in ended {
      try recorder.recordEnd(units[member], status, trails[member], try training.network.keeping(members: [member]), training.clock, member)
    }
    let over = Set(ended.map(\.member))
    try keep(units.indices.filter { !over.contains($0) })
    if !units.isEmpty { try save() }
  }

  private func keep(_ members: [Int]) throws {
    units = members.map { units[$0] }
    trails = members.map { trails[$0] }
    if !members.isEmpty { try training.keep(members: members) }
  }

  private func save() throws {
    let engine = plan.passEngine
    let shape = training.network.parameters.shape
    let dimensions = [shape.batch, shape.rows, shape.columns]
    var arrays = ["parameters": CheckpointArray(shape: dimensions, try engine.read(training.network.parameters))]
    for (name, vector) in training.vectors { arrays[name] = CheckpointArray(shape: dimensions, try engine.read(vector)) }
    let saved = Saved(
      units: units.map { Saved.Member(alpha: $0.alpha, draw: $0.draw) }, clock: training.clock, trails: trails.map(\.saved),
      vectors: training.vectors.keys.sorted(), untilLook: untilLook)
    try context.store.synchronise()
    try context.store.writeCheckpoint(Self.checkpointName(width), Checkpoint(state: saved, arrays: arrays))
  }

  private func report(_ progress: WorkProgress, cost: Double, steps: Int, seconds: Double) {
    // Networks end one by one, and the steps that are left are not known: the estimate until it is used up, then ever slower.
    let share = seconds / max(cost, 1e-9)
    progress.update(
      "width \(width): \(units.count) networks, step \(training.clock.accepted.max() ?? 0)", seconds: cost * share / (1 + share),
      rate: seconds > 0 ? String(format: "%.1f steps/s", Double(steps) / seconds) : "")
  }
}
