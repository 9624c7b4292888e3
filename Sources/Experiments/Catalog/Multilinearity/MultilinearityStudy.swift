import Compute
import FiniteNetworks
import Results
import Sizes
import StudyRecords

/// What is measured of every network at every width, and what it costs.
struct MultilinearityStudy: Study {
  typealias Fields = MultilinearityFields

  /// One part of what is measured of one network.
  struct Unit: StudyUnit, Hashable {
    let kind: LinearKind
    let width: Int
    let part: Fields.Part
    let member: Int

    var key: String { "\(kind) \(width) \(part.rawValue) \(member)" }

    /// The unit of the first member, of one network, width and part.
    var first: Unit { Unit(kind: kind, width: width, part: part, member: 0) }

    static func key(_ record: Record) -> String? { record.key([Fields.network, Fields.width, Fields.part, Fields.member]) }
  }

  let settings: MultilinearitySettings
  let units: [Unit]
  private let kinds: [LinearKind]
  private let cost: MultilinearityCost
  private let budget: Int

  init(_ settings: MultilinearitySettings, on device: PlannedDevice) throws {
    try settings.checkAll()
    self.settings = settings
    let kinds = try settings.kinds()
    self.kinds = kinds
    units = settings.widths.values.flatMap { width in
      kinds.flatMap { kind in
        Fields.Part.allCases.filter { $0 != .blocks || kind.degree > 1 }.flatMap { part in
          (0..<settings.members).map { Unit(kind: kind, width: width, part: part, member: $0) }
        }
      }
    }
    budget = device.engine.memoryBudget
    for unit in units where unit.member == 0 {
      try MemoryNeed.check(Self.shared(settings) + Self.member(unit, settings), for: Multilinearity.name, budget: budget)
    }
    let (units, budget) = (units, budget)
    cost = try MultilinearityCost(
      settings, units.filter { $0.member == 0 }, together: { Self.together($0, settings, budget: budget) }, on: device)
  }

  /// The program and the training points.
  private static func shared(_ settings: MultilinearitySettings) -> Size {
    MemoryNeed.program + MemoryNeed.numbers([6, settings.points, settings.inputs + 8])
  }

  /// One member with its starts: the vectors that an iteration holds, and a few more for its passes.
  private static func member(_ unit: Unit, _ settings: MultilinearitySettings) -> Size {
    let parameters = unit.kind.parameters(settings, width: unit.width) + Size(1024 * (unit.kind.layers + 1))
    let vectors = parameters * 160
    let passes: Size = unit.part == .training ? MemoryNeed.numbers([8, settings.points, unit.width, unit.kind.layers]) : 0
    return vectors * settings.restarts + passes
  }

  var memory: Int {
    let most = units.filter { $0.member == 0 }.map { Self.member($0, settings) * together($0) }.max()
    return (Self.shared(settings) + (most ?? 0)).value
  }
  var disk: Int { (Size.product([units.count, 4096]) + Size(1 << 20)).value }
  var seeds: [String: UInt64] { ["networks": settings.seed] }

  var summary: [String] {
    [
      "deep linear networks \(kinds.map(\.description).joined(separator: ", ")) (layers between bottlenecks of \(settings.bottleneck)), widths "
        + "\(settings.widths.values.map(String.init).joined(separator: ", ")), \(settings.members) of each",
      "derivatives to order \(settings.orders) by power iteration (\(settings.restarts) starts, at most \(settings.iterations) iterations); "
        + "\(settings.steps) steps of gradient descent on \(settings.points) points; a ball of radius \(settings.radius)",
      "\(units.count / settings.members) measurements: about \(EstimatedTime.text(seconds: estimatedSeconds)), "
        + MemoryNeed.text(Size(memory), budget: budget),
    ]
  }

  func seconds(_ wave: [Unit]) -> Double { cost.seconds(wave) }

  /// Members that fit into memory together, of those that there are.
  private static func together(_ unit: Unit, _ settings: MultilinearitySettings, budget: Int) -> Int {
    let room = (Size(budget) - shared(settings)).value / max(member(unit, settings).value, 1)
    return max(1, min(settings.members, room))
  }

  private func together(_ unit: Unit) -> Int { Self.together(unit, settings, budget: budget) }

  func waves(_ left: [Unit]) -> [[Unit]] { left.runs(of: \.first).flatMap { $0.elements.parts(of: together($0.key)) } }

  func run(_ wave: [Unit], _ run: StudyRun<Unit>) throws {
    let (kind, width, part) = (wave[0].kind, wave[0].width, wave[0].part)
    func append(_ record: Record) throws {
      var line = Record(Fields.kind(record[Fields.kind] ?? .end), Fields.network(kind), Fields.width(width))
      line.add(record)
      try run.record(line)
    }
    let members = wave.map(\.member)
    let measurement = try Measurement(members, name: "network \(kind), width \(width)", checkpoint: "\(kind)-\(width)-\(part)", run)
    let measured =
      switch part {
      case .norms: try SpectralNorms(settings, kind, width: width, members: members, on: run.context.engine).derivatives(measurement)
      case .blocks: try SpectralNorms(settings, kind, width: width, members: members, on: run.context.engine).blocks(measurement)
      case .training: try MultilinearTraining(settings, kind, width: width, members: members, on: run.context.engine).run(measurement)
      }
    // A measurement is recorded as a whole, with lines that say so at its end.
    try measured.forEach(append)
    for member in members { try append(Record(Fields.kind(.end), Fields.part(part), Fields.member(member))) }
    try measurement.finish()
  }
}
