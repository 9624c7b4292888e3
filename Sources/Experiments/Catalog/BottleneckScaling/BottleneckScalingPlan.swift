import Compute
import Datasets
import DeviceTiming
import Results
import Sizes
import StudyRecords

/// A plan of the experiment `bottleneck` for each combination of training points and target scale, run one after another.
struct BottleneckScalingPlan: ExperimentPlan {
  private let combinations: [BottleneckPlan]

  init(_ settings: BottleneckScalingSettings, on engine: Engine, passEngine: Engine, speeds: DeviceSpeeds) throws {
    try settings.checkAll()
    let loaded = try DataSource.parse(settings.bottleneck.data).load()
    combinations = try settings.combinations.map {
      try Bottleneck.checkedPlan($0, loaded: loaded, on: engine, passEngine: passEngine, speeds: speeds)
    }
  }

  var estimatedSeconds: Double { combinations.reduce(0) { $0 + $1.estimatedSeconds } }
  /// One combination after another; the data of all are there from the start.
  var memory: Int {
    let data = combinations.map {
      MemoryNeed.data(0, points: $0.data.trainInputs.rows, features: $0.data.trainInputs.columns, outputs: $0.data.outputs)
    }
    return (Size(combinations.map(\.memory).max() ?? 0) + Size.sum(data)).value
  }
  var disk: Int { Size.sum(combinations.map { Size($0.disk) }).value }
  var dataChecksums: [String: String] { combinations.reduce(into: [:]) { $0.merge($1.dataChecksums) { own, _ in own } } }
  var dataNotes: [String] { combinations.first?.dataNotes ?? [] }
  var seeds: [String: UInt64] { combinations.first?.seeds ?? [:] }

  var summary: [String] {
    guard let first = combinations.first, let largest = combinations.max(by: { $0.settings.train < $1.settings.train }) else { return [] }
    let points = combinations.reduce(into: [Int]()) { if !$0.contains($1.settings.train) { $0.append($1.settings.train) } }
    let scales = combinations.filter { $0.settings.train == first.settings.train }.map { "\($0.settings.targetScale)" }
    let runs = combinations.reduce(0) { $0 + $1.units.count }
    return [
      "\(combinations.count) combinations of \(points.map(String.init).joined(separator: ", ")) training points "
        + "and target scales \(scales.joined(separator: ", ")), each chain in a lockstep of its own",
      "with most points: " + largest.summary[0],
    ] + largest.summary.dropFirst().dropLast()
      + ["\(runs) runs in all: about \(EstimatedTime.text(seconds: estimatedSeconds))"]
  }

  func run(_ context: RunContext) throws {
    let total = max(estimatedSeconds, 1e-9)
    var done = 0.0
    for combination in combinations {
      let (points, scale) = (combination.settings.train, combination.settings.targetScale)
      let part = context.part(
        store: RunPart(
          of: context.store, name: "points\(points)-scale\(scale.fileText)",
          fields: Record(BottleneckFields.points(points), BottleneckFields.scale(scale))),
        progress: PartProgress(
          whole: context.progress, from: done / total, to: (done + combination.estimatedSeconds) / total,
          name: "\(points) points, scale \(scale)"))
      try BottleneckExecution(combination, part, grouping: .eachChain).run()
      done += combination.estimatedSeconds
    }
  }
}

/// Progress of one part of the work, within that of all.
private struct PartProgress: ProgressReporting {
  let whole: any ProgressReporting
  let from: Double
  let to: Double
  let name: String

  func update(fraction: Double, activity: String, rate: String) {
    whole.update(fraction: from + (to - from) * fraction, activity: "\(name): \(activity)", rate: rate)
  }
}
