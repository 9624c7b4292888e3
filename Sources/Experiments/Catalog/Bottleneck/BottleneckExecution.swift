import Compute
import Foundation
import Learning
import Results

/// Runs the units of a plan and records them: first the networks without bottleneck, then all chains of one length in lockstep.
/// A unit that is already recorded to its end is skipped.
struct BottleneckExecution {
  let plan: BottleneckPlan
  let context: RunContext
  private let recorded: RecordedUnits

  init(_ plan: BottleneckPlan, _ context: RunContext) {
    self.plan = plan
    self.context = context
    recorded = RecordedUnits(context.store.existing)
  }

  func run() throws {
    if let labels = plan.data.labels {
      try context.store.writeArray("representation-labels", shape: [labels.count], labels.map(Double.init))
    }
    let remaining = plan.units.filter { !recorded.isComplete($0, steps: plan.settings.steps) }
    if remaining.count < plan.units.count { context.log.info("\(plan.units.count - remaining.count) runs are already recorded") }
    let progress = WorkProgress(total: plan.seconds(of: remaining), context.progress)
    // Chains with equally many bottlenecks share their first block and their network without bottleneck.
    for count in Set(remaining.map(\.baselineOf)).sorted() {
      let units = remaining.filter { $0.baselineOf == count }
      let eigenvalue = try context.engine.part(ProfilePart("networks without bottleneck")) {
        try BaselineRuns(plan, bottlenecks: count, recorded, context).run(units.filter { $0.chain.widths.isEmpty }, progress)
      }
      let chains = units.filter { !$0.chain.widths.isEmpty }
      guard !chains.isEmpty else { continue }
      progress.update("kernels of the first block")
      let first = try context.engine.part(.firstBlock) { try plan.firstBlock(bottlenecks: count, isBaseline: false, on: context.engine) }
      try plan.record(first, name: "chains-\(count)", context)
      try LockstepRuns(plan, name: "chains-\(count)", first: first, baselineEigenvalue: eigenvalue, recorded, context) {
        try plan.settings.network($0.chain.widths, inputs: plan.data.trainInputs.columns, outputs: plan.data.outputs)
      }.run(chains, progress)
    }
    context.progress.update(fraction: 1, activity: "done", rate: "")
  }
}

/// How far the work is, in estimated seconds.
final class WorkProgress {
  private let total: Double
  private var done = 0.0
  private let reporting: any ProgressReporting

  init(total: Double, _ reporting: any ProgressReporting) {
    self.total = max(total, 1e-9)
    self.reporting = reporting
  }

  /// - Parameter seconds: of the part that is under way.
  func update(_ activity: String, seconds: Double = 0, rate: String = "") {
    reporting.update(fraction: min(1, (done + seconds) / total), activity: activity, rate: rate)
  }

  func finish(seconds: Double) { done += seconds }
}
