import Compute
import Learning
import LinearAlgebra
import Sizes
import StudyRecords

/// What a `bottleneck` run holds, in bytes, by what needs it: bounds from above that the memory test holds against the peak.
struct BottleneckSizes {
  /// Where the kernel of block 0 and the factor of its covariance lie.
  struct Choice {
    var storage: KernelStorage
    var test: KernelStorage
    var panels: PanelStorage
  }

  let settings: BottleneckSettings
  /// Training points; test points with further ones.
  let points, tests: Int
  let features, outputs: Int
  /// Bytes of the data as they were read.
  let loadedBytes: Int
  let isExact: Bool
  /// Whether any run goes step by step.
  let hasTrainedRuns: Bool
  /// Bottlenecks of the chains, without repeats.
  let lengths: [Int]
  /// Columns of all first blocks' draws together.
  let startColumns: Int
  /// What an absolute rate is of the limit of stability.
  let absoluteFraction: Double

  private var all: Int { points + tests }
  private var kernelEntries: Size { MemoryNeed.numbers([settings.kernelIndices.count, outputs, settings.kernelIndices.count, outputs]) }

  /// What neither depends on how Θ_0 is kept nor on how many runs advance together.
  var shared: Size {
    // The kernel of one run's reading, the matrices that it is compared in, and a copy.
    let readings: Size = hasTrainedRuns ? 4 * kernelEntries : 0
    let data = MemoryNeed.data(loadedBytes, points: all, features: features, outputs: outputs)
    return Size.sum([MemoryNeed.program, data, baseline, starts, ownEigenvalue, readings])
  }

  /// The networks without bottleneck.
  private var baseline: Size {
    let curves = MemoryNeed.numbers([3 * (4 * settings.readings + 8), all, outputs])
    return switch settings.baselineMethod {
    // The matrix on device and host, its eigenvectors on both, and the two matrices that LAPACK works in.
    case .eigenvalues: MemoryNeed.numbers([7, points, points]) + curves
    case .krylov: KrylovDynamics.largestBasis(points: points, columns: settings.draws * outputs) * Size(3) + curves
    case .steps: 0
    }
  }

  /// The draws of first blocks, from the Gaussian process or as finite networks.
  private var starts: Size {
    let values = MemoryNeed.numbers([all, 5 * startColumns + 64])
    guard settings.firstWidth > 0 else { return values }
    let width = settings.firstWidth
    let deepest = settings.totalDepth + (lengths.max() ?? 1)
    let squares = MemoryNeed.numbers([width, width, max(deepest - 1, 0)])
    // One layer's normals lie on the host while it is made, twice where they are scaled; passes go in tiles of 2^18 numbers.
    let layer = MemoryNeed.numbers([2, width, max(deepest > 1 ? width : 0, features)])
    let passes = MemoryNeed.numbers([2 * deepest, max(1 << 18, 16 * width)])
    return Size.sum([values, squares, MemoryNeed.numbers([width, features + outputs]), layer, passes])
  }

  /// Kernels at all training points for the largest eigenvalue of one run, and its Lanczos vectors.
  private var ownEigenvalue: Size {
    guard settings.measuresOwnEigenvalues || settings.baselineMethod != .eigenvalues else { return 0 }
    let kernels = points <= 4096 ? MemoryNeed.numbers([2 * (lengths.max() ?? 0), points, points]) : 0
    return kernels + MemoryNeed.numbers([64, points, outputs])
  }

  /// Θ_0 at training and test points, and the factor of Q_0 while it exists.
  func kept(_ choice: Choice) -> Size {
    let panel = settings.firstWidth == 0 ? MemoryNeed.numbers([4, min(1024, all), all]) : 0
    let factor = settings.firstWidth == 0 && choice.panels == .device ? MemoryNeed.numbers([all, all]) * Size(2) / 3 : 0
    return Size(choice.storage.bytes(rows: points, columns: points, isSymmetric: true))
      + Size(choice.test.bytes(rows: tests, columns: points, isSymmetric: false)) + panel + factor
  }

  /// One run with its twin: positions and Jacobians, the basis and its factor or the history, the initial function, the kernel at the
  /// start, and the state as a checkpoint takes it.
  func run(_ unit: BottleneckUnit) -> Size {
    var sum = MemoryNeed.numbers([10 * points + 4 * tests, outputs])
    for (width, next) in widths(unit) {
      sum += MemoryNeed.numbers([points, 10 * width + 5 * next * width + 8]) + MemoryNeed.numbers([tests, 6 * width + 3 * next])
      sum += 2 * initialFunction(width, next) + change(width, next, copies: isExact ? 3 : 4)
    }
    return sum * Size(settings.hasTwin(unit.comparison) ? 2 : 1) + checkpoint(unit) + kernelEntries
  }

  /// Runs that advance together.
  struct Wave {
    let sizes: BottleneckSizes
    private var runs: Size = 0
    /// Runs whose bases may grow far beyond what is expected, by chain, and whether they have twins.
    private var diverging: [[Int]: (runs: Int, haveTwins: Bool)] = [:]

    init(_ sizes: BottleneckSizes, _ units: [BottleneckUnit] = []) {
      self.sizes = sizes
      for unit in units { add(unit) }
    }

    mutating func add(_ unit: BottleneckUnit) {
      runs += sizes.run(unit)
      guard !sizes.isExact, sizes.mayDiverge(unit) else { return }
      let before = diverging[unit.chain.widths] ?? (0, false)
      diverging[unit.chain.widths] = (before.runs + 1, before.haveTwins || sizes.settings.hasTwin(unit.comparison))
    }

    /// Runs of one chain diverge at about the same time, one per draw, until their loss or the limit of ranks ends them.
    var bytes: Size {
      let growth = diverging.map { widths, own in
        let count = min(own.runs, sizes.settings.draws) * (own.haveTwins ? 2 : 1)
        let rank = widths.map { sizes.divergingRank($0) }.max() ?? 0
        // Factors have room to grow into, and one at a time lies in its old place and in its new one.
        return MemoryNeed.numbers([3 * count + 4, rank, rank]) / 2
      }
      return runs + (growth.max() ?? 0)
    }
  }

  /// Whether a run's rate is so near its initial limit of stability that it may diverge: seen from a quarter of the limit on,
  /// at a tenth never.
  private func mayDiverge(_ unit: BottleneckUnit) -> Bool {
    !unit.chain.isInfinite && (unit.rate.fraction ?? absoluteFraction) > 0.15
  }

  /// State of one run with its twin.
  func checkpoint(_ unit: BottleneckUnit) -> Size {
    let twins = Size(settings.hasTwin(unit.comparison) ? 2 : 1)
    let first = MemoryNeed.numbers([points, (unit.chain.widths.first ?? outputs) * (settings.momentum > 0 ? 2 : 1)])
    let changes = widths(unit).map { width, next in
      guard !isExact else { return change(width, next, copies: 1) }
      let rank = rank(width)
      return MemoryNeed.numbers([rank, rank + 1]) / 2 + MemoryNeed.numbers([rank, width + 2 * next])
        + MemoryNeed.numbers([points, width + 2])
    }
    return twins * (first + Size.sum(changes)) + MemoryNeed.numbers([all, unit.chain.widths.first ?? outputs])
  }

  /// The widths of every bottleneck and of what follows it.
  private func widths(_ unit: BottleneckUnit) -> [(width: Int, next: Int)] {
    zip(unit.chain.widths, unit.chain.widths.dropFirst() + [outputs]).map { (width: $0, next: $1) }
  }

  /// Pivots are points that were shown.
  private var shown: Size { Size.product([points, settings.steps]) + 64 }

  private func rank(_ width: Int) -> Int { min(Size(estimate: settings.expectedRank(width, points: points)), shown).value }

  private func divergingRank(_ width: Int) -> Int {
    min(Size(estimate: settings.divergingRank(width, points: points)), shown).value
  }

  private func initialFunction(_ width: Int, _ next: Int) -> Size {
    settings.laterDepths.map { depth in
      let hidden = settings.featureWidth(depth: depth)
      return MemoryNeed.numbers([hidden, width + 1 + next]) + MemoryNeed.numbers([hidden, hidden, max(depth - 1, 0)])
    }.max() ?? 0
  }

  /// What training adds to a block, `copies` times, since it moves where it grows.
  private func change(_ width: Int, _ next: Int, copies: Int) -> Size {
    guard isExact else {
      let rank = rank(width)
      return MemoryNeed.numbers([copies, rank, rank]) + MemoryNeed.numbers([copies, rank, min(points, 4096)])
    }
    let visited = Size.product([settings.batch > 0 ? settings.batch : points, settings.steps]) + 1024
    return visited * MemoryNeed.numbers([copies + (settings.momentum > 0 ? 1 : 0), width + next])
  }
}
