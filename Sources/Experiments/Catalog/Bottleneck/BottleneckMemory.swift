import Compute
import Foundation
import Learning
import LinearAlgebra
import Networks

/// How the work is fitted into memory: the way Θ_0 is kept, where the factor of Q_0 lies, how many runs go in lockstep.
struct BottleneckMemory {
  let budget: Int
  let storage: KernelStorage
  let testStorage: KernelStorage
  let panels: PanelStorage
  private let settings: BottleneckSettings
  private let points: Int
  private let tests: Int
  private let outputs: Int
  private let isExact: Bool

  /// - Throws: `ComputeError.budgetTooSmall` with the smallest budget that would do.
  init(_ settings: BottleneckSettings, data: BottleneckData, units: [BottleneckPlan.Unit], on engine: Engine, passEngine: Engine) throws {
    self.settings = settings
    (points, tests, outputs) = (data.trainInputs.rows, data.testInputs.rows, data.outputs)
    budget = min(settings.memory?.bytes ?? engine.memoryBudget, engine.memoryBudget)
    isExact = try units.filter { !$0.chain.widths.isEmpty }.contains { unit in
      try settings.keepsExactHistory(settings.network(unit.chain.widths, inputs: data.trainInputs.columns, outputs: data.outputs))
    }
    let (points, tests, isExact) = (points, tests, isExact)
    let choices = Self.choices(settings, isFloat32: passEngine.precision == .float32)
    let sizes = units.map { Self.bytes(of: $0, settings, points: points, outputs: data.outputs, isExact: isExact) }
    let (largest, all) = (sizes.max() ?? 0, sizes.reduce(0, +))
    func needed(_ choice: Choice, runs: Int) -> Int {
      Self.fixedBytes(choice, points: points, tests: tests, features: data.trainInputs.columns, draws: settings.firstWidth == 0)
        + runs
    }
    func isPossible(_ choice: Choice) -> Bool {
      let limit = engine.device.largestAllocationBytes
      return limit == 0 || choice.storage == .packed || choice.storage == .packedFloat32 || choice.storage == .recomputed
        || choice.storage.bytes(rows: points, columns: points, isSymmetric: true) <= limit
    }
    let possible = choices.filter(isPossible)
    let budget = budget
    // Waves cost one more product with Θ_0 each, which is less than computing Θ_0 again at every step.
    guard
      let choice = possible.first(where: { needed($0, runs: all) <= budget && $0.storage != .recomputed })
        ?? possible.first(where: { needed($0, runs: largest) <= budget })
    else {
      throw ComputeError.budgetTooSmall(
        operation: "experiment bottleneck", neededBytes: possible.map { needed($0, runs: largest) }.min() ?? 0,
        budgetBytes: budget)
    }
    (storage, testStorage, panels) = (choice.storage, choice.test, choice.panels)
  }

  /// Units in the order given, as many together as fit beside the first block.
  func waves(_ units: [BottleneckPlan.Unit]) -> [[BottleneckPlan.Unit]] {
    let room = budget - fixed
    var waves: [[BottleneckPlan.Unit]] = []
    var used = 0
    for unit in units {
      let size = Self.bytes(of: unit, settings, points: points, outputs: outputs, isExact: isExact)
      if waves.isEmpty || used + size > room {
        waves.append([])
        used = 0
      }
      waves[waves.count - 1].append(unit)
      used += size
    }
    return waves
  }

  func checkpointBytes(_ units: [BottleneckPlan.Unit]) -> Int {
    units.filter { !$0.chain.widths.isEmpty }.reduce(0) {
      $0 + Self.bytes(of: $1, settings, points: points, outputs: outputs, isExact: isExact) / 2
    }
  }

  func summary(_ units: [BottleneckPlan.Unit]) -> [String] {
    let count = waves(units).count
    let columns = units.reduce(0) { $0 + ($1.chain.widths.first ?? outputs) * (settings.hasTwin($1.comparison) ? 2 : 1) }
    let runs = units.reduce(0) { $0 + Self.bytes(of: $1, settings, points: points, outputs: outputs, isExact: isExact) }
    let kept = ByteCount(bytes: storage.bytes(rows: points, columns: points, isSymmetric: true))
    let keptTest = ByteCount(bytes: testStorage.bytes(rows: tests, columns: points, isSymmetric: false))
    let peak = ByteCount(bytes: fixed + min(runs, budget - fixed))
    return [
      "lockstep: \(columns) columns" + (count > 1 ? " in \(count) waves" : "")
        + "; Θ_0 \(storage.rawValue) (\(kept)), at test points \(testStorage.rawValue) (\(keptTest)); "
        + "at most about \(peak) of \(ByteCount(bytes: budget))"
        + (panels == .device || settings.firstWidth > 0 ? "" : "; the factor of Q_0 on disk meanwhile")
    ]
  }

  private var fixed: Int {
    Self.fixedBytes(
      Choice(storage: storage, test: testStorage, panels: panels), points: points, tests: tests, features: 0,
      draws: settings.firstWidth == 0)
  }

  private struct Choice {
    var storage: KernelStorage
    var test: KernelStorage
    var panels: PanelStorage
  }

  /// From the fastest to the smallest.
  private static func choices(_ settings: BottleneckSettings, isFloat32: Bool) -> [Choice] {
    let disk = PanelStorage.disk(folder: FileManager.default.temporaryDirectory)
    let double: [(KernelStorage, KernelStorage, PanelStorage)] = [
      (.float64, .float64, .device), (.packed, .float64, .device), (.packed, .float32, .device), (.packed, .float32, disk),
      (.packed, .recomputed, disk), (.packedFloat32, .recomputed, disk), (.recomputed, .recomputed, disk),
    ]
    let single: [(KernelStorage, KernelStorage, PanelStorage)] = [
      (.float32, .float32, .device), (.packedFloat32, .float32, .device), (.packedFloat32, .float32, disk),
      (.packedFloat32, .recomputed, disk), (.recomputed, .recomputed, disk),
    ]
    let all = (isFloat32 ? single : double).map { Choice(storage: $0.0, test: $0.1, panels: $0.2) }
    guard let asked = settings.thetaStorage else { return all }
    let test: [KernelStorage] = asked == .recomputed ? [.recomputed] : [asked, .recomputed]
    return [PanelStorage.device, disk].flatMap { panels in test.map { Choice(storage: asked, test: $0, panels: panels) } }
  }

  /// What all runs share: Θ_0 at training and test points, and the factor of Q_0 while it exists.
  private static func fixedBytes(_ choice: Choice, points: Int, tests: Int, features: Int, draws: Bool) -> Int {
    let all = points + tests
    let panel = 3 * 8 * min(1024, all) * all
    return choice.storage.bytes(rows: points, columns: points, isSymmetric: true)
      + choice.test.bytes(rows: tests, columns: points, isSymmetric: false) + 8 * all * features
      + (draws ? panel + (choice.panels == .device ? 4 * all * all : 0) : 0)
  }

  /// One run with its twin: positions and Jacobians, the basis and its factor or the history, the initial function.
  private static func bytes(of unit: BottleneckPlan.Unit, _ settings: BottleneckSettings, points: Int, outputs: Int, isExact: Bool) -> Int {
    var numbers = 8 * points * outputs
    for (index, width) in unit.chain.widths.enumerated() {
      let next = index + 1 < unit.chain.widths.count ? unit.chain.widths[index + 1] : outputs
      numbers += points * (10 * width + 4 * next * width + 8)
      numbers += settings.featureWidth(depth: settings.upperDepth) * (width + 1 + next)
      if isExact {
        numbers += 2 * points * settings.steps * (width + next)
      } else {
        let rank = Int(settings.expectedRank(width, points: points))
        numbers += rank * rank * 2 + rank * min(points, 4096) * 2
      }
    }
    return 8 * numbers * (settings.hasTwin(unit.comparison) ? 2 : 1)
  }
}

extension BottleneckSettings {
  /// Ranks at ε = 1e-2 and 400 points, with their growth in points and tolerance as measured on digits and MNIST.
  func expectedRank(_ width: Int, points: Int) -> Double {
    let d = Double(width)
    let base = min(25 * pow(d, 1.9), 500 * pow(d, 0.55))
    let growth = pow(Double(points) / 400, 0.35) * pow(1e-2 / tolerance, min(0.09 * d, 0.4))
    return min(base * growth, Double(rankLimit))
  }
}
