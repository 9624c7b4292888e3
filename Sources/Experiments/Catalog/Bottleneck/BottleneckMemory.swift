import Compute
import Foundation
import Learning
import LinearAlgebra
import Networks
import Sizes
import StudyRecords

/// How the work is fitted into memory: the way Θ_0 is kept, where the factor of Q_0 lies, how many runs go in lockstep.
struct BottleneckMemory {
  let budget: Int
  var storage: KernelStorage { choice.storage }
  var testStorage: KernelStorage { choice.test }
  var panels: PanelStorage { choice.panels }
  private let choice: BottleneckSizes.Choice
  private let sizes: BottleneckSizes
  private var settings: BottleneckSettings { sizes.settings }

  /// - Parameter absoluteFraction: what an absolute rate is of the limit of stability.
  /// - Throws: `ComputeError.budgetTooSmall` with the smallest budget that would do.
  init(
    _ settings: BottleneckSettings, data: ChainData, units: [BottleneckUnit], absoluteFraction: Double, on device: PlannedDevice
  ) throws {
    let finite = units.filter { !$0.chain.isInfinite }
    let chains = finite.reduce(into: [BottleneckLabel]()) { if !$0.contains($1.chain) { $0.append($1.chain) } }
    let isExact = try chains.contains { try settings.keepsExactHistory(settings.network($0, data)) }
    let lengths = Array(Set(units.map(\.chain.count)))
    let sizes = BottleneckSizes(
      settings: settings, points: data.trainInputs.rows, tests: data.testInputs.rows + data.furtherInputs.rows,
      features: data.trainInputs.columns,
      outputs: data.outputs, loadedBytes: data.loadedBytes, isExact: isExact,
      hasTrainedRuns: units.contains(where: Self.isTrained(settings)), lengths: lengths,
      startColumns: Size.sum((chains.map { $0.widths[0] } + lengths.map { _ in data.outputs }).map { Size.product([$0, settings.draws]) })
        .value, absoluteFraction: absoluteFraction)
    let budget = device.budget(settings.memory)
    let trained = units.filter(Self.isTrained(settings))
    let (largest, all) = (trained.map { BottleneckSizes.Wave(sizes, [$0]).bytes }.max() ?? 0, BottleneckSizes.Wave(sizes, trained).bytes)
    let shared = sizes.shared
    func needed(_ choice: BottleneckSizes.Choice, _ runs: Size) -> Size { shared + sizes.kept(choice) + runs }
    func isPossible(_ choice: BottleneckSizes.Choice) -> Bool {
      let limit = device.engine.device.largestAllocationBytes
      return limit == 0 || choice.storage == .packed || choice.storage == .packedFloat32 || choice.storage == .recomputed
        || choice.storage.bytes(rows: sizes.points, columns: sizes.points, isSymmetric: true) <= limit
    }
    let possible = Self.choices(settings, isFloat32: device.passEngine.precision == .float32).filter(isPossible)
    // Waves cost one more product with Θ_0 each, which is less than computing Θ_0 again at every step.
    guard
      let choice = possible.first(where: { needed($0, all) <= Size(budget) && $0.storage != .recomputed })
        ?? possible.first(where: { needed($0, largest) <= Size(budget) })
    else {
      throw ComputeError.budgetTooSmall(
        operation: "the experiment bottleneck", neededBytes: possible.map { needed($0, largest) }.min()?.value ?? 0, budgetBytes: budget)
    }
    (self.choice, self.sizes, self.budget) = (choice, sizes, budget)
  }

  /// Units in the order given, as many together as fit beside the first block.
  func waves(_ units: [BottleneckUnit]) -> [[BottleneckUnit]] {
    let room = Size(budget) - fixed
    var waves: [[BottleneckUnit]] = []
    var last = BottleneckSizes.Wave(sizes)
    for unit in units {
      last.add(unit)
      if waves.isEmpty || last.bytes > room {
        waves.append([])
        last = BottleneckSizes.Wave(sizes, [unit])
      }
      waves[waves.count - 1].append(unit)
    }
    return waves
  }

  /// The most that `units` hold at once, with all that they share.
  func peak(_ units: [BottleneckUnit]) -> Size {
    fixed + min(BottleneckSizes.Wave(sizes, units.filter(Self.isTrained(settings))).bytes, Size(budget) - fixed)
  }

  func checkpointBytes(_ units: [BottleneckUnit]) -> Size {
    Size.sum(units.filter(Self.isTrained(settings)).map(sizes.checkpoint))
  }

  /// Step by step; other networks without bottleneck are known in closed form.
  private static func isTrained(_ settings: BottleneckSettings) -> (BottleneckUnit) -> Bool {
    { !$0.chain.isInfinite || settings.baselineMethod == .steps }
  }

  func summary(_ units: [BottleneckUnit], peak: Size) -> [String] {
    let finite = units.filter { !$0.chain.isInfinite }
    let count = waves(finite).count
    let columns = finite.reduce(0) { $0 + ($1.chain.widths.first ?? 0) * (settings.hasTwin($1.comparison) ? 2 : 1) }
    let kept = ByteCount(bytes: storage.bytes(rows: sizes.points, columns: sizes.points, isSymmetric: true))
    let keptTest = ByteCount(bytes: testStorage.bytes(rows: sizes.tests, columns: sizes.points, isSymmetric: false))
    return [
      "lockstep: \(columns) columns" + (count > 1 ? " in \(count) waves" : "")
        + "; Θ_0 \(storage.rawValue) (\(kept)), at test points \(testStorage.rawValue) (\(keptTest)); "
        + MemoryNeed.text(peak, budget: budget)
        + (panels == .device || settings.firstWidth > 0 ? "" : "; the factor of Q_0 on disk meanwhile")
    ]
  }

  /// Bytes beside the runs.
  private var fixed: Size { sizes.shared + sizes.kept(choice) }

  /// Ways to keep kernels and factors, from the fastest to the smallest.
  private static func choices(_ settings: BottleneckSettings, isFloat32: Bool) -> [BottleneckSizes.Choice] {
    let disk = PanelStorage.disk(folder: FileManager.default.temporaryDirectory)
    let double: [(KernelStorage, KernelStorage, PanelStorage)] = [
      (.float64, .float64, .device), (.packed, .float64, .device), (.packed, .float32, .device), (.packed, .float32, disk),
      (.packed, .recomputed, disk), (.packedFloat32, .recomputed, disk), (.recomputed, .recomputed, disk),
    ]
    let single: [(KernelStorage, KernelStorage, PanelStorage)] = [
      (.float32, .float32, .device), (.packedFloat32, .float32, .device), (.packedFloat32, .float32, disk),
      (.packedFloat32, .recomputed, disk), (.recomputed, .recomputed, disk),
    ]
    let all = (isFloat32 ? single : double).map { BottleneckSizes.Choice(storage: $0.0, test: $0.1, panels: $0.2) }
    guard let asked = settings.thetaStorage else { return all }
    let test: [KernelStorage] = asked == .recomputed ? [.recomputed] : [asked, .recomputed]
    return [PanelStorage.device, disk].flatMap { panels in test.map { BottleneckSizes.Choice(storage: asked, test: $0, panels: panels) } }
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

  /// Ranks of runs that diverge or nearly do: up to fifteen times those of the others, as seen on digits with 200 and 1,000 points.
  func divergingRank(_ width: Int, points: Int) -> Double { min(15 * expectedRank(width, points: points), Double(rankLimit)) }
}
