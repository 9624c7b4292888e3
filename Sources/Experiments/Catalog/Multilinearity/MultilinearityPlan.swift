import Compute
import FiniteNetworks
import Results
import Sizes

/// What is measured of every network at every width, and what it costs.
struct MultilinearityPlan: ExperimentPlan {
  /// What is measured together, and recorded as complete together.
  enum Part: String, CaseIterable {
    /// Spectral norms of the derivatives.
    case norms
    /// Spectral norms of the Hessian's blocks, where there is more than one segment.
    case blocks
    /// Training, and the distance to the multilinear model in a ball.
    case training
  }

  struct Unit: Hashable {
    let kind: LinearKind
    let width: Int
    let part: Part
  }

  let settings: MultilinearitySettings
  let units: [Unit]
  private let kinds: [LinearKind]
  private let widths: [Int]
  private let cost: MultilinearityCost
  private let budget: Int

  init(_ settings: MultilinearitySettings, on engine: Engine) throws {
    try settings.checkAll()
    self.settings = settings
    let (kinds, widths) = (try settings.kinds(), settings.widths.values)
    (self.kinds, self.widths) = (kinds, widths)
    units = widths.flatMap { width in
      kinds.flatMap { kind in
        Part.allCases.filter { $0 != .blocks || kind.degree > 1 }.map { Unit(kind: kind, width: width, part: $0) }
      }
    }
    budget = engine.memoryBudget
    for unit in units {
      try MemoryNeed.check(Self.shared(settings) + Self.member(unit, settings), for: Multilinearity.name, budget: budget)
    }
    cost = try MultilinearityCost(settings, on: engine)
  }

  /// The program, its probe of the device, and the training points.
  private static func shared(_ settings: MultilinearitySettings) -> Size {
    MemoryNeed.program + MultilinearityCost.probeBytes(settings) + MemoryNeed.numbers([6, settings.points, settings.inputs + 8])
  }

  /// One member with its starts: the vectors that an iteration holds, and a few more for its passes.
  private static func member(_ unit: Unit, _ settings: MultilinearitySettings) -> Size {
    let parameters = unit.kind.parameters(settings, width: unit.width) + Size(1024 * (unit.kind.layers + 1))
    let vectors = parameters * 160
    let passes: Size = unit.part == .training ? MemoryNeed.numbers([8, settings.points, unit.width, unit.kind.layers]) : 0
    return vectors * settings.restarts + passes
  }

  var estimatedSeconds: Double { units.reduce(0) { $0 + seconds($1, members: settings.members) } }
  var memory: Int {
    let most = units.map { Self.shared(settings) + Self.member($0, settings) * min(settings.members, wave($0)) }.max()
    return (most ?? Self.shared(settings)).value
  }
  var disk: Int { (Size.product([units.count, settings.members, 4096]) + Size(1 << 20)).value }
  var dataChecksums: [String: String] { [:] }
  var seeds: [String: UInt64] { ["networks": settings.seed] }

  var summary: [String] {
    [
      "deep linear networks \(kinds.map(\.description).joined(separator: ", ")) (layers between bottlenecks of \(settings.bottleneck)), widths "
        + "\(widths.map(String.init).joined(separator: ", ")), \(settings.members) of each",
      "derivatives to order \(settings.orders) by power iteration (\(settings.restarts) starts, at most \(settings.iterations) iterations); "
        + "\(settings.steps) steps of gradient descent on \(settings.points) points; a ball of radius \(settings.radius)",
      "\(units.count) measurements: about \(EstimatedTime.text(seconds: estimatedSeconds)), "
        + MemoryNeed.text(Size(memory), budget: budget),
    ]
  }

  func seconds(_ unit: Unit, members: Int) -> Double { cost.seconds(unit, members: members) }

  /// Members that are computed at once.
  func wave(_ unit: Unit) -> Int {
    max(1, (Size(budget) - Self.shared(settings)).value / max(Self.member(unit, settings).value, 1))
  }

  func run(_ context: RunContext) throws { try MultilinearityExecution(self, context).run() }
}
