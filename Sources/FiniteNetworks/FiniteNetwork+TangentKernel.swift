import Compute

/// Empirical tangent kernels Θ(x, y) = Σ_θ ∂F(x)/∂θ ∂F(y)/∂θ of every member.
extension FiniteNetwork {
  /// Which outputs a kernel keeps.
  public enum KernelOutputs: Sendable {
    /// `[members, c·n, c·m]`: row o·n + i, column p·m + j is the pair of output o at x_i and output p at y_j.
    case full
    /// `[members, n, m]`: the mean over o of the pairs (o, o).
    case traced
  }

  /// Θ between `x` `[members or 1, n, inputs]` and `y`, or of `x` with itself.
  ///
  /// A dense layer adds m²(h·h′)(δ·δ′) with its inputs h and cotangents δ, a convolution the products of the points' gradients. Both
  /// are made for tiles of points, so that besides the kernel only tiles take memory.
  ///
  /// - Parameter layers: those whose parameters are counted; nil for all.
  public func tangentKernel(_ x: Tensor, _ y: Tensor? = nil, outputs: KernelOutputs = .traced, layers: [Int]? = nil) throws -> Tensor {
    let other = y ?? x
    let c = outputs == .full ? architecture.outputs : 1
    let kernel = try engine.zeros(batch: members, rows: c * x.rows, columns: c * other.rows)
    let wanted = layers ?? Array(architecture.layers.indices)
    for rows in kernelTiles(x.rows) {
      let first = try tangents(x.rows(rows), layers: wanted)
      for columns in kernelTiles(other.rows) where y != nil || columns.lowerBound <= rows.lowerBound {
        let isDiagonal = y == nil && columns == rows
        let second = isDiagonal ? first : try tangents(other.rows(columns), layers: wanted)
        try add(first, second, outputs, to: kernel, rows: rows, columns: columns, sizes: (x.rows, other.rows))
        if y == nil, !isDiagonal {
          try add(second, first, outputs, to: kernel, rows: columns, columns: rows, sizes: (x.rows, other.rows))
        }
      }
    }
    return kernel
  }

  /// Θ(x, y) v for every member with nothing of size n × m: the gradient at `y` contracted with `v` `[members, m, c]`, then the
  /// derivative of F at `x` along it, `[members, n, c]`.
  public func tangentKernelProduct(_ x: Tensor, _ y: Tensor, _ v: Tensor) throws -> Tensor {
    let direction = try emptyVector()
    for (number, rows) in tiles(of: y.rows).enumerated() {
      try backward(engine.copied(v.rows(rows)), forward(y.rows(rows)), adds: number > 0, into: direction)
    }
    let result = try engine.empty(batch: members, rows: x.rows, columns: architecture.outputs)
    for rows in tiles(of: x.rows) { try engine.copy(jet(x.rows(rows), along: direction, order: 1)[1], into: result.rows(rows)) }
    return result
  }

  /// Gradients of all outputs at a tile of points, layer by layer, as factors where they have them.
  private enum LayerTangents {
    /// h `[members or 1, n, fan-in]`, δ of output o `[members, n, units]`.
    case factors(h: Tensor, deltas: [Tensor], weight: Double, bias: Double)
    /// Gradients of output o `[members, n, parameters]`.
    case gradients([Tensor])
  }

  private func tangents(_ x: Tensor, layers: [Int]) throws -> [LayerTangents] {
    let pass = try forward(x)
    let deltas = try (0..<architecture.outputs).map { output in
      try cotangents(engine.unitColumn(output, of: pass.outputs.shape), pass)
    }
    return try layers.map { index in
      let layer = architecture.layers[index]
      guard patches[index] != nil else {
        return .factors(
          h: pass.inputs[index], deltas: deltas.map { $0[index] }, weight: layer.weights.multiplier, bias: layer.bias?.multiplier ?? 0)
      }
      return .gradients(try deltas.map { try pointGradients(index, $0[index], pass) })
    }
  }

  /// Gradients of a convolution's parameters at every point, `[members, n, units · (fan-in + 1)]`.
  private func pointGradients(_ index: Int, _ delta: Tensor, _ pass: Pass) throws -> Tensor {
    let (layer, items) = (architecture.layers[index], members * pass.points)
    let (units, pixels) = (layer.map.units, architecture.shapes[index + 1].pixels)
    let input = pass.inputs[index]
    let fanIn = input.columns
    let rows = try engine.empty(batch: items, rows: 1, columns: units * (fanIn + 1))
    let delta = delta.reshaped(batch: items, rows: pixels, columns: units)
    for member in 0..<members {
      // Where members share the inputs each has them as its own items.
      let seen = input.item(input.batch == 1 ? 0 : member).reshaped(batch: pass.points, rows: pixels, columns: fanIn)
      let place = member * pass.points..<(member + 1) * pass.points
      let gradient = try engine.gemm(delta.items(place), seen, transposeA: true, alpha: layer.weights.multiplier)
      try engine.copy(
        gradient.reshaped(batch: pass.points, rows: 1, columns: units * fanIn), into: rows.items(place).columns(0..<units * fanIn))
      let sums = try engine.gemm(engine.ones(pixels), delta.items(place), alpha: layer.bias?.multiplier ?? 0)
      try engine.copy(sums, into: rows.items(place).columns(units * fanIn..<units * (fanIn + 1)))
    }
    return rows.reshaped(batch: members, rows: pass.points, columns: units * (fanIn + 1))
  }

  private func add(
    _ first: [LayerTangents], _ second: [LayerTangents], _ outputs: KernelOutputs, to kernel: Tensor, rows: Range<Int>,
    columns: Range<Int>, sizes: (n: Int, m: Int)
  ) throws {
    let c = architecture.outputs
    for o in 0..<c {
      for p in 0..<c where outputs == .full || o == p {
        let (row, column) = outputs == .full ? (o * sizes.n, p * sizes.m) : (0, 0)
        let block = kernel.rows(row + rows.lowerBound..<row + rows.upperBound)
          .columns(column + columns.lowerBound..<column + columns.upperBound)
        let share = outputs == .full ? 1 : 1 / Double(c)
        for case let (a, b) in zip(first, second) {
          switch (a, b) {
          case (.factors(let h, let deltas, let weight, let bias), .factors(let other, let others, _, _)):
            let features = try engine.gemm(h, other, transposeB: true, alpha: weight * weight * share)
            if bias != 0 { try engine.map(.scaled(by: 1, plus: bias * bias * share), [features], into: features) }
            let products = try engine.gemm(deltas[o], others[p], transposeB: true)
            try engine.map(.product, [products, features], into: products)
            try engine.map(.sum, [block, products], into: block)
          case (.gradients(let gradients), .gradients(let others)):
            try engine.gemm(GEMM(transposeB: true, alpha: share, beta: 1), gradients[o], others[p], into: block)
          default: break
          }
        }
      }
    }
  }

  /// Points whose gradients are held at once, in a fraction of the engine's memory.
  package func kernelTiles(_ points: Int) -> [Range<Int>] {
    let perPoint = architecture.layers.indices.reduce(0) { total, index in
      let (layer, shape) = (architecture.layers[index], architecture.shapes[index])
      let pixels = patches[index] == nil ? 1 : architecture.shapes[index + 1].pixels
      let gradients = patches[index] == nil ? 0 : 2 * layer.map.units * (layer.fanIn(shape) + 1)
      return total + pixels * (layer.fanIn(shape) + 3 * layer.map.units * (1 + architecture.outputs)) + gradients * architecture.outputs
    }
    let budget = min(engine.memoryBudget / 8, engine.device.isGPU ? 8 << 30 : 256 << 20)
    let tile = max(1, budget / max(perPoint * members * engine.precision.byteCount, 1))
    return stride(from: 0, to: points, by: tile).map { $0..<min($0 + tile, points) }
  }
}

extension Engine {
  /// 1 in column `column`, 0 elsewhere.
  func unitColumn(_ column: Int, of shape: (batch: Int, rows: Int, columns: Int)) throws(ComputeError) -> Tensor {
    let row = try tensor((0..<shape.columns).map { $0 == column ? 1 : 0 }, rows: 1, columns: shape.columns)
    let result = try empty(batch: shape.batch, rows: shape.rows, columns: shape.columns)
    try map(.scaled(by: 1, plus: 0), [row], into: result)
    return result
  }
}

extension Tensor {
  /// Items `range`, without copying.
  func items(_ range: Range<Int>) -> Tensor {
    var view = item(range.lowerBound)
    view.batch = range.count
    return view
  }
}
