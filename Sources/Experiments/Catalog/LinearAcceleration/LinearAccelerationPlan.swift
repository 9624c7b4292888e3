import Compute
import Results
import Sizes

/// What one run of `linear-acceleration` computes: four parts, each of units that are recorded by themselves.
struct LinearAccelerationPlan: ExperimentPlan {
  let settings: LinearAccelerationSettings
  private let parts: [any LinearAccelerationPart]
  private let kinds: [String: Kind]
  private let budget: Int
  /// Bytes, with the program.
  private let largestUnit: Size

  init(_ settings: LinearAccelerationSettings, memoryBudget: Int) throws {
    try settings.checkAll()
    self.settings = settings
    budget = memoryBudget
    largestUnit = try Self.bytes(settings)
    try MemoryNeed.check(largestUnit, for: LinearAcceleration.name, budget: budget)
    parts = [
      try SpeedUpPart(settings), try RulePart(settings), try ModePart(settings), try RegressionPart(settings), try WidthPart(settings),
    ]
    kinds = Dictionary(grouping: parts.flatMap { $0.units.map(\.key) }) { $0.string("kind") ?? "" }.mapValues { Kind($0) }
  }

  /// The values of a recorded line that no unit of its kind has.
  func excess(_ record: Record) -> Excess? {
    let kind = record.string("kind") ?? ""
    guard let own = kinds[kind] else { return excess(ofMissing: kind, record) }
    if own.units.contains(own.key(record)) { return nil }
    for (name, setting) in Self.settingNames where own.values[name]?.contains(record[name]?.text ?? "") == false {
      if name == "draw", let draw = record.number(name) { return .amount(setting, draw + 1) }
      return .member(setting, record[name]?.text ?? "none")
    }
    return nil
  }

  /// What leaves out a record of a kind that nothing asks for: a value such as the only depth of a chain.
  private func excess(ofMissing kind: String, _ record: Record) -> Excess {
    for (name, setting) in Self.settingNames {
      guard let value = record[name]?.text, !kinds.values.contains(where: { $0.values[name]?.contains(value) == true }) else { continue }
      return .member(setting, value)
    }
    return .member("lines of kind", kind)
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

  var summary: [String] {
    let bounds = "about \(EstimatedTime.text(seconds: estimatedSeconds)), \(MemoryNeed.text(Size(memory), budget: budget))"
    return parts.map(\.summary) + [bounds]
  }
  var estimatedSeconds: Double { parts.reduce(0) { $0 + $1.estimatedSeconds } }
  var memory: Int { (largestUnit + 4096 * parts.reduce(0) { $0 + $1.units.count }).value }
  var disk: Int { 1 << 20 + parts.reduce(0) { $0 + $1.units.count * 3200 } }

  /// Bytes of the largest unit of any part, with the program.
  private static func bytes(_ settings: LinearAccelerationSettings) throws -> Size {
    let widest = settings.widths.values.max() ?? 1
    let hidden = settings.layersG + settings.layersF
    // Parameters, gradient, two more vectors, the products of layers that become one map, and a layer's normals on the host.
    let squares = hidden > 4 ? 6 * (hidden - 4) + 3 : 0
    let finite =
      MemoryNeed.numbers([10, widest, settings.inputs + settings.widthBottleneck + 2 * hidden])
      + MemoryNeed.numbers([squares, widest, widest])
    // Seven slopes of a state, and the matrices that a derivative is made of.
    let states = try settings.chains().map { chain in
      let widths = [settings.inputs] + chain.widths + [1]
      return Size.sum(zip(widths, widths.dropFirst()).map { Size.product([$0, $1]) })
    }
    let flow = (states.max() ?? 0) * 320 + MemoryNeed.numbers([3, settings.inputs, settings.inputs])
    let regression = MemoryNeed.numbers([4, settings.regressionPoints, settings.regressionInputs])
    let modeCount = settings.modes.values.count + 1
    let modes = MemoryNeed.numbers([40, modeCount, modeCount, settings.depths.values.max() ?? 1])
    return Size.sum([MemoryNeed.program, finite, flow, regression, modes])
  }
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
  /// Name of the checkpoint from which a unit that was left goes on; nil for units of a moment.
  var checkpoint: String?
  let compute: (RunContext) throws -> Record
}

protocol LinearAccelerationPart {
  /// Name on the progress line.
  var name: String { get }
  var summary: String { get }
  var units: [LinearAccelerationUnit] { get }
  var estimatedSeconds: Double { get }
}
