import Compute
import FiniteNetworks
import Results
import StudyRecords

/// Trains the networks of a plan, width by width, and the frozen kernels beside them. What is recorded to its end is skipped.
struct LazyFeatureExecution {
  let plan: LazyFeaturePlan
  let context: RunContext

  init(_ plan: LazyFeaturePlan, _ context: RunContext) {
    self.plan = plan
    self.context = context
  }

  func run() throws {
    let recorder = LazyFeatureRecorder(plan, context)
    let remaining = plan.units.filter { !recorder.isComplete($0) }
    if remaining.count < plan.units.count { context.log.info("\(plan.units.count - remaining.count) networks are already recorded") }
    let progress = WorkProgress(total: remaining.reduce(0) { $0 + plan.seconds(of: $1) }, context.progress)
    for width in plan.settings.widthList {
      var units = remaining.filter { $0.width == width }
      if let saved = try LazyFeatureEnsemble.resume(width: width, among: units, plan, recorder, context) {
        let own = Set(saved.units)
        try saved.run(progress)
        units.removeAll { own.contains($0) }
      }
      for group in try plan.groups(units, width: width) {
        try LazyFeatureEnsemble.begin(group, width: width, plan, recorder, context).run(progress)
      }
      try context.store.removeCheckpoint(LazyFeatureEnsemble.checkpointName(width))
      try recorder.recordEnsembles(width: width)
      if plan.settings.kernels != .none { try runInitialKernels(width, recorder, progress) }
    }
    context.progress.update(fraction: 1, activity: "done", rate: "")
  }

  private func runInitialKernels(_ width: Int, _ recorder: LazyFeatureRecorder, _ progress: WorkProgress) throws {
    for draw in 0..<plan.settings.draws where !recorder.hasKernel(width: width, draw: draw) {
      progress.update("width \(width): initial kernel \(draw + 1)/\(plan.settings.draws)")
      let network = try FiniteNetwork(
        plan.architecture(width: width),
        members: [RandomStream(seed: plan.settings.seed, name: "network/\(width)/kernel/\(draw)")], on: plan.passEngine)
      try recorder.recordKernel(
        network, LazyFeatureFields.width(width), LazyFeatureFields.draw(draw), LazyFeatureFields.kernel(.initial))
    }
  }
}
