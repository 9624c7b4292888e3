import Compute
import Networks
import Sizes

/// What a `finite-width` run holds, in bytes: bounds from above that the memory test holds against the peak.
struct FiniteWidthSizes {
  let settings: FiniteWidthSettings
  /// Training and test points together.
  let points: Int
  let features: Int
  let outputs: Int
  /// Bytes of the data as they were read.
  let loadedBytes: Int
  let memoryBudget: Int

  private var kernelPoints: Int { min(settings.kernelPoints, settings.train) }
  private var batch: Int { settings.batch > 0 ? settings.batch : settings.train }

  /// What does not grow with the draws that advance together.
  var shared: Size {
    // Θ_0 of the first block, that of the network without bottlenecks by which rates are set, and one kernel of all outputs with copies.
    let kernels = MemoryNeed.numbers([3, points, points]) + MemoryNeed.numbers([3, points, outputs, points, outputs])
    let batches: Size = settings.batch > 0 ? MemoryNeed.numbers([2, settings.batch, settings.steps]) : 0
    let data = MemoryNeed.data(loadedBytes, points: points, features: features, outputs: outputs)
    return Size.sum([MemoryNeed.program, data, kernels, batches])
  }

  /// One draw: the finite network, its limit and that one's twin, the network with a frozen kernel, and what is compared.
  func draw(_ network: Network, width: Int) -> Size {
    var (parameters, upper, state, perPoint, fanIn): (Size, Size, Size, Int, Int) = (0, 0, 0, 0, network.inputs)
    for (index, block) in network.blocks.enumerated() {
      let hidden = block.hiddenLayers
      let own = Size.sum([
        Size.product([width, fanIn + block.outputs + 2 * hidden]), Size.product([width, width, max(hidden - 1, 0)]),
        Size.product([1024, 2 * hidden + 2]),
      ])
      parameters += own
      perPoint += fanIn + hidden * 4 * width + 3 * block.outputs
      if index > 0 {
        upper += own
        state += 2 * limit(width: fanIn, next: block.outputs)
      }
      fanIn = block.outputs
    }
    // Parameters, gradient and what a step needs; functions of the start, stacked for both limits; one layer's normals on the host.
    let isDeep = network.blocks.contains { $0.hiddenLayers > 1 }
    let layer = MemoryNeed.numbers([2, width, max(isDeep ? width : 0, network.inputs, network.bottlenecks.max() ?? 0)])
    let passes = min(MemoryNeed.numbers([points, perPoint]), Size(largestPass)) * 2
    let frozen = MemoryNeed.numbers([2, settings.train, outputs, points, outputs])
    let values = MemoryNeed.numbers([20, points, outputs])
    return Size.sum([parameters * 48, upper * 24, layer, state, passes, frozen, comparisons(perPoint), values])
  }

  /// Draws that fit into memory together, at least one. More gain little, and are lost together when a run is killed.
  func together(_ network: Network, width: Int, budget: Int) -> Int {
    let room = (Size(budget) - shared).value / max(draw(network, width: width).value, 1)
    return max(1, min(8, settings.draws, room))
  }

  private var largestPass: Int { min(memoryBudget / 8, 256 << 20) }

  /// One limit's block: positions and Jacobians, and its history.
  private func limit(width: Int, next: Int) -> Size {
    let positions = MemoryNeed.numbers([points, 14 * width + 5 * next * width + 8])
    let visited = Size.product([batch, settings.steps]) + 1024
    let history = visited * MemoryNeed.numbers([3, width + next])
    let rank = min(visited, Size(FiniteWidthCost.expectedRank)).value
    let basis = MemoryNeed.numbers([4, rank, rank + points])
    // Activations with kinks take the exact history.
    let change =
      switch settings.history {
      case .exact: history
      case .basis: basis
      case .auto: max(basis, history)
      }
    return positions + change
  }

  /// Tangent kernels at a reading: at the start, now, and of the finite network, with its tangents at a tile of points.
  private func comparisons(_ perPoint: Int) -> Size {
    guard kernelPoints > 0 else { return 0 }
    let tangents = Size(kernelPoints) * MemoryNeed.numbers([perPoint, 1 + outputs])
    return MemoryNeed.numbers([6, kernelPoints, outputs, kernelPoints, outputs]) + min(tangents, Size(largestPass)) * 2
  }
}
