import Compute
import Learning
import Results

/// What one run of `linear-acceleration` computes: four parts, each of units that are recorded by themselves.
struct LinearAccelerationPlan: ExperimentPlan {
  let settings: LinearAccelerationSettings
  private let parts: [any LinearAccelerationPart]

  init(_ settings: LinearAccelerationSettings) throws {
    try settings.validate()
    self.settings = settings
    parts = [
      try SpeedUpPart(settings), try RulePart(settings), try ModePart(settings), try RegressionPart(settings), try WidthPart(settings),
    ]
  }

  var summary: [String] { parts.map(\.summary) + ["about \(BottleneckPlan.text(seconds: estimatedSeconds))"] }
  var estimatedSeconds: Double { parts.reduce(0) { $0 + $1.estimatedSeconds } }
  var expectedBytes: Int { parts.reduce(1 << 20) { $0 + $1.units.count * 4096 } }
  var dataChecksums: [String: String] { [:] }
  var seeds: [String: UInt64] { ["draws": settings.seed] }

  func run(_ context: RunContext) throws {
    let total = max(estimatedSeconds, 1e-9)
    var done = 0.0
    for part in parts {
      for (index, unit) in part.units.enumerated() {
        let share = part.estimatedSeconds * Double(index) / Double(max(part.units.count, 1))
        context.progress.update(fraction: (done + share) / total, activity: part.name, rate: "\(index) of \(part.units.count)")
        // A continued run has it.
        let isRecorded = context.store.existing.contains { line in unit.key.fields.allSatisfy { line[$0.key] == $0.value } }
        if isRecorded { continue }
        var record = unit.key
        for field in try unit.compute(context).fields { record[field.key] = field.value }
        try context.store.append(record)
      }
      done += part.estimatedSeconds
    }
    context.progress.update(fraction: 1, activity: "done", rate: "")
  }
}

/// One line of the records: what tells it from the others, and how its numbers are computed.
struct LinearAccelerationUnit {
  let key: Record
  let compute: (RunContext) throws -> Record
}

protocol LinearAccelerationPart {
  /// For the progress line.
  var name: String { get }
  var summary: String { get }
  var units: [LinearAccelerationUnit] { get }
  var estimatedSeconds: Double { get }
}
