import Compute
import Foundation
import Learning
import Matrices
import Networks
import StudyRecords

/// The networks without bottleneck that the chains of one length are compared with.
struct BaselineRuns {
  let plan: BottleneckPlan
  let bottlenecks: Int
  let recorded: RecordedUnits<BottleneckPlan.Unit>
  let context: RunContext
  private var settings: BottleneckSettings { plan.settings }
  private var data: ChainData { plan.data }

  init(_ plan: BottleneckPlan, bottlenecks: Int, _ recorded: RecordedUnits<BottleneckPlan.Unit>, _ context: RunContext) {
    self.plan = plan
    self.bottlenecks = bottlenecks
    self.recorded = recorded
    self.context = context
  }

  /// Runs and records `units`.
  ///
  /// - Returns: the largest eigenvalue of Θ_∞ / N, of which rates are fractions.
  func run(_ units: [BottleneckPlan.Unit], _ progress: WorkProgress) throws -> Double {
    progress.update("kernels of the network without bottleneck")
    defer { progress.finish(seconds: plan.seconds(of: units)) }
    let network = try plan.network(bottlenecks: bottlenecks).composed
    let first = try plan.firstBlock(bottlenecks: bottlenecks, isBaseline: true, on: context.engine)
    try plan.record(first, name: "baseline-\(bottlenecks)", context)
    switch settings.baselineMethod {
    case .eigenvalues:
      let dynamics = try FrozenKernelDynamics(first)
      let eigenvalue = dynamics.largestEigenvalue / Double(settings.train)
      try runClosedForm(units, network, first, eigenvalue, progress) { starts, _ in
        { draw, rate in
          try dynamics.run(start: starts[draw].train, test: starts[draw].test, targets: data.trainTargets, rate: rate)
        }
      }
      return eigenvalue
    case .krylov:
      let eigenvalue = try first.largestTangentEigenvalue()
      try runClosedForm(units, network, first, eigenvalue, progress) { starts, rates in
        let dynamics = try KrylovDynamics(
          first, starts: starts, targets: data.trainTargets, rates: rates, lastStep: settings.steps,
          fraction: BottleneckFields.fractions.map(\.fraction).min() ?? 1
        ) { progress.update("network without bottleneck, \($0) Krylov vectors") }
        return { draw, rate in dynamics.run(draw: draw, rate: rate) }
      }
      return eigenvalue
    case .steps:
      let eigenvalue = try first.largestTangentEigenvalue()
      let lockstep = LockstepRuns(
        plan, name: "baseline-\(bottlenecks)", first: first, baselineEigenvalue: eigenvalue, recorded, context, network: { _ in network })
      defer { lockstep.diverged.tell(context.log) }
      try lockstep.run(units, progress)
      return eigenvalue
    }
  }

  /// - Parameter prepare: makes the runs of all draws at all rates, from F_0 of the draws.
  private func runClosedForm(
    _ units: [BottleneckPlan.Unit], _ network: Network, _ first: FirstBlock, _ eigenvalue: Double, _ progress: WorkProgress,
    _ prepare: ([(train: Matrix, test: Matrix)], [Double]) throws -> (Int, Double) throws -> any FrozenRun
  ) throws {
    guard !units.isEmpty else { return }
    let values = try plan.firstValues(units.map { (network, $0) }, first)
    let names = values.keys.sorted()
    let rates = units.map { $0.fraction * settings.stabilityLimit(eigenvalue) }
    let makeRun = try prepare(names.compactMap { values[$0] }, Array(Set(rates)))
    let alignment = try frozenAlignment(first)
    for (unit, rate) in zip(units, rates) {
      guard let draw = names.firstIndex(of: unit.startName) else { continue }
      progress.update("d = ∞, draw \(unit.draw), \(unit.comparison.rawValue) rate")
      try record(unit, makeRun(draw, rate), eigenvalue, alignment)
    }
  }

  private func record(_ unit: BottleneckPlan.Unit, _ run: any FrozenRun, _ eigenvalue: Double, _ alignment: Double?) throws {
    typealias Fields = BottleneckFields
    let reached = Fields.fractions.map { run.steps(toFraction: $0.fraction, limit: 1 << 30) }
    let recorder = UnitRecorder(unit, plan, context, recorded: recorded.lines(of: unit), rate: run.rate)
    // Curves go on to where the slowest fraction is reached: any number of steps costs the same.
    let last = max(settings.steps, reached.compactMap { $0 }.max() ?? settings.steps)
    let steps = logSpaced(to: last, count: 4 * settings.readings).union([settings.steps]).sorted()
    let (outputs, tests) = (try run.outputs(steps: steps), try run.testOutputs(steps: steps))
    var (best, final): (Double?, Double?) = (nil, nil)
    for (index, step) in steps.enumerated() {
      let error = try recorder.recordFrozen(
        step: step, initialLoss: run.trainLoss(step: 0), outputs: outputs[index], test: tests.isEmpty ? nil : tests[index],
        alignment: alignment)
      if let error { best = min(best ?? error, error) }
      if step == settings.steps { final = error }
    }
    var extra = [
      Fields.lambdaMaxStart(eigenvalue), Fields.lambdaMaxEnd(eigenvalue), Fields.finalTestError(final), Fields.bestTestError(best),
    ]
    if let exact = run as? FrozenKernelDynamics.Run {
      extra.append(Fields.convergedTestError(try recorder.testError(exact.testOutputs(step: nil))))
    }
    extra += zip(Fields.fractions, reached).map { $0.steps($1.map(Double.init)) }
    let loss = run.trainLoss(step: settings.steps)
    // Below the stability limit a loss only falls; where Θ_0 has eigenvalues below 0 it grows.
    let isBounded = loss.isFinite && loss <= (1 + 1e-6) * run.trainLoss(step: 0)
    try recorder.writeEnd(status: isBounded ? .finished : .diverged, steps: settings.steps, extra)
  }

  /// Alignment of one output's kernel, which does not move, with the targets; several outputs share the kernel.
  private func frozenAlignment(_ first: FirstBlock) throws -> Double? {
    let indices = settings.kernelIndices
    guard !indices.isEmpty else { return nil }
    let targets = data.trainTargets.rows(indices)
    // One block of the kernel for every output, and nothing between outputs.
    return alignment(try first.tangentKernel(indices), targets: targets)
  }
}
