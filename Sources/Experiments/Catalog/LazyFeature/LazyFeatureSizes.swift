import Compute
import FiniteNetworks
import Sizes

/// What a `lazy-feature` run holds, in bytes: bounds from above that the memory test holds against the peak.
struct LazyFeatureSizes {
  let settings: LazyFeatureSettings
  let data: LazyFeatureData
  let engine: Engine
  private var number: Int { engine.precision.byteCount }
  private var points: Int { settings.train + settings.test }

  /// What does not grow with the networks that are trained together.
  func shared(networks: Int) -> Size {
    let components: Size = settings.components > 0 ? MemoryNeed.numbers([6, data.features, data.features]) : 0
    // Outputs of every network that has ended are kept for the ensemble.
    let ended = MemoryNeed.numbers([networks, settings.test + 256])
    return Size.sum([
      MemoryNeed.program, MemoryNeed.data(data.loadedBytes, points: points, features: data.features, outputs: 1), components, ended,
    ])
  }

  /// One network of those that are trained together: its vectors, a copy on the host for checkpoints, and its outputs.
  func member(width: Int) throws -> Size {
    let parameters = Size(try settings.architecture(width: width, input: data.input).parameterCount) + 4096
    let copies = 7 * number + 8 * (settings.method == .adam ? 4 : 2)
    return parameters * copies + MemoryNeed.numbers([12, points])
  }

  /// Passes of the networks together, which go in tiles, and kernels between points, which are one network's.
  func passes(width: Int, members: Int) throws -> Size {
    let perPoint = try settings.architecture(width: width, input: data.input).numbersPerPoint
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
