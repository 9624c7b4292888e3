import Compute
import FiniteNetworks
import Results

/// What is measured of every network at every width, and what it costs.
struct MultilinearityPlan: ExperimentPlan {
  /// What is measured together, and recorded as complete together.
  enum Part: String, CaseIterable {
    /// Spectral norms of the derivatives.
    case norms
    /// Those of the Hessian's blocks, where there is more than one segment.
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

  init(_ settings: MultilinearitySettings, on engine: Engine) throws {
    try settings.validate()
    self.settings = settings
    let (kinds, widths) = (try settings.kinds(), try settings.widthList())
    (self.kinds, self.widths) = (kinds, widths)
    units = widths.flatMap { width in
      kinds.flatMap { kind in
        Part.allCases.filter { $0 != .blocks || kind.degree > 1 }.map { Unit(kind: kind, width: width, part: $0) }
      }
    }
    cost = try MultilinearityCost(settings, on: engine)
    for kind in kinds {
      let largest = widths.max() ?? 1
      let bytes = cost.bytesPerMember(kind, width: largest) * settings.restarts
      guard bytes <= engine.memoryBudget else {
        throw ComputeError.budgetTooSmall(
          operation: "network \(kind) of width \(largest)", neededBytes: bytes, budgetBytes: engine.memoryBudget)
      }
    }
  }

  var estimatedSeconds: Double { units.reduce(0) { $0 + seconds($1, members: settings.members) } }
  var expectedBytes: Int { units.count * settings.members * 8192 + (1 << 20) }
  var dataChecksums: [String: String] { [:] }
  var seeds: [String: UInt64] { ["networks": settings.seed] }

  var summary: [String] {
    [
      "deep linear networks \(kinds.map(\.description).joined(separator: ", ")) (layers between bottlenecks of \(settings.bottleneck)), widths "
        + "\(widths.map(String.init).joined(separator: ", ")), \(settings.members) of each",
      "derivatives to order \(settings.orders) by power iteration (\(settings.restarts) starts, at most \(settings.iterations) iterations); "
        + "\(settings.steps) steps of gradient descent on \(settings.points) points; a ball of radius \(settings.radius)",
      "\(units.count) measurements: about \(BottleneckPlan.text(seconds: estimatedSeconds))",
    ]
  }

  func seconds(_ unit: Unit, members: Int) -> Double { cost.seconds(unit, members: members) }

  /// Members that are computed at once.
  func wave(_ unit: Unit, budget: Int) -> Int {
    max(1, budget / max(cost.bytesPerMember(unit.kind, width: unit.width) * settings.restarts, 1))
  }

  func run(_ context: RunContext) throws { try MultilinearityExecution(self, context).run() }
}
