import Compute
import Datasets
import FiniteNetworks
import Foundation
import Learning
import LimitComparisons
import Matrices
import Networks
import Results
import Sizes

/// The draws of one `finite-width` experiment and what they cost.
struct FiniteWidthPlan: ExperimentPlan {
  /// A network at one width with draws that advance together.
  struct Wave {
    var chain: Chain
    var width: Int
    var draws: [Int]
  }

  let settings: FiniteWidthSettings
  let data: ChainData
  let chains: [Chain]
  let widths: [Int]
  let comparedSteps: Set<Int>
  private let cost: FiniteWidthCost
  private let networks: [Chain: Network]
  private let sizes: FiniteWidthSizes
  private let budget: Int

  /// More gain little, and are lost together when a run is killed.
  private static let mostTogether = 8

  init(_ settings: FiniteWidthSettings, loaded: LoadedData, on engine: Engine) throws {
    self.settings = settings
    data = try ChainData(settings, loaded)
    chains = try settings.chains()
    widths = settings.widths.values
    comparedSteps = settings.comparedSteps
    let (inputs, outputs) = (data.trainInputs.columns, data.outputs)
    let networks = try chains.map { try settings.blocks.network($0.widths, inputs: inputs, outputs: outputs) }
    budget = min(settings.memory?.bytes ?? engine.memoryBudget, engine.memoryBudget)
    sizes = FiniteWidthSizes(
      settings: settings, points: data.trainInputs.rows + data.testInputs.rows, features: inputs, outputs: outputs,
      loadedBytes: data.loadedBytes, memoryBudget: engine.memoryBudget)
    self.networks = Dictionary(uniqueKeysWithValues: zip(chains, networks))
    for network in networks {
      let least = sizes.shared + sizes.draw(network, width: widths.max() ?? 1)
      try MemoryNeed.check(least, for: FiniteWidth.name, budget: budget)
    }
    cost = try FiniteWidthCost(settings, networks: self.networks, points: sizes.points, on: engine)
  }

  var estimatedSeconds: Double { waves(skipping: []).reduce(0) { $0 + seconds($1) } }
  var memory: Int {
    let waves = chains.flatMap { chain in widths.map { sizes.shared + draw(chain, $0) * together(chain, $0) } }
    return (waves.max() ?? sizes.shared).value
  }
  var disk: Int {
    let readings = min(settings.steps + 1, settings.readings + 3 + comparedSteps.count)
    return (Size.product([chains.count, widths.count, settings.draws, readings + 1, 450]) + Size(1 << 20)).value
  }
  var dataChecksums: [String: String] { data.checksums }
  var dataNotes: [String] { data.notes }
  var seeds: [String: UInt64] { ["draws": settings.seed, "selection": settings.seed] }

  var summary: [String] {
    let batch = settings.batch > 0 ? "batches of \(settings.batch)" : "full batch"
    return [
      "\(settings.data): \(settings.train) training and \(settings.test) test points, \(data.trainInputs.columns) features, "
        + "\(data.outputs) output(s), target \(settings.target.rawValue), \(batch), \(settings.steps) steps",
      "networks with bottlenecks \(chains.map(\.description).joined(separator: ", ")) and hidden layers of "
        + "\(widths.map(String.init).joined(separator: ", ")), \(settings.draws) draw(s) each, activation \(settings.activation)",
      "largest errors at steps \(comparedSteps.sorted().map(String.init).joined(separator: ", "))",
      "\(chains.count * widths.count * settings.draws) finite networks, each with its limit and a perturbed twin of that: "
        + "about \(EstimatedTime.text(seconds: estimatedSeconds)), \(MemoryNeed.text(Size(memory), budget: budget))",
    ]
  }

  func seconds(_ wave: Wave) -> Double { cost.seconds(wave) }

  /// All draws that are not recorded, as many together as memory allows.
  func waves(skipping recorded: Set<FiniteWidthUnit>) -> [Wave] {
    chains.flatMap { chain in
      widths.flatMap { width in
        let missing = (0..<settings.draws).filter { !recorded.contains(FiniteWidthUnit(chain: chain, width: width, draw: $0)) }
        let together = together(chain, width)
        return stride(from: 0, to: missing.count, by: together).map {
          Wave(chain: chain, width: width, draws: Array(missing[$0..<min($0 + together, missing.count)]))
        }
      }
    }
  }

  private func draw(_ chain: Chain, _ width: Int) -> Size { networks[chain].map { sizes.draw($0, width: width) } ?? 0 }

  /// Draws that fit into memory together, at least one.
  private func together(_ chain: Chain, _ width: Int) -> Int {
    let room = (Size(budget) - sizes.shared).value / max(draw(chain, width).value, 1)
    return max(1, min(Self.mostTogether, settings.draws, room))
  }

  /// The comparison of one chain, at its rate.
  func comparison(_ chain: Chain, on engine: Engine) throws -> LimitComparison {
    let network = try settings.blocks.network(chain.widths, inputs: data.trainInputs.columns, outputs: data.outputs)
    let readings = comparedSteps.union(logSpaced(to: settings.steps, count: settings.readings))
    var schedule = BatchSchedule(
      points: settings.train, size: settings.batch, stream: RandomStream(seed: settings.seed, name: "finite-width/batches"))
    let batches = (0..<settings.steps).compactMap { _ in schedule.next() }
    return try LimitComparison(
      network, inputs: data.trainInputs.followed(by: data.testInputs), targets: data.trainTargets.followed(by: data.testTargets),
      trainCount: settings.train, loss: settings.loss, rate: settings.rate ?? fractionalRate(network, on: engine), readings: readings,
      kernelReadings: settings.kernelPoints > 0 ? comparedSteps : [], batches: batches.isEmpty ? nil : batches,
      kernelPoints: settings.kernelPoints, history: settings.historyKind(network), on: engine)
  }

  private func fractionalRate(_ network: Network, on engine: Engine) throws -> Double {
    let wide = try FirstBlock(
      network.composed.blocks[0].program, train: data.trainInputs, test: Matrix(zeros: 0, data.trainInputs.columns), relativeJitter: 0,
      on: engine)
    return try settings.rateFraction * 2 / wide.largestTangentEigenvalue()
  }

  func run(_ context: RunContext) throws { try FiniteWidthExecution(self, context).run() }
}

/// What tells one draw from the others of its plan.
package struct FiniteWidthUnit: Hashable {
  package var chain: Chain
  var width: Int
  var draw: Int

  init(chain: Chain, width: Int, draw: Int) { (self.chain, self.width, self.draw) = (chain, width, draw) }

  /// The unit that a record is of; nil for a record of something else.
  package init?(_ record: Record) {
    guard let text = record.string("bottlenecks"), let chain = try? Chain.parse(text), let width = record.integer("width"),
      let draw = record.integer("draw")
    else { return nil }
    self.init(chain: chain, width: width, draw: draw)
  }

  /// Fields that every line of the draw begins with.
  func record(_ kind: String) -> Record {
    ["kind": .string(kind), "bottlenecks": .string(chain.description), "width": .number(Double(width)), "draw": .number(Double(draw))]
  }

  func stream(seed: UInt64) -> RandomStream { RandomStream(seed: seed, name: "finite-width/\(chain)/width/\(width)/draw/\(draw)") }
}

extension FiniteWidthSettings {
  func historyKind(_ network: Network) -> HistoryKind {
    let hasKink = network.blocks.dropFirst().contains { $0.program.hasKink }
    return history == .exact || (history == .auto && hasKink) ? .exact : .basis(tolerance: tolerance, rankLimit: 1 << 20)
  }
}
