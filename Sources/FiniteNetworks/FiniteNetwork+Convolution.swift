import Compute

/// Convolutions: images on canvases, patches of them as rows of a matrix, and the way back.
extension FiniteNetwork {
  /// Images `[items, pixels, channels]`, of any batch and rows, on their canvas: `[items, canvas pixels, channels]`.
  func placed(_ images: Tensor, on patches: Patches, items: Int) throws -> Tensor {
    try placed(images, on: patches, items: items) { try engine.copy($0, into: $1) }
  }

  /// The canvas with what `write` makes of the images, which it gets with the place for them, line by line.
  func placed(_ images: Tensor, on patches: Patches, items: Int, _ write: (Tensor, Tensor) throws -> Void) throws -> Tensor {
    let (canvas, image) = (patches.canvas, patches.canvas.image)
    let result = try engine.empty(batch: items, rows: canvas.pixels, columns: image.channels)
    if !patches.border.isEmpty {
      var zeros = try engine.repeatedZero(batch: items, columns: image.channels)
      (zeros.rows, zeros.rowStride) = (patches.border.count, 0)
      try engine.scatter(zeros, into: result, rows: patches.border)
    }
    var place = result
    place.offset += canvas.origin * image.channels
    (place.rows, place.columns, place.rowStride) = (image.height, image.width * image.channels, canvas.width * image.channels)
    try write(images.reshaped(batch: items, rows: place.rows, columns: place.columns), place)
    return result
  }

  /// Patches of what lies on a canvas, `[items, patches, runs · run · channels]`.
  func seen(_ canvas: Tensor, by patches: Patches) throws -> Tensor {
    // A run begins at every pixel, so rows of the source overlap.
    var runs = canvas
    (runs.rows, runs.columns) = (canvas.rows - patches.run + 1, patches.run * canvas.columns)
    return try engine.gather(runs, rows: patches.starts).reshaped(
      batch: canvas.batch, rows: patches.count, columns: patches.runs * runs.columns)
  }

  /// Cotangent of what a convolution reads, `[members, n · pixels, channels]`, from that of its pre-activations.
  func convolutionCotangent(_ index: Int, _ delta: Tensor, _ phases: [PatchTable.Phase], points: Int) throws -> Tensor {
    let (layer, shape, items) = (architecture.layers[index], architecture.shapes[index], members * points)
    let (units, rows) = (layer.map.units, points * shape.pixels)
    guard let first = phases.first else { return try engine.zeros(batch: members, rows: rows, columns: shape.channels) }
    var filters = weights(index)
    let entries = filters.columns / shape.channels
    (filters.rows, filters.columns, filters.rowStride) = (units * entries, shape.channels, shape.channels)
    let canvas = try placed(delta, on: first.patches, items: items)
    func cotangent(_ phase: PatchTable.Phase) throws -> Tensor {
      let order = phase.entries.flatMap { entry in (0..<units).map { $0 * entries + entry } }
      let patches = try seen(canvas, by: phase.patches)
      return try engine.gemm(
        patches.reshaped(batch: members, rows: points * patches.rows, columns: patches.columns), engine.gather(filters, rows: order),
        alpha: layer.weights.multiplier)
    }
    let covered = phases.reduce(0) { $0 + $1.pixels.count }
    // Stride 1: every pixel, in order.
    if phases.count == 1, covered == shape.pixels { return try cotangent(first) }
    let result =
      covered < shape.pixels
      ? try engine.zeros(batch: items, rows: shape.pixels, columns: shape.channels)
      : try engine.empty(batch: items, rows: shape.pixels, columns: shape.channels)
    for phase in phases {
      let part = try cotangent(phase).reshaped(batch: items, rows: phase.pixels.count, columns: shape.channels)
      try engine.scatter(part, into: result, rows: phase.pixels)
    }
    return result.reshaped(batch: members, rows: rows, columns: shape.channels)
  }
}
