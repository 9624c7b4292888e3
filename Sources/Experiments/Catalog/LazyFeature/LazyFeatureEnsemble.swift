import Compute
import FiniteNetworks
import Foundation
import Results

/// Networks of one width on their way, each until its margins are reached.
final class LazyFeatureEnsemble {
  /// The networks that began together and have not ended.
  private var networks: [LazyFeatureNetwork]
  private let width: Int
  private let study: LazyFeatureStudy
  private let data: LazyFeatureData
  private let recorder: LazyFeatureRecorder
  private let run: StudyRun<LazyFeatureUnit>
  private var training: any EnsembleTraining
  /// What the recorder keeps of each network, as `networks`.
  private var trails: [LazyFeatureRecorder.Trail]
  /// Steps to the next look at all outputs.
  private var untilLook: Int
  private var settings: LazyFeatureSettings { study.settings }
  private var engine: Engine { run.context.passEngine }

  /// Networks of one width: at their start, or where a checkpoint left all of them.
  init(
    _ networks: [LazyFeatureNetwork], _ study: LazyFeatureStudy, _ recorder: LazyFeatureRecorder, _ run: StudyRun<LazyFeatureUnit>
  ) throws {
    (width, self.study, self.recorder, self.run) = (networks[0].width, study, recorder, run)
    data = try study.data(run.context)
    let checkpoint = try LazyFeatureCheckpoint.read(width, in: run.context.store)
    let saved = checkpoint.flatMap { checkpoint in networks.allSatisfy(checkpoint.networks.contains) ? checkpoint : nil }
    self.networks = saved?.networks ?? networks
    untilLook = saved?.state.untilLook ?? 0
    let (settings, engine) = (study.settings, run.context.passEngine)
    let network = try FiniteNetwork(
      study.architecture(width: width), members: self.networks.map { $0.stream(seed: settings.seed) }, on: engine)
    let objective = try settings.objective(network, self.networks.map(\.alpha), data)
    trails = try recorder.trails(network, saved: saved?.state.trails)
    func vector(_ name: String) throws -> Tensor? {
      try saved?.content.tensor(name, shape: network.parameters.extents, on: engine)
    }
    if let parameters = try vector("parameters") { try engine.copy(parameters, into: network.parameters) }
    var vectors: [String: Tensor] = [:]
    for name in saved?.state.vectors ?? [] { vectors[name] = try vector(name) }
    training = try settings.training(network, objective, clock: saved?.state.clock, vectors: vectors)
    guard let saved else { return }
    let kept = saved.networks.indices.filter { networks.contains(saved.networks[$0]) }
    if kept.count < saved.networks.count { try keep(kept) }
    run.context.log.info("going on with \(kept.count) networks of width \(width) from a checkpoint")
  }

  /// Steps between two looks at all outputs: every one of a flow, which knows them; few of many small steps, each of which costs
  /// much less than a look.
  private var looks: Int {
    let taken = training.clock.accepted.max() ?? 0
    return settings.method == .flow ? 1 : max(1, min(max(10, taken / 5), settings.steps - taken))
  }

  func train() throws {
    let (began, planned) = (ContinuousClock.now, study.seconds(networks.map { .network($0) }))
    var (checkpointed, steps) = (began, 0)
    try run.steps {
      while !networks.isEmpty {
        if untilLook == 0 {
          try lookAndFinish()
          report(steps: steps, seconds: (ContinuousClock.now - began) / .seconds(1), of: planned)
          if networks.isEmpty { break }
          if ContinuousClock.now - checkpointed > .seconds(settings.checkpointSeconds) {
            try save()
            checkpointed = ContinuousClock.now
          }
        }
        try training.advance()
        (steps, untilLook) = (steps + 1, untilLook - 1)
        try run.context.stepEnded { try save() }
      }
    }
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
    for member in networks.indices {
      let f = training.objective.function(of: member, functions[member])
      let status = trails[member].look(
        f, signs: data.trainSigns, settings: settings, time: training.clock.time[member], step: training.clock.accepted[member],
        stepLength: training.clock.step[member])
      if let status { ended.append((member, status)) }
      if status != nil || training.clock.accepted[member] >= trails[member].nextReading { due.append(member) }
    }
    if !due.isEmpty { try recorder.recordSteps(due, networks, &trails, training) }
    return ended
  }

  private func finish(_ ended: [(member: Int, status: LazyFeatureRecorder.Status)]) throws {
    for (member, status) in ended {
      let network = try training.network.keeping(members: [member])
      try recorder.recordEnd(networks[member], status, trails[member], network, training.clock, member)
    }
    let over = Set(ended.map(\.member))
    try keep(networks.indices.filter { !over.contains($0) })
    if !networks.isEmpty { try save() }
  }

  private func keep(_ members: [Int]) throws {
    networks = members.map { networks[$0] }
    trails = members.map { trails[$0] }
    if !members.isEmpty { try training.keep(members: members) }
  }

  private func save() throws {
    var arrays = ["parameters": try CheckpointArray(training.network.parameters, on: engine)]
    for (name, vector) in training.vectors { arrays[name] = try CheckpointArray(vector, on: engine) }
    let state = LazyFeatureCheckpoint.State(
      units: networks.map { .init(alpha: $0.alpha, draw: $0.draw) }, clock: training.clock, trails: trails.map(\.saved),
      vectors: training.vectors.keys.sorted(), untilLook: untilLook)
    let store = run.context.store
    try store.synchronise()
    try store.writeCheckpoint(LazyFeatureCheckpoint.name(width), Checkpoint(state: state, arrays: arrays))
  }

  private func report(steps: Int, seconds: Double, of planned: Double) {
    // Networks end one by one, and the steps that are left are not known: the estimate until it is used up, then ever slower.
    let share = seconds / max(planned, 1e-9)
    run.report(
      "width \(width): \(networks.count) networks, step \(training.clock.accepted.max() ?? 0)", share: share / (1 + share),
      rate: seconds > 0 ? String(format: "%.1f steps/s", Double(steps) / seconds) : "")
  }
}

extension LazyFeatureSettings {
  /// What networks of these α descend.
  func objective(_ network: FiniteNetwork, _ alphas: [Double], _ data: LazyFeatureData) throws -> Objective {
    let offset = centred == .yes ? try network.outputs(data.train) : nil
    return try Objective(
      loss, inputs: data.train, targets: network.engine.tensor(data.trainSigns), alpha: alphas, offset: offset, on: network.engine)
  }

  /// The training of networks from their start, or from where they were left.
  ///
  /// - Parameter vectors: of the optimiser, by name.
  func training(
    _ network: FiniteNetwork, _ objective: Objective, clock: TrainingClock? = nil, vectors: [String: Tensor] = [:]
  ) throws -> any EnsembleTraining {
    guard method != .flow else { return try GradientFlow(network, objective, rule: flowRule, clock: clock) }
    var optimiser: any Optimiser =
      method == .adam
      ? try Adam(rate: rate) : try GradientDescent(rates: [Double](repeating: rate, count: network.members), momentum: momentum)
    optimiser.vectors = vectors
    return try SteppedTraining(
      network, objective, optimiser, rate: rate, batch: batch, order: RandomStream(seed: seed, name: "batches"), clock: clock)
  }

  var flowRule: GradientFlow.Rule { GradientFlow.Rule(gradientChange: gradientChange, outputChange: outputChange) }
}
