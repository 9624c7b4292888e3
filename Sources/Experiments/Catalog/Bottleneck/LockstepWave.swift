import Compute
import Foundation
import Learning
import Networks
import Results
import StudyRecords

/// Runs that advance together until each has ended: recorded at every step, saved now and then.
final class LockstepWave {
  /// How a unit begins; units at other rates share it.
  struct Start {
    var network: Network
    var functions: ChainStart
    /// Largest eigenvalue of Θ_F / N there, where it was measured.
    var eigenvalue: Double?
  }

  private typealias Fields = BottleneckFields

  private static let twinPerturbation = 1e-6

  private let runs: LockstepRuns
  private let units: [BottleneckUnit]
  private let starts: [String: Start]
  private let lockstep: Lockstep
  private let checkpointName: String
  /// Number of a unit's twin in the lockstep, as long as that is trained, by the unit's own number.
  private var twins: [Int: Int] = [:]
  private var recorders: [UnitRecorder] = []
  private var schedules: [BatchSchedule] = []
  private let readings: Set<Int>
  /// Steps of all runs and twins together, and the time that they took.
  private var cost = (runSteps: 0, seconds: 0.0)
  private var saved = ContinuousClock.now
  private var plan: BottleneckStudy { runs.plan }
  private var settings: BottleneckSettings { runs.plan.settings }
  private var context: RunContext { runs.context }

  /// - Parameters:
  ///   - starts: of every unit, by `startName`.
  ///   - checkpoint: where the units go on; nil where they begin.
  init(
    _ runs: LockstepRuns, _ units: [BottleneckUnit], starts: [String: Start], checkpointName: String,
    resuming checkpoint: LockstepCheckpoint? = nil
  ) throws {
    self.runs = runs
    self.units = units
    self.starts = starts
    self.checkpointName = checkpointName
    let (plan, settings, context) = (runs.plan, runs.plan.settings, runs.context)
    readings = logSpaced(to: settings.steps, count: settings.readings)
    var members: [Lockstep.Run] = []
    for unit in units {
      guard let start = starts[unit.startName] else { throw ExperimentError.missingStart(name: unit.startName) }
      let eigenvalue = unit.comparison == .own ? start.eigenvalue ?? runs.baselineEigenvalue : runs.baselineEigenvalue
      members.append(
        Lockstep.Run(start.network, start: start.functions, rate: settings.learningRate(unit.rate, eigenvalue)))
    }
    for (index, unit) in units.enumerated() where settings.hasTwin(unit.comparison) && !unit.chain.isInfinite {
      twins[index] = members.count
      var twin = members[index]
      twin.start = twin.start.perturbed(by: Self.twinPerturbation, stream: plan.stream(unit).child("twin"))
      members.append(twin)
    }
    lockstep = try Lockstep(
      members, first: runs.first, targets: plan.data.trainTargets, rule: settings.rule(blocks: members[0].network.blocks.count),
      history: settings.historyKind(members[0].network), on: context.engine, passEngine: context.passEngine)
    let kernels = try units.indices.map {
      try settings.kernelIndices.isEmpty ? nil : lockstep.tangentKernel(of: $0, settings.kernelIndices)
    }
    let step = checkpoint?.step
    recorders = units.enumerated().map { index, unit in
      UnitRecorder(
        unit, plan, runs.work, resumedAt: step ?? -1, rate: members[index].rate, initialKernel: kernels[index])
    }
    schedules = units.map { BatchSchedule(points: settings.train, size: settings.batch, stream: plan.stream($0).child("batches")) }
    if let checkpoint {
      twins = twins.filter { checkpoint.holdsTwin(of: units[$0.key]) }
      try lockstep.restore(checkpoint.state(for: units, twins: twins))
      for index in schedules.indices { for _ in 0..<lockstep.step { _ = schedules[index].next() } }
    }
  }

  func run() throws {
    let seconds = plan.seconds(units), progress = runs.work.progress
    defer { progress.finish(seconds: seconds) }
    if lockstep.step == 0 {
      try record(isReading: true)
      if isDue { try saveOutputs(of: Set(active)) }
    }
    let (clock, firstStep) = (ContinuousClock.now, lockstep.step)
    try context.steps {
      while lockstep.step < settings.steps, !active.isEmpty {
        try step()
        let rate = Double(lockstep.step - firstStep) / max((ContinuousClock.now - clock) / .seconds(1), 1e-6)
        progress.update(
          "\(active.count) runs in lockstep, step \(lockstep.step)", seconds: seconds * Double(lockstep.step) / Double(settings.steps),
          rate: String(format: rate < 10 ? "%.1f steps/s" : "%.0f steps/s", rate))
        if active.isEmpty { break }
        try context.stepEnded {
          try recordCost()
          try save()
        }
      }
    }
    try recordCost()
    let finished = active
    try saveOutputs(of: Set(finished))
    for unit in finished { try finish(unit, .finished) }
    // Only runs that could have gone on can be extended.
    if finished.isEmpty { try context.store.removeCheckpoint(checkpointName) } else { try save() }
  }

  /// One step of every unit, recorded, and saved where that is due.
  private func step() throws {
    try advance()
    let converged = active.filter { lockstep.loss(of: $0) <= settings.stopAt * lockstep.initialLoss[$0] }
    try record(isReading: readings.contains(lockstep.step), converged: Set(converged))
    try saveOutputs(of: Set(isDue ? active : converged))
    try end(converged, .converged)
    try saveIfDue()
  }

  /// Numbers of the units that are still trained; numbers beyond them are twins.
  private var active: [Int] { lockstep.active.filter { $0 < units.count }.sorted() }

  private func advance() throws {
    var batches: [Int: [Int]]?
    if settings.batch > 0 && settings.batch < settings.train {
      batches = [:]
      for index in active {
        let batch = schedules[index].next()
        batches?[index] = batch
        if let twin = twins[index] { batches?[twin] = batch }
      }
    }
    cost.runSteps += lockstep.active.count
    let clock = ContinuousClock.now
    let failures = try lockstep.advance(batches: batches)
    cost.seconds += (ContinuousClock.now - clock) / .seconds(1)
    // A twin that is lost ends nothing: its last amplification stands.
    twins = twins.filter { failures[$0.value] == nil }
    for (index, failure) in failures.sorted(by: { $0.key < $1.key }) where index < units.count { try fail(index, failure) }
  }

  /// A line of its own: times differ between equal runs.
  private func recordCost() throws {
    guard runs.recordsCost, cost.runSteps > 0 else { return }
    try context.store.append(
      Record(Fields.kind(.cost), Fields.bottlenecks(units[0].chain), Fields.runSteps(cost.runSteps), Fields.seconds(cost.seconds)))
    cost = (0, 0)
  }

  private func fail(_ index: Int, _ failure: LearningError) throws {
    let unit = units[index]
    switch failure {
    case .rankLimit(let block, let rank, let limit):
      let name = "d = \(unit.chain), draw \(unit.draw), \(unit.rate.name)"
      context.log.warning("\(name): block \(block) needs \(rank) pivots, more than the limit \(limit)")
      try writeEnd(index, .rankLimit, eigenvalue: nil)
    default:
      plan.diverged.add(unit.rate)
      try writeEnd(index, .diverged, eigenvalue: nil)
    }
    if let twin = twins.removeValue(forKey: index) { try lockstep.remove([twin]) }
  }

  /// - Parameter converged: units that end here, whose test points are read whatever the schedule.
  private func record(isReading: Bool, converged: Set<Int> = []) throws {
    let read = isReading ? Set(active) : converged
    let tests = read.isEmpty ? [:] : try lockstep.testOutputs(of: read)
    let movements = try lockstep.movements()
    for index in active {
      var reading: UnitRecorder.Reading?
      if read.contains(index) {
        let kernel = try settings.kernelIndices.isEmpty ? nil : lockstep.tangentKernel(of: index, settings.kernelIndices)
        reading = UnitRecorder.Reading(test: tests[index]?.last, kernel: kernel)
      }
      try recorders[index].record(
        UnitRecorder.State(
          step: lockstep.step, loss: lockstep.loss(of: index), initialLoss: lockstep.initialLoss[index],
          outputs: lockstep.outputs(of: index), movement: movements[index] ?? [], ranks: lockstep.ranks(of: index),
          basisError: lockstep.basisError(of: index), twin: twins[index].map { lockstep.outputs(of: $0) }),
        reading)
    }
  }

  private var isDue: Bool { plan.saved?.isDue(lockstep.step) ?? false }

  private func saveOutputs(of indices: Set<Int>) throws {
    guard let saved = plan.saved, !indices.isEmpty else { return }
    let tests = try lockstep.testOutputs(of: indices), further = try lockstep.furtherOutputs(of: indices)
    for index in indices.sorted() {
      guard let test = tests[index]?.last else { continue }
      let values = SavedOutputs.Values(train: lockstep.outputs(of: index), test: test, further: further[index])
      try saved.save(values, of: units[index], step: lockstep.step, in: context.store)
    }
  }

  private func end(_ indices: [Int], _ status: Fields.Status) throws {
    for index in indices { try finish(index, status) }
    try lockstep.remove(Set(indices + indices.compactMap { twins.removeValue(forKey: $0) }))
  }

  private func finish(_ index: Int, _ status: Fields.Status) throws {
    try writeEnd(index, status, eigenvalue: settings.measuresOwnEigenvalues ? lockstep.largestTangentEigenvalue(of: index) : nil)
    let unit = units[index]
    guard unit.chain.widths == [2], unit.draw == 0, unit.comparison == .same else { return }
    let name = "representation-\(unit.chain)-draw0"
    try context.store.writeArray("\(name)-before", lockstep.runs[index].start.train)
    try context.store.writeArray("\(name)-after", lockstep.bottlenecks(of: index)[0])
  }

  private func writeEnd(_ index: Int, _ status: Fields.Status, eigenvalue: Double?) throws {
    try recorders[index].end(
      status: status, steps: lockstep.step,
      extra: [Fields.lambdaMaxStart(starts[units[index].startName]?.eigenvalue), Fields.lambdaMaxEnd(eigenvalue)])
  }

  private func saveIfDue() throws {
    guard settings.checkpointSeconds > 0, (ContinuousClock.now - saved) / .seconds(1) > settings.checkpointSeconds else { return }
    try save()
  }

  /// Saves every unit that is still trained.
  private func save() throws {
    try context.store.synchronise()
    try LockstepCheckpoint.write(
      checkpointName, lockstep, units: active.map { ($0, units[$0]) }, twins: twins, starts: starts, further: plan.data.further,
      in: context.store)
    saved = .now
  }
}
