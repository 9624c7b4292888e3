import Compute
import Datasets
import Foundation
import Learning
import LinearAlgebra
import Networks
import Results

/// Runs the units of a plan one after another and records them. A unit that is already recorded to its end is skipped.
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
    let total = max(remaining.reduce(0) { $0 + plan.seconds($1) }, 1e-9)
    var done = 0.0
    // Chains with equally many bottlenecks share their first block and their baseline.
    for count in Set(remaining.map(\.baselineOf)).sorted() {
      let units = remaining.filter { $0.baselineOf == count }
      context.progress.update(fraction: done / total, activity: "kernels of the first block", rate: "")
      let setting = try BottleneckSetting(plan, bottlenecks: count, context)
      for unit in units {
        let seconds = plan.seconds(unit)
        let name = "\(unit.chain.widths.isEmpty ? "d = ∞" : "d = \(unit.chain)"), draw \(unit.draw + 1), \(unit.comparison.rawValue) rate"
        let clock = ContinuousClock.now
        try BottleneckUnit(unit, setting, recorded.steps(of: unit), context).run { step in
          let elapsed = (ContinuousClock.now - clock) / .seconds(1)
          let share = Double(step) / Double(plan.settings.steps)
          context.progress.update(
            fraction: (done + seconds * share) / total, activity: name,
            rate: String(format: "%.0f steps/s", Double(step) / max(elapsed, 1e-6)))
        }
        done += seconds
      }
    }
    context.progress.update(fraction: 1, activity: "done", rate: "")
  }
}

/// What all chains with the same number of bottlenecks share.
struct BottleneckSetting {
  let plan: BottleneckPlan
  let first: FirstBlock
  let baseline: FirstBlock
  let baselineNetwork: Network
  /// Largest eigenvalue of Θ_∞ / N.
  let baselineEigenvalue: Double
  let eigen: SymmetricEigen?
  let vectors: Tensor?
  let bottlenecks: Int

  init(_ plan: BottleneckPlan, bottlenecks: Int, _ context: RunContext) throws {
    self.plan = plan
    self.bottlenecks = bottlenecks
    let engine = context.engine
    let settings = plan.settings
    let data = plan.data
    let network = try settings.network([Int](repeating: 1, count: bottlenecks), inputs: data.trainInputs.columns, outputs: data.outputs)
    baselineNetwork = network.composed
    func firstBlock(_ block: WideBlock) throws -> FirstBlock {
      try FirstBlock(block.program, train: data.trainInputs, test: data.testInputs, relativeJitter: settings.jitter, on: engine)
    }
    let needsFirst = plan.units.contains { !$0.chain.widths.isEmpty && $0.baselineOf == bottlenecks }
    baseline = try firstBlock(baselineNetwork.blocks[0])
    first = needsFirst ? try firstBlock(network.blocks[0]) : baseline
    if settings.isClosedForm {
      let eigen = try FrozenKernelDynamics.eigen(baseline)
      baselineEigenvalue = (eigen.values.last ?? 0) / Double(settings.train)
      vectors = try engine.tensor(eigen.vectors, rows: settings.train, columns: settings.train)
      self.eigen = eigen
    } else {
      baselineEigenvalue = try baseline.largestTangentEigenvalue()
      (eigen, vectors) = (nil, nil)
    }
  }
}

/// What earlier starts of this run have recorded.
struct RecordedUnits {
  private var steps: [String: Set<Int>] = [:]
  private var ends: [String: Record] = [:]

  init(_ records: [Record]) {
    for record in records {
      guard let key = Self.key(record) else { continue }
      if record.string("kind") == "end" { ends[key] = record }
      if record.string("kind") == "step", let step = record.number("step") { steps[key, default: []].insert(Int(step)) }
    }
  }

  func steps(of unit: BottleneckPlan.Unit) -> Set<Int> { steps[Self.key(unit)] ?? [] }

  /// Ended for a reason of its own, or after at least `steps` steps.
  func isComplete(_ unit: BottleneckPlan.Unit, steps: Int) -> Bool {
    guard let end = ends[Self.key(unit)] else { return false }
    return end.string("status") != "finished" || (end.number("steps") ?? 0) >= Double(steps)
  }

  private static func key(_ unit: BottleneckPlan.Unit) -> String {
    "\(unit.comparison.rawValue) \(unit.chain.widths.isEmpty ? unit.baselineName : unit.chain.description) \(unit.fraction) \(unit.draw)"
  }

  private static func key(_ record: Record) -> String? {
    guard let comparison = record.string("comparison"), let chain = record.string("bottlenecks"), let fraction = record.number("kappa"),
      let draw = record.number("draw")
    else { return nil }
    return "\(comparison) \(chain == "inf" ? record.string("baseline") ?? chain : chain) \(fraction) \(Int(draw))"
  }
}

extension BottleneckPlan.Unit {
  /// The name of the network without bottlenecks that this one is compared with.
  var baselineName: String { baselineOf <= 1 ? "inf" : "inf/\(baselineOf)" }
}
