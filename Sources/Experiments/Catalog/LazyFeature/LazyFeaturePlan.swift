import Compute
import FiniteNetworks
import Foundation
import Matrices
import Results
import Sizes
import StudyRecords

/// Checked settings of `lazy-feature` with their data: which networks are trained, in which ensembles.
package struct LazyFeaturePlan: ExperimentPlan {
  /// One network.
  package struct Unit: StudyUnit, Hashable {
    let width: Int
    /// √h·α: the α of an output divided by h.
    let alpha: Double
    let draw: Int

    package var key: String { "h\(width)-a\(alpha.fileText)-draw\(draw)" }
    var stream: String { "network/\(width)/\(alpha)/\(draw)" }

    package static func key(_ record: Record) -> String? {
      guard let kind = record[LazyFeatureFields.kind], kind == .step || kind == .end, let width = record[LazyFeatureFields.width],
        let alpha = record[LazyFeatureFields.alpha], let draw = record[LazyFeatureFields.draw]
      else { return nil }
      return Unit(width: width, alpha: alpha, draw: draw).key
    }

    /// A line of the network.
    func record(_ kind: LazyFeatureFields.Kind, _ entries: Entry...) -> Record {
      var record = Record(
        LazyFeatureFields.width(width), LazyFeatureFields.alpha(alpha), LazyFeatureFields.draw(draw), LazyFeatureFields.kind(kind))
      record.add(entries)
      return record
    }
  }

  let settings: LazyFeatureSettings
  /// Points and targets.
  package let data: LazyFeatureData
  /// All networks, in the order of training.
  package let units: [Unit]
  let passEngine: Engine
  private let sizes: LazyFeatureSizes
  /// Measured time of one step of one network of each width.
  let secondsPerStep: [Int: Double]

  /// Steps that a run of the flow takes on tasks tried; the plan's guess.
  private static let typicalSteps = 2500.0

  /// Reads the data, checks the memory and measures the device.
  package init(_ settings: LazyFeatureSettings, on engine: Engine, passEngine: Engine) throws {
    try settings.checkAll()
    self.settings = settings
    self.passEngine = passEngine
    data = try LazyFeatureData(settings, on: engine, passEngine: passEngine)
    let (widths, alphas) = (settings.widthList, settings.alphaList)
    units = widths.flatMap { width in
      alphas.flatMap { alpha in (0..<settings.draws).map { Unit(width: width, alpha: alpha, draw: $0) } }
    }
    sizes = LazyFeatureSizes(settings: settings, data: data, engine: passEngine)
    for width in widths {
      let least = try sizes.shared(networks: units.count) + sizes.member(width: width) + sizes.passes(width: width, members: 1)
      try MemoryNeed.check(least, for: LazyFeature.name, budget: passEngine.memoryBudget)
    }
    var seconds: [Int: Double] = [:]
    for width in widths { seconds[width] = try Self.measure(width, settings, data, passEngine) }
    secondsPerStep = seconds
  }

  /// The network of a width.
  package func architecture(width: Int) throws -> Architecture { try settings.architecture(width: width, input: data.input) }
  /// Streams of the networks' weights.
  package func streams(_ units: [Unit]) -> [RandomStream] { units.map { RandomStream(seed: settings.seed, name: $0.stream) } }

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

  /// Seconds of the whole training of one network.
  func seconds(of unit: Unit) -> Double {
    let steps = settings.method == .flow ? min(Self.typicalSteps, Double(settings.steps)) : Double(settings.steps)
    return steps * (secondsPerStep[unit.width] ?? 0) * 1.1
  }

  package var estimatedSeconds: Double { units.reduce(0) { $0 + seconds(of: $1) } }
  package var memory: Int {
    let largest = settings.widthList.map { width -> Size in
      let members = (try? groups(units.filter { $0.width == width }, width: width).map(\.count).max()) ?? 1
      guard let member = try? sizes.member(width: width), let passes = try? sizes.passes(width: width, members: members) else {
        return .largest
      }
      return member * members + passes
    }
    return (sizes.shared(networks: units.count) + (largest.max() ?? 0)).value
  }
  package var disk: Int {
    // A network has about sixty lines and its outputs; an old checkpoint stays until the new one is whole.
    let each = Size(60 * 220 + 4096) + MemoryNeed.numbers([settings.test])
    return Size.sum([each * units.count, checkpointBytes * 2, Size(1 << 20)]).value
  }
  package var dataChecksums: [String: String] { data.checksums }
  package var dataNotes: [String] { data.notes }
  package var seeds: [String: UInt64] { ["data, networks, batches": settings.seed] }

  private var checkpointBytes: Size {
    let width = settings.widthList.last ?? 1
    let members = units.count / max(settings.widthList.count, 1)
    let vectors = settings.method == .adam ? 3 : settings.momentum > 0 ? 2 : 1
    return Size((try? architecture(width: width).parameterCount) ?? 0) * MemoryNeed.numbers([vectors, members])
  }

  /// Networks of one width that are trained together, as many as memory has room for.
  func groups(_ units: [Unit], width: Int) throws -> [[Unit]] {
    let room = Size(passEngine.memoryBudget) - sizes.shared(networks: self.units.count)
    let (passes, each) = (try sizes.passes(width: width, members: max(units.count, 1)), try sizes.member(width: width))
    let most = max(1, (room - passes).value / max(each.value, 1))
    return units.parts(of: most)
  }

  package var summary: [String] {
    let (widths, alphas) = (settings.widthList, settings.alphaList)
    let limit =
      settings.method == .flow
      ? "about \(Int(saturating: Self.typicalSteps)) steps each, at most \(settings.steps)" : "\(settings.steps) steps each at most"
    return [
      "\(units.count) networks (\(settings.network.rawValue)): widths \(widths.map(String.init).joined(separator: ", ")), "
        + "√h·α = \(alphas.map { String(format: "%g", $0) }.joined(separator: ", ")), \(settings.draws) draws",
      "\(settings.train) training and \(settings.test) test points of \(data.train.columns) features, \(settings.loss), \(settings.method.rawValue), "
        + "\(passEngine.precision.rawValue)",
      "\(limit), until every margin is \(settings.margin): about \(EstimatedTime.text(seconds: estimatedSeconds)), "
        + MemoryNeed.text(Size(memory), budget: passEngine.memoryBudget),
    ]
  }

  package func run(_ context: RunContext) throws { try LazyFeatureExecution(self, context).run() }
}
