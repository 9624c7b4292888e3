import Compute
import Learning
import Results

/// What one run of `linear-acceleration` computes: four parts, each of units that are recorded by themselves.
struct LinearAccelerationPlan: ExperimentPlan {
  let settings: LinearAccelerationSettings
  private let parts: [any LinearAccelerationPart]
  private let kinds: [String: Kind]

  init(_ settings: LinearAccelerationSettings) throws {
    try settings.validate()
    self.settings = settings
    parts = [
      try SpeedUpPart(settings), try RulePart(settings), try ModePart(settings), try RegressionPart(settings), try WidthPart(settings),
    ]
    kinds = Dictionary(grouping: parts.flatMap { $0.units.map(\.key) }) { $0.string("kind") ?? "" }.mapValues { Kind($0) }
  }

  /// The values of a recorded line that no unit of its kind has.
  func excess(_ record: Record) -> Excess? {
    let kind = record.string("kind") ?? ""
    guard let own = kinds[kind] else { return .member("lines of kind", kind) }
    if own.units.contains(own.key(record)) { return nil }
    for (name, setting) in Self.settingNames where own.values[name]?.contains(record[name]?.text ?? "") == false {
      if name == "draw", let draw = record.number(name) { return .amount(setting, draw + 1) }
      return .member(setting, record[name]?.text ?? "none")
    }
    return nil
  }

  /// Settings by the fields of the records that follow from them.
  private static let settingNames = [
    ("spectrum", "spectrum"), ("start", "start"), ("norm", "target-norms"), ("bottlenecks", "bottlenecks"), ("depth", "depths"),
    ("width", "widths"), ("draw", "draws"),
  ]

  /// The units of one kind.
  private struct Kind {
    /// Fields that tell them apart.
    let names: [String]
    private(set) var units: Set<String> = []
    private(set) var values: [String: Set<String>] = [:]

    init(_ keys: [Record]) {
      names = keys.first?.fields.map(\.key) ?? []
      for key in keys {
        units.insert(self.key(key))
        for field in key.fields { values[field.key, default: []].insert(field.value.text) }
      }
    }

    func key(_ record: Record) -> String { names.map { record[$0]?.text ?? "" }.joined(separator: " ") }
  }

  var summary: [String] { parts.map(\.summary) + ["about \(BottleneckPlan.text(seconds: estimatedSeconds))"] }
  var estimatedSeconds: Double { parts.reduce(0) { $0 + $1.estimatedSeconds } }
  var expectedBytes: Int { parts.reduce(1 << 20) { $0 + $1.units.count * 4096 } }
  var dataChecksums: [String: String] { [:] }
  var seeds: [String: UInt64] { ["draws": settings.seed] }

  func run(_ context: RunContext) throws {
    let recorded = Set(
      context.store.existing.compactMap { line in
        line.string("kind").flatMap { kind in kinds[kind].map { "\(kind) \($0.key(line))" } }
      })
    let total = max(estimatedSeconds, 1e-9)
    var done = 0.0
    for part in parts {
      for (index, unit) in part.units.enumerated() {
        let share = part.estimatedSeconds * Double(index) / Double(max(part.units.count, 1))
        context.progress.update(fraction: (done + share) / total, activity: part.name, rate: "\(index) of \(part.units.count)")
        // A continued run has it.
        let kind = unit.key.string("kind") ?? ""
        if let own = kinds[kind], recorded.contains("\(kind) \(own.key(unit.key))") { continue }
        var record = unit.key
        for field in try unit.compute(context).fields { record[field.key] = field.value }
        try context.store.append(record)
        if let checkpoint = unit.checkpoint { try context.store.removeCheckpoint(checkpoint) }
      }
      done += part.estimatedSeconds
    }
    context.progress.update(fraction: 1, activity: "done", rate: "")
  }
}

/// One line of the records: what tells it from the others, and how its numbers are computed.
struct LinearAccelerationUnit {
  let key: Record
  /// Of the checkpoint from which a unit that was left goes on; nil for units of a moment.
  var checkpoint: String?
  let compute: (RunContext) throws -> Record
}

protocol LinearAccelerationPart {
  /// For the progress line.
  var name: String { get }
  var summary: String { get }
  var units: [LinearAccelerationUnit] { get }
  var estimatedSeconds: Double { get }
}
