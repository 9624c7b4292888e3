import Compute
import Learning
import Matrices
import Networks
import StudyRecords

/// The networks without bottleneck that the chains of one length are compared with.
struct BaselineRuns {
  let plan: BottleneckStudy
  let bottlenecks: Int
  let work: StudyRun<BottleneckUnit>
  private var context: RunContext { work.context }
  private var progress: WorkProgress { work.progress }
  private var settings: BottleneckSettings { plan.settings }
  private var data: ChainData { plan.data }

  /// Runs and records `units`.
  ///
  /// - Returns: the largest eigenvalue of Θ_∞ / N, of which rates are fractions.
  func run(_ units: [BottleneckUnit]) throws -> Double {
    progress.update("kernels of the network without bottleneck")
    defer { progress.finish(seconds: plan.seconds(units)) }
    let network = try plan.network(bottlenecks: bottlenecks).composed
    let first = try plan.firstBlock(bottlenecks: bottlenecks, isBaseline: true, on: context.engine)
    try plan.record(first, name: "baseline-\(bottlenecks)", context)
    switch settings.baselineMethod {
    case .eigenvalues:
      let dynamics = try FrozenKernelDynamics(first)
      let eigenvalue = dynamics.largestEigenvalue / Double(settings.train)
      try runClosedForm(units, network, first, eigenvalue) { starts, _ in
        { draw, rate in
          try dynamics.run(start: starts[draw].train, test: starts[draw].test, targets: data.trainTargets, rate: rate)
        }
      }
      return eigenvalue
    case .krylov:
      let eigenvalue = try first.largestTangentEigenvalue()
      try runClosedForm(units, network, first, eigenvalue) { starts, rates in
        let dynamics = try KrylovDynamics(
          first, starts: starts.map { ($0.train, $0.test) }, targets: data.trainTargets, rates: rates, lastStep: settings.steps,
          fraction: BottleneckFields.fractions.map(\.fraction).min() ?? 1
        ) { progress.update("network without bottleneck, \($0) Krylov vectors") }
        return { draw, rate in dynamics.run(draw: draw, rate: rate) }
      }
      return eigenvalue
    case .steps:
      let eigenvalue = try first.largestTangentEigenvalue()
      try LockstepRuns(
        plan: plan, name: "baseline-\(bottlenecks)", first: first, baselineEigenvalue: eigenvalue, work: work, network: { _ in network }
      ).run(units)
      return eigenvalue
    }
  }

  /// - Parameter prepare: makes the runs of all draws at all rates, from F_0 of the draws.
  private func runClosedForm(
    _ units: [BottleneckUnit], _ network: Network, _ first: FirstBlock, _ eigenvalue: Double,
    _ prepare: ([FirstValues], [Double]) throws -> (Int, Double) throws -> any FrozenRun
  ) throws {
    guard !units.isEmpty else { return }
    let values = try plan.firstValues(units.map { (network, $0) }, first)
    let names = values.keys.sorted()
    let rates = units.map { settings.learningRate($0.rate, eigenvalue) }
    let starts = names.compactMap { values[$0] }
    let makeRun = try prepare(starts, Array(Set(rates)))
    let alignment = try frozenAlignment(first)
    for (unit, rate) in zip(units, rates) {
      guard let draw = names.firstIndex(of: unit.startName) else { continue }
      progress.update("d = ∞, draw \(unit.draw), \(unit.comparison.rawValue) rate")
      let run = try makeRun(draw, rate)
      try record(unit, run, eigenvalue, alignment)
      for step in plan.saved == nil ? [] : Set(settings.outputSteps.values).union([settings.steps]).sorted() {
        let values = SavedOutputs.Values(
          train: try run.outputs(steps: [step])[0], test: try run.testOutputs(steps: [step])[0],
          further: try run.furtherOutputs(steps: [step], from: starts[draw].further).first)
        try plan.saved?.save(values, of: unit, step: step, in: context.store)
      }
    }
  }

  private func record(_ unit: BottleneckUnit, _ run: any FrozenRun, _ eigenvalue: Double, _ alignment: Double?) throws {
    typealias Fields = BottleneckFields
    let reached = Fields.fractions.map { run.steps(toFraction: $0.fraction, limit: 1 << 30) }
    let recorder = UnitRecorder(unit, plan, work, rate: run.rate)
    // Curves go on to where the slowest fraction is reached: any number of steps costs the same.
    let last = max(settings.steps, reached.compactMap { $0 }.max() ?? settings.steps)
    let steps = logSpaced(to: last, count: 4 * settings.readings).union([settings.steps]).sorted()
    let (outputs, tests) = (try run.outputs(steps: steps), try run.testOutputs(steps: steps))
    var (course, final) = (TestCourse(), TestCourse())
    for (index, step) in steps.enumerated() {
      let values = try recorder.recordFrozen(
        step: step, initialLoss: run.trainLoss(step: 0), outputs: outputs[index], test: tests.isEmpty ? nil : tests[index],
        alignment: alignment)
      course.add(error: values.error, loss: values.loss)
      if step == settings.steps { final.add(error: values.error, loss: values.loss) }
    }
    var extra = [Fields.lambdaMaxStart(eigenvalue), Fields.lambdaMaxEnd(eigenvalue)] + course.ending(as: final).entries(data)
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
