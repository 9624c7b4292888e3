import Compute
import Foundation
import Learning
import Results

/// Runs the units of a plan and records them: first the networks without bottleneck, then the chains in lockstep.
/// A unit that is already recorded to its end is skipped.
struct BottleneckExecution {
  /// Which chains advance together.
  enum Grouping {
    /// All of one length, which costs least.
    case equalLength
    /// Each by itself, so that its time can be told and is recorded.
    case eachChain
  }

  let plan: BottleneckPlan
  let context: RunContext
  let grouping: Grouping
  private let recorded: RecordedUnits<BottleneckPlan.Unit>
  private let saved: SavedOutputs?

  init(_ plan: BottleneckPlan, _ context: RunContext, grouping: Grouping = .equalLength) throws {
    self.plan = plan
    self.context = context
    self.grouping = grouping
    recorded = RecordedUnits(context.store.existing)
    saved = try SavedOutputs(plan, context.store)
  }

  func run() throws {
    if let labels = plan.data.labels {
      try context.store.writeArray("representation-labels", shape: [labels.count], labels.map(Double.init))
    }
    let remaining = plan.units.filter { !plan.isComplete($0, recorded, saved) }
    if remaining.count < plan.units.count { context.log.info("\(plan.units.count - remaining.count) runs are already recorded") }
    let progress = WorkProgress(total: plan.seconds(of: remaining), context.progress), diverged = DivergedRuns()
    defer { diverged.tell(context.log) }
    // Chains with equally many bottlenecks share their first block and their network without bottleneck.
    for count in Set(remaining.map(\.chain.count)).sorted() {
      let units = remaining.filter { $0.chain.count == count }
      let eigenvalue = try context.engine.part(ProfilePart("networks without bottleneck")) {
        try BaselineRuns(plan, bottlenecks: count, recorded, saved, context).run(units.filter { $0.chain.isInfinite }, progress)
      }
      if let rate = plan.settings.rate, rate >= plan.settings.stabilityLimit(eigenvalue) {
        context.log.warning(
          "rate \(rate) is beyond the limit of stability of the network without bottlenecks, \(plan.settings.stabilityLimit(eigenvalue))")
      }
      let chains = units.filter { !$0.chain.isInfinite }
      guard !chains.isEmpty else { continue }
      progress.update("kernels of the first block")
      let first = try context.engine.part(.firstBlock) { try plan.firstBlock(bottlenecks: count, isBaseline: false, on: context.engine) }
      try plan.record(first, name: "chains-\(count)", context)
      for (name, units) in groups(chains, length: count) {
        var runs = LockstepRuns(plan, name: name, first: first, baselineEigenvalue: eigenvalue, recorded, saved, context) {
          try plan.settings.network($0.chain.widths, inputs: plan.data.trainInputs.columns, outputs: plan.data.outputs)
        }
        runs.recordsCost = grouping == .eachChain
        runs.diverged = diverged
        try runs.run(units, progress)
      }
    }
    context.progress.update(fraction: 1, activity: "done", rate: "")
  }

  /// What advances together, with the name of its checkpoints.
  private func groups(_ units: [BottleneckPlan.Unit], length: Int) -> [(name: String, units: [BottleneckPlan.Unit])] {
    switch grouping {
    case .equalLength: [("chains-\(length)", units)]
    case .eachChain:
      plan.chains.map { chain in ("chain-\(chain)", units.filter { $0.chain == chain }) }.filter { !$0.1.isEmpty }
    }
  }
}
