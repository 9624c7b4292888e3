import Compute
import Results
import Sizes
import StudyRecords

/// What one run of `linear-acceleration` computes: parts, each of units of one line that are recorded by themselves.
struct LinearAccelerationStudy: Study {
  private typealias Fields = LinearAccelerationFields

  let settings: LinearAccelerationSettings
  let units: [LinearAccelerationUnit]
  private let parts: [LinearAccelerationPart]
  private let budget: Int
  /// Bytes, with the program.
  private let largestUnit: Size

  init(_ settings: LinearAccelerationSettings, on device: PlannedDevice) throws {
    try settings.checkAll()
    self.settings = settings
    budget = device.engine.memoryBudget
    largestUnit = try Self.bytes(settings)
    try MemoryNeed.check(largestUnit, for: LinearAcceleration.name, budget: budget)
    parts = try Self.parts(settings, LinearAccelerationCost(settings: settings, device: device))
    units = parts.flatMap(\.units)
  }

  private static func parts(_ settings: LinearAccelerationSettings, _ cost: LinearAccelerationCost?) throws -> [LinearAccelerationPart] {
    [
      try SpeedUpPart.part(settings, cost), RulePart.part(settings, cost), ModePart.part(settings, cost),
      RegressionPart.part(settings, cost), try WidthPart.part(settings, cost),
    ]
  }

  /// The values of a recorded line that no unit of its kind has; of a kind that nothing asks for, a value such as the only depth of a
  /// chain.
  static func excess(over settings: LinearAccelerationSettings) throws -> (Record) -> Excess? {
    try settings.checkAll()
    let units = try parts(settings, nil).flatMap(\.units)
    let keys = Set(units.map(\.key))
    var values: [Fields.Kind: [String: Set<String>]] = [:]
    for unit in units {
      for field in unit.head.fields { values[unit.kind, default: [:]][field.key, default: []].insert(field.value.text) }
    }
    return { record in
      guard let kind = record[Fields.kind] else { return nil }
      guard LinearAccelerationUnit.key(record).map(keys.contains) != true else { return nil }
      let known = values[kind].map { [$0] } ?? Array(values.values)
      for (field, setting) in Self.settingNames {
        guard let value = record[field.name]?.text, !known.contains(where: { $0[field.name]?.contains(value) == true }) else { continue }
        if field.name == Fields.draw.name, let draw = record.number(Fields.draw) { return .amount(setting, draw + 1) }
        return .member(setting, value)
      }
      return values[kind] == nil ? .member("lines of kind", kind.rawValue) : nil
    }
  }

  /// Settings by the fields of the records that follow from them.
  private static let settingNames: [(field: any AnyField, setting: String)] = [
    (Fields.spectrum, "spectrum"), (Fields.start, "start"), (Fields.norm, "target-norms"), (Fields.bottlenecks, "bottlenecks"),
    (Fields.depth, "depths"), (Fields.width, "widths"), (Fields.draw, "draws"),
  ]

  var summary: [String] {
    let bounds = "about \(EstimatedTime.text(seconds: estimatedSeconds)), \(MemoryNeed.text(Size(memory), budget: budget))"
    return parts.map(\.summary) + [bounds]
  }
  var memory: Int { (largestUnit + 4096 * units.count).value }
  var disk: Int { 1 << 20 + units.count * 3200 }
  var seeds: [String: UInt64] { ["draws": settings.seed] }

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

  func seconds(_ wave: [LinearAccelerationUnit]) -> Double { wave.reduce(0) { $0 + $1.seconds } }

  func run(_ wave: [LinearAccelerationUnit], _ run: StudyRun<LinearAccelerationUnit>) throws {
    for unit in wave {
      run.report(unit.name)
      var record = unit.head
      record.add(try unit.compute(run.context))
      try run.record(record)
      if let checkpoint = unit.checkpoint { try run.context.store.removeCheckpoint(checkpoint) }
    }
    run.finish()
  }
}

/// Units of one kind.
struct LinearAccelerationPart {
  let summary: String
  let units: [LinearAccelerationUnit]
}

/// One line of the records: what tells it from the others, and how its numbers are computed.
struct LinearAccelerationUnit: StudyUnit {
  /// Name on the progress line.
  let name: String
  let kind: LinearAccelerationFields.Kind
  /// Estimated.
  let seconds: Double
  /// The kind, and the fields that tell units of the kind apart.
  let head: Record
  /// Name of the checkpoint from which a unit that was left goes on; nil for units of a moment.
  let checkpoint: String?
  let compute: @Sendable (RunContext) throws -> Record

  init(
    _ name: String, _ kind: LinearAccelerationFields.Kind, seconds: Double, _ entries: Entry..., checkpoint: String? = nil,
    compute: @escaping @Sendable (RunContext) throws -> Record
  ) {
    (self.name, self.kind, self.seconds, self.checkpoint, self.compute) = (name, kind, seconds, checkpoint, compute)
    var head = Record(LinearAccelerationFields.kind(kind))
    head.add(entries)
    self.head = head
  }

  var key: String { Self.key(head) ?? "" }

  static func key(_ record: Record) -> String? {
    record[LinearAccelerationFields.kind].flatMap { kind in
      record.key(LinearAccelerationFields.keys(kind)).map { "\(kind.rawValue) \($0)" }
    }
  }

  /// Every line is a unit of its own.
  static func isEnd(_ record: Record) -> Bool { true }
}
