import Compute
import FiniteNetworks
import Foundation
import LimitComparisons
import Results

/// Runs the draws of a plan and records them; a draw that is recorded to its end is skipped.
struct FiniteWidthExecution {
  private let plan: FiniteWidthPlan
  private let context: RunContext
  private let ended: Set<FiniteWidthUnit>
  /// Steps already recorded of draws without end.
  private let started: [FiniteWidthUnit: Set<Int>]

  init(_ plan: FiniteWidthPlan, _ context: RunContext) {
    self.plan = plan
    self.context = context
    var (ended, started): (Set<FiniteWidthUnit>, [FiniteWidthUnit: Set<Int>]) = ([], [:])
    for record in context.store.existing {
      guard let unit = FiniteWidthUnit(record) else { continue }
      if record.string("kind") == "end" { ended.insert(unit) }
      if let step = record.integer("step") { started[unit, default: []].insert(step) }
    }
    (self.ended, self.started) = (ended, started)
  }

  func run() throws {
    let waves = plan.waves(skipping: ended)
    if !ended.isEmpty { context.log.info("\(ended.count) draws are already recorded") }
    let progress = WorkProgress(total: waves.reduce(0) { $0 + plan.seconds($1) }, context.progress)
    for chain in plan.chains {
      let own = waves.filter { $0.chain == chain }
      guard !own.isEmpty else { continue }
      let comparison = try plan.comparison(chain, on: context.engine)
      for wave in own { try run(wave, comparison, progress) }
    }
    context.progress.update(fraction: 1, activity: "done", rate: "")
  }

  private func run(_ wave: FiniteWidthPlan.Wave, _ comparison: LimitComparison, _ progress: WorkProgress) throws {
    let units = wave.draws.map { FiniteWidthUnit(chain: wave.chain, width: wave.width, draw: $0) }
    let (seconds, clock) = (plan.seconds(wave), ContinuousClock.now)
    let activity = "bottlenecks \(wave.chain), width \(wave.width), draws \(wave.draws.map { "\($0)" }.joined(separator: ", "))"
    progress.update(activity)
    let checkpoint = FiniteWidthCheckpoint(wave, context.store)
    let saved = try checkpoint.read()
    let begun = saved?.limits.step ?? 0
    if begun > 0 { context.log.info("\(units.count) draws go on from step \(begun)") }
    var timer = CheckpointTimer()
    let draws = try context.steps {
      try comparison.draws(width: wave.width, streams: units.map { $0.stream(seed: plan.settings.seed) }, from: saved) { step, state in
        let elapsed = (ContinuousClock.now - clock) / .seconds(1)
        let share = Double(step) / Double(comparison.lastStep)
        progress.update(activity, seconds: seconds * share, rate: String(format: "%.1f steps/s", Double(step - begun) / elapsed))
        func save() throws { try timer.measure { try checkpoint.write(state()) } }
        if timer.isDue { try save() }
        try context.stepEnded(save: save)
      }
    }
    for (unit, draw) in zip(units, draws) { try record(draw, unit, rate: comparison.rate) }
    try checkpoint.remove()
    progress.finish(seconds: seconds)
  }

  /// Lines of a draw, the end last: a draw without it is computed again.
  private func record(_ draw: LimitComparison.Draw, _ unit: FiniteWidthUnit, rate: Double) throws {
    for reading in draw.readings where started[unit]?.contains(reading.step) != true {
      var line = unit.record("reading")
      line["step"] = .number(Double(reading.step))
      add(reading, to: &line)
      try context.store.append(line)
    }
    var end = unit.record("end")
    end["status"] = draw.failure == nil ? "finished" : "diverged"
    end["rate"] = .number(rate)
    end["steps"] = .number(Double(draw.readings.last?.step ?? 0))
    if draw.failure == nil, let largest = draw.largest(at: plan.comparedSteps) { add(largest, to: &end) }
    try context.store.append(end)
  }

  private func add(_ reading: LimitReading, to line: inout Record) {
    line["train"] = RecordValue(nullIfNotFinite: reading.train)
    line["test"] = RecordValue(nullIfNotFinite: reading.test)
    line["errors"] = RecordValue(nullIfNotFinite: reading.bottlenecks)
    line["frozenTrain"] = RecordValue(nullIfNotFinite: reading.frozenTrain)
    line["frozenTest"] = RecordValue(nullIfNotFinite: reading.frozenTest)
    line["movement"] = RecordValue(nullIfNotFinite: reading.movement)
    if let kernel = reading.kernel { line["kernel"] = RecordValue(nullIfNotFinite: kernel) }
    if let change = reading.kernelChange { line["kernelChange"] = RecordValue(nullIfNotFinite: change) }
    line["limitLoss"] = RecordValue(nullIfNotFinite: reading.limitLoss)
    line["finiteLoss"] = RecordValue(nullIfNotFinite: reading.finiteLoss)
    line["amplification"] = RecordValue(nullIfNotFinite: reading.amplification)
  }
}
