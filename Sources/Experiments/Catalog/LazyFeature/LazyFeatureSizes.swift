import Compute
import FiniteNetworks
import Sizes

/// What a `lazy-feature` run holds, in bytes: bounds from above that the memory test holds against the peak.
struct LazyFeatureSizes {
  let settings: LazyFeatureSettings
  let task: LazyFeatureTask
  let engine: Engine
  private var number: Int { engine.precision.byteCount }
  private var points: Int { settings.train + settings.test }
  private var networksPerWidth: Size { Size.product([settings.alphaList.count, settings.draws]) }
  /// Networks in all.
  var networks: Int { (networksPerWidth * settings.widthList.count).value }

  /// What does not grow with the networks that are trained together.
  var shared: Size {
    let components: Size = settings.components > 0 ? MemoryNeed.numbers([6, task.features, task.features]) : 0
    // Records of all networks, and outputs of those of one width and scale together.
    let ended = MemoryNeed.numbers([networks, 256]) + MemoryNeed.numbers([settings.draws + 2, settings.test])
    return Size.sum([
      MemoryNeed.program, MemoryNeed.data(task.loadedBytes, points: points, features: task.features, outputs: 1), components, ended,
    ])
  }

  /// Networks of one width that memory has room for together, of those that there are; at least one.
  func together(width: Int) throws -> Int {
    let passes = try passes(width: width, members: networksPerWidth.value)
    let room = (Size(engine.memoryBudget) - shared - passes).value / max(try member(width: width).value, 1)
    return max(1, min(room, networksPerWidth.value))
  }

  /// Networks of one width that are trained together.
  func run(width: Int, members: Int) throws -> Size { try member(width: width) * members + passes(width: width, members: members) }

  /// The most that networks of one width hold; without bound where they cannot be made.
  func largestRun(width: Int) -> Size { (try? run(width: width, members: together(width: width))) ?? .largest }

  /// All networks of one width in a checkpoint.
  func checkpoint(width: Int) -> Size {
    let vectors = settings.method == .adam ? 3 : settings.momentum > 0 ? 2 : 1
    return Size((try? architecture(width).parameterCount) ?? 0) * MemoryNeed.numbers([vectors]) * networksPerWidth
  }

  private func architecture(_ width: Int) throws -> Architecture { try settings.architecture(width: width, input: task.input) }

  /// One network of those that are trained together: its vectors, a copy on the host for checkpoints, and its outputs.
  private func member(width: Int) throws -> Size {
    let parameters = Size(try architecture(width).parameterCount) + 4096
    let copies = 7 * number + 8 * (settings.method == .adam ? 4 : 2)
    return parameters * copies + MemoryNeed.numbers([12, points])
  }

  /// Passes of the networks together, which go in tiles, and kernels between points, which are one network's.
  private func passes(width: Int, members: Int) throws -> Size {
    let perPoint = try architecture(width).numbersPerPoint
    let largest = Size(min(engine.memoryBudget / 8, 256 << 20))
    let training = min(Size.product([perPoint, settings.train, members, number]), largest) * 2
    let kernelPoints = min(settings.kernelPoints, settings.test)
    let change = MemoryNeed.numbers([6, kernelPoints, kernelPoints])
    let frozen: Size = settings.kernels == .none ? 0 : MemoryNeed.numbers([3, settings.train, points])
    // Tangents of two tiles of points, and gradients where layers are convolutions.
    let hasKernels = settings.kernels != .none || kernelPoints > 0
    let tangents: Size = hasKernels ? min(Size.product([2 * perPoint, points, number]), largest) * 3 : 0
    return Size.sum([training, change, frozen, tangents])
  }
}
