import Compute
import FiniteNetworks
import Foundation
import Learning
import Results

/// Checked settings of `lazy-feature` with their data: which networks are trained, in which ensembles.
struct LazyFeaturePlan: ExperimentPlan {
  /// One network.
  struct Unit: Hashable {
    let width: Int
    /// √h·α: the α of an output divided by h.
    let alpha: Double
    let draw: Int

    var key: String { "h\(width)-a\(alpha)-draw\(draw)" }
    var stream: String { "network/\(width)/\(alpha)/\(draw)" }
    var fields: Record { ["width": .number(Double(width)), "alpha": .number(alpha), "draw": .number(Double(draw))] }
  }

  let settings: LazyFeatureSettings
  let data: LazyFeatureData
  let units: [Unit]
  let passEngine: Engine
  /// Measured time of one step of one network of each width.
  let secondsPerStep: [Int: Double]

  /// Steps that a run of the flow takes on tasks tried; the plan's guess.
  private static let typicalSteps = 2500.0

  init(_ settings: LazyFeatureSettings, on engine: Engine, passEngine: Engine) throws {
    try settings.check()
    self.settings = settings
    self.passEngine = passEngine
    data = try LazyFeatureData(settings, on: engine, passEngine: passEngine)
    let (widths, alphas) = try (settings.widthList(), settings.alphaList())
    units = widths.flatMap { width in
      alphas.flatMap { alpha in (0..<settings.draws).map { Unit(width: width, alpha: alpha, draw: $0) } }
    }
    var seconds: [Int: Double] = [:]
    for width in widths { seconds[width] = try Self.measure(width, settings, data, passEngine) }
    secondsPerStep = seconds
  }

  func architecture(width: Int) throws -> Architecture { try settings.architecture(width: width, input: data.input) }
  func streams(_ units: [Unit]) -> [RandomStream] { units.map { RandomStream(seed: settings.seed, name: $0.stream) } }

  /// Time of one gradient of a small ensemble, per network.
  private static func measure(_ width: Int, _ settings: LazyFeatureSettings, _ data: LazyFeatureData, _ engine: Engine) throws -> Double {
    let architecture = try settings.architecture(width: width, input: data.input)
    let members = width < 200 ? 4 : 1
    let network = try FiniteNetwork(
      architecture, members: (0..<members).map { RandomStream(seed: 0, name: "cost/\($0)") }, draw: .device, on: engine)
    let points = settings.method == .flow || settings.batch == 0 ? settings.train : settings.batch
    let targets = try engine.tensor(Matrix(rows: points, columns: 1, values: Array(data.trainSigns.values[..<points])))
    let objective = try Objective(
      settings.loss, inputs: data.train.rows(0..<points), targets: targets, alpha: [Double](repeating: 1, count: members), on: engine)
    func once() throws -> Double {
      let clock = ContinuousClock.now
      _ = try network.gradient(of: objective)
      try engine.synchronize()
      return (ContinuousClock.now - clock) / .seconds(1)
    }
    _ = try once()
    return try once() / Double(members)
  }

  /// Of the whole training of one network.
  func seconds(of unit: Unit) -> Double {
    let steps = settings.method == .flow ? min(Self.typicalSteps, Double(settings.steps)) : Double(settings.steps)
    return steps * (secondsPerStep[unit.width] ?? 0) * 1.1
  }

  var estimatedSeconds: Double { units.reduce(0) { $0 + seconds(of: $1) } }
  var expectedBytes: Int { units.count * (60 * 300 + 8 * settings.test + 4096) + checkpointBytes }
  var dataChecksums: [String: String] { data.checksums }
  var dataNotes: [String] { data.notes }
  var seeds: [String: UInt64] { ["data, networks, batches": settings.seed] }

  private var checkpointBytes: Int {
    (units.map(\.width).max()).flatMap { try? parameterBytes(width: $0) }.map { $0 / passEngine.precision.byteCount * 8 * units.count } ?? 0
  }

  /// Of the parameters of one network.
  func parameterBytes(width: Int) throws -> Int { try architecture(width: width).parameterCount * passEngine.precision.byteCount }

  /// Networks of one width that are trained together: parameters, two gradients and a trial of each stay in half of the memory.
  func groups(_ units: [Unit], width: Int) throws -> [[Unit]] {
    let each = max(1, try parameterBytes(width: width) * 6)
    let most = max(1, passEngine.memoryBudget / 2 / each)
    return stride(from: 0, to: units.count, by: most).map { Array(units[$0..<min($0 + most, units.count)]) }
  }

  var summary: [String] {
    let widths = (try? settings.widthList()) ?? [], alphas = (try? settings.alphaList()) ?? []
    let limit =
      settings.method == .flow
      ? "about \(Int(Self.typicalSteps)) steps each, at most \(settings.steps)" : "\(settings.steps) steps each at most"
    return [
      "\(units.count) networks (\(settings.network.rawValue)): widths \(widths.map(String.init).joined(separator: ", ")), "
        + "√h·α = \(alphas.map { String(format: "%g", $0) }.joined(separator: ", ")), \(settings.draws) draws",
      "\(settings.train) training and \(settings.test) test points of \(data.train.columns) features, \(settings.loss), \(settings.method.rawValue), "
        + "\(passEngine.precision.rawValue)",
      "\(limit), until every margin is \(settings.margin): about \(BottleneckPlan.text(seconds: estimatedSeconds))",
    ]
  }

  func run(_ context: RunContext) throws { try LazyFeatureExecution(self, context).run() }
}
