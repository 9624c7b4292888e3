import Compute
import Foundation
import Learning
import Matrices
import Networks
import StudyRecords

/// Units with one first block, trained in lockstep and recorded, in as many waves as memory needs.
struct LockstepRuns {
  let plan: BottleneckStudy
  /// Name of the checkpoints.
  let name: String
  let first: FirstBlock
  /// Largest eigenvalue of Θ_∞ / N.
  let baselineEigenvalue: Double
  let work: StudyRun<BottleneckUnit>
  /// Whether the time of steps is recorded; sensible where the units have one chain.
  var recordsCost = false
  let network: (BottleneckUnit) throws -> Network
  var context: RunContext { work.context }

  func run(_ units: [BottleneckUnit]) throws {
    var left = units
    // Runs that a checkpoint holds go on from there, together; the others begin.
    let arrays = plan.saved == nil ? [] : context.store.arrayNames
    let checkpoints = try LockstepCheckpoint.all(of: name, in: context.store)
    for checkpoint in checkpoints {
      let continued = try left.filter { unit in
        try checkpoint.units.contains(unit.key) && isWhole(unit, to: checkpoint.step, arrays)
          && checkpoint.start(unit.startName, plan.data.further) != nil
      }
      guard !continued.isEmpty else { continue }
      let own = Set(continued.map(\.key))
      left.removeAll { own.contains($0.key) }
      context.log.info("\(continued.count) runs go on from step \(checkpoint.step)")
      let starts = try self.starts(
        continued, values: { try checkpoint.start($0, plan.data.further) }, eigenvalue: { checkpoint.eigenvalue($0) })
      try LockstepWave(self, continued, starts: starts, checkpointName: checkpoint.name, resuming: checkpoint).run()
    }
    guard !left.isEmpty else { return }
    work.progress.update("initial functions")
    let values = try context.engine.part(.draws) { try plan.firstValues(left.map { (try network($0), $0) }, first) }
    for (index, wave) in plan.fitting.waves(left).enumerated() {
      let starts = try self.starts(wave, values: { values[$0] }, eigenvalue: nil)
      try LockstepWave(
        self, wave, starts: starts, checkpointName: LockstepCheckpoint.waveName(name, LockstepCheckpoint.next(checkpoints) + index)
      ).run()
    }
  }

  /// Whether every step up to `step` is recorded, and F saved where that is asked for. A checkpoint of an older version does not know
  /// its records; with a step that is lost a run that goes on would miss what was reached there.
  private func isWhole(_ unit: BottleneckUnit, to step: Int, _ arrays: Set<String>) -> Bool {
    work.recorded.values(BottleneckFields.step, of: unit).filter { $0 <= step }.count == step + 1
      && plan.saved?.areKnown(unit, to: step, among: arrays) ?? true
  }

  /// Initial functions of units by name, with g_0 as given, and the largest eigenvalue of Θ_F / N at each where it is needed: as
  /// given, or measured.
  private func starts(
    _ units: [BottleneckUnit], values: (String) throws -> FirstValues?, eigenvalue: ((String) throws -> Double?)?
  ) throws -> [String: LockstepWave.Start] {
    let settings = plan.settings
    var starts: [String: LockstepWave.Start] = [:]
    for unit in units where starts[unit.startName] == nil {
      guard let own = try values(unit.startName) else { throw ExperimentError.missingStart(name: unit.startName) }
      let network = try network(unit)
      let functions = try ChainStart(
        network, first: (own.train, own.test), further: own.further,
        featureWidth: { settings.featureWidth(depth: network.blocks[$0].hiddenLayers) },
        symmetrised: unit.chain.isInfinite ? [] : settings.symmetrisedBlocks, stream: plan.stream(unit), on: context.passEngine)
      let largest = try eigenvalue.map { try $0(unit.startName) } ?? ownEigenvalue(network, functions)
      starts[unit.startName] = LockstepWave.Start(network: network, functions: functions, eigenvalue: largest)
    }
    return starts
  }

  /// One by one: they need no steps, and memory is for the runs.
  private func ownEigenvalue(_ network: Network, _ start: ChainStart) throws -> Double? {
    let settings = plan.settings
    guard settings.measuresOwnEigenvalues else { return nil }
    let run = try Lockstep(
      [Lockstep.Run(network, start: start, rate: 1)], first: first, targets: plan.data.trainTargets,
      rule: settings.rule(blocks: network.blocks.count),
      history: settings.historyKind(network), on: context.engine, passEngine: context.passEngine)
    return try run.largestTangentEigenvalue(of: 0)
  }
}
