import Compute
import WideKernels

extension FiniteNetwork {
  /// What a forward pass leaves for the way back, for `n` points.
  public struct Pass: Sendable {
    /// What each layer's matrix product reads: `[members or 1, n · pixels, fan-in]`.
    var inputs: [Tensor] = []
    /// `[members, n · pixels, units]`; the last are the network's outputs.
    public internal(set) var preactivations: [Tensor] = []
    let points: Int

    /// F, `[members, n, c]`.
    public var outputs: Tensor { preactivations[preactivations.count - 1] }
  }

  /// Outputs F of every member at `x` `[members or 1, n, inputs]`, `[members, n, c]`; in tiles of points.
  public func outputs(_ x: Tensor) throws -> Tensor {
    let result = try engine.empty(batch: members, rows: x.rows, columns: architecture.outputs)
    for rows in tiles(of: x.rows) { try engine.copy(forward(x.rows(rows)).outputs, into: result.rows(rows)) }
    return result
  }

  /// Outputs of every layer without activation at `x`: the bottlenecks, then F; each `[members, n, width]`.
  public func readouts(_ x: Tensor) throws -> [Tensor] {
    let pass = try forward(x)
    return architecture.readouts.map { pass.preactivations[$0] }
  }

  /// Points that are taken at once so that a pass stays within a fraction of the engine's memory.
  ///
  /// - Parameter passes: how many are held at the same time.
  public func tiles(of points: Int, passes: Int = 1) -> [Range<Int>] {
    let perPoint = zip(architecture.layers, architecture.shapes).reduce(0) { total, next in
      let pixels = (try? next.0.output(of: next.1).pixels) ?? 1
      return total + pixels * (next.0.fanIn(next.1) + 3 * next.0.map.units)
    }
    let budget = min(engine.memoryBudget / 8, engine.device.isGPU ? 8 << 30 : 256 << 20)
    let tile = max(1, budget / max(perPoint * passes * members * engine.precision.byteCount, 1))
    return stride(from: 0, to: points, by: tile).map { $0..<min($0 + tile, points) }
  }

  /// Forward pass at `x` `[members or 1, n, inputs]`, all points at once.
  public func forward(_ x: Tensor) throws -> Pass {
    guard x.columns == architecture.inputs, x.batch == 1 || x.batch == members else {
      throw FiniteNetworkError.shape(
        what: "inputs of the network", expected: "[1 or \(members), n, \(architecture.inputs)]", got: x.shapeText)
    }
    var pass = Pass(points: x.rows)
    var h = try imageRows(x)
    for (index, layer) in architecture.layers.enumerated() {
      let input = try matrixInput(index, h, points: x.rows)
      let z = try engine.gemm(input, weights(index), transposeB: true, alpha: layer.weights.multiplier)
      if let bias = bias(index), let scale = layer.bias { try engine.map(.addScaled(scale.multiplier), [z, bias], into: z) }
      pass.inputs.append(input)
      pass.preactivations.append(z)
      if index + 1 < architecture.layers.count { h = try activated(index, z, points: x.rows) }
    }
    return pass
  }

  /// Cotangents to the parameters: adds factor · Σ_i,o cotangent[i, o] ∂F_o(x_i)/∂θ to `vector`, or replaces it.
  ///
  /// `cotangent` `[members, n, c]`. With `vector` the parameters themselves this is a step of gradient descent: what a layer passes
  /// on is computed before it changes.
  public func backward(_ cotangent: Tensor, _ pass: Pass, factor: Double = 1, adds: Bool = false, into vector: Tensor) throws {
    guard cotangent.shape == pass.outputs.shape else {
      throw FiniteNetworkError.shape(what: "cotangent", expected: pass.outputs.shapeText, got: cotangent.shapeText)
    }
    var delta = cotangent
    for index in architecture.layers.indices.reversed() {
      let passed = index > 0 ? try passBack(index, delta, pass) : nil
      try accumulate(index, delta, pass.inputs[index], factor: factor, adds: adds, into: vector)
      if let passed { delta = passed }
    }
  }

  /// ∂F/∂(pre-activation of every layer) contracted with `cotangent`, from input to output.
  func cotangents(_ cotangent: Tensor, _ pass: Pass) throws -> [Tensor] {
    var deltas = [cotangent]
    for index in architecture.layers.indices.reversed() where index > 0 {
      deltas.append(try passBack(index, deltas[deltas.count - 1], pass))
    }
    return deltas.reversed()
  }

  /// Adds to, or replaces, the parts of `vector` that belong to layer `index`.
  func accumulate(_ index: Int, _ delta: Tensor, _ input: Tensor, factor: Double, adds: Bool, into vector: Tensor) throws {
    try accumulateWeights(index, delta, input, factor: factor, adds: adds, into: vector)
    try accumulateBias(index, delta, factor: factor, adds: adds, into: vector)
  }

  func accumulateWeights(_ index: Int, _ delta: Tensor, _ input: Tensor, factor: Double, adds: Bool, into vector: Tensor) throws {
    let multiplier = architecture.layers[index].weights.multiplier
    try engine.gemm(
      GEMM(transposeA: true, alpha: factor * multiplier, beta: adds ? 1 : 0), delta, input, into: layout.weights(index, of: vector))
  }

  func accumulateBias(_ index: Int, _ delta: Tensor, factor: Double, adds: Bool, into vector: Tensor) throws {
    guard let target = layout.bias(index, of: vector), let scale = architecture.layers[index].bias else { return }
    let ones = try engine.ones(delta.rows)
    try engine.gemm(GEMM(alpha: factor * scale.multiplier, beta: adds ? 1 : 0), ones, delta, into: target)
  }

  /// Cotangent of the pre-activations of layer `index` − 1 from that of layer `index`.
  private func passBack(_ index: Int, _ delta: Tensor, _ pass: Pass) throws -> Tensor {
    let before = pass.preactivations[index - 1]
    let passed = try inputCotangent(index, delta, points: pass.points)
    if let activation = architecture.layers[index - 1].activation {
      try engine.map(.activationVJP(activation), [before, passed], into: passed)
    }
    return passed
  }

  /// Cotangent of what comes into layer `index`, `[members, n · pixels, channels]`, from that of its pre-activations.
  func inputCotangent(_ index: Int, _ delta: Tensor, points: Int) throws -> Tensor {
    let (layer, shape) = (architecture.layers[index], architecture.shapes[index])
    let rows = points * shape.pixels
    switch layer.map {
    case .dense:
      let passed = try engine.gemm(delta, weights(index), alpha: layer.weights.multiplier)
      guard layer.averagesPixels else {
        return shape.pixels == 1 ? passed : passed.reshaped(batch: members, rows: rows, columns: shape.channels)
      }
      let spread = try engine.empty(batch: members * points, rows: shape.pixels, columns: shape.channels)
      let one = passed.reshaped(batch: members * points, rows: 1, columns: shape.channels)
      try engine.map(.scaled(by: 1 / Double(shape.pixels), plus: 0), [one], into: spread)
      return spread.reshaped(batch: members, rows: rows, columns: shape.channels)
    case .convolution(let channels, let kernel, _, _):
      guard let table = patches[index], let order = filterOrders[index] else { return delta }
      let padded = try padding(delta, points: points, pixels: architecture.shapes[index + 1].pixels)
      let seen = try engine.gather(padded, rows: table.transposed)
        .reshaped(batch: members, rows: rows, columns: kernel * kernel * channels)
      // Rows (output, entry) of the filters in the order (entry, output).
      var filters = weights(index)
      filters.rows = filters.rows * kernel * kernel
      filters.columns = shape.channels
      filters.rowStride = shape.channels
      return try engine.gemm(seen, engine.gather(filters, rows: order), alpha: layer.weights.multiplier)
    }
  }

  // MARK: What a layer reads

  /// `x` with every image one item: `[items · n, pixels + 1, channels]` where a convolution follows, else `x` itself.
  func imageRows(_ x: Tensor) throws -> Tensor {
    guard patches[0] != nil else { return x }
    let shape = architecture.shapes[0]
    let dense = x.isContiguous ? x : try engine.contiguous(x)
    return try padding(
      dense.reshaped(batch: x.batch, rows: x.rows * shape.pixels, columns: shape.channels), points: x.rows, pixels: shape.pixels)
  }

  /// The matrix that layer `index` multiplies by its weights, of `h` as `activated` gives it.
  func matrixInput(_ index: Int, _ h: Tensor, points: Int) throws -> Tensor {
    let (layer, shape) = (architecture.layers[index], architecture.shapes[index])
    switch layer.map {
    case .dense:
      guard shape.pixels > 1, index > 0 || layer.averagesPixels else { return h }
      guard layer.averagesPixels else { return h.reshaped(batch: h.batch, rows: points, columns: shape.count) }
      let items = h.batch * points
      let mean = try engine.gemm(
        engine.ones(shape.pixels), h.reshaped(batch: items, rows: shape.pixels, columns: shape.channels), alpha: 1 / Double(shape.pixels))
      return mean.reshaped(batch: h.batch, rows: points, columns: shape.channels)
    case .convolution:
      guard let table = patches[index] else { return h }
      let outputs = architecture.shapes[index + 1]
      return try engine.gather(h, rows: table.patches)
        .reshaped(batch: h.batch / points, rows: points * outputs.pixels, columns: layer.fanIn(shape))
    }
  }

  /// φ of the pre-activations of layer `index`, in the form in which the next layer reads it.
  func activated(_ index: Int, _ z: Tensor, points: Int) throws -> Tensor {
    let pixels = architecture.shapes[index + 1].pixels
    guard let activation = architecture.layers[index].activation else {
      return patches[index + 1] == nil ? z : try padding(z, points: points, pixels: pixels)
    }
    guard patches[index + 1] != nil else { return try engine.map(.activation(activation), z) }
    let items = z.batch * points
    let h = try emptyPadded(items: items, pixels: pixels, channels: z.columns)
    try engine.map(
      .activation(activation), [z.reshaped(batch: items, rows: pixels, columns: z.columns)], into: h.rows(0..<pixels))
    return h
  }

  /// `[members, n · pixels, channels]` as `[members · n, pixels + 1, channels]` with a row of zeros at the end of each image.
  func padding(_ z: Tensor, points: Int, pixels: Int) throws(ComputeError) -> Tensor {
    let items = z.batch * points
    let h = try emptyPadded(items: items, pixels: pixels, channels: z.columns)
    try engine.copy(z.reshaped(batch: items, rows: pixels, columns: z.columns), into: h.rows(0..<pixels))
    return h
  }

  private func emptyPadded(items: Int, pixels: Int, channels: Int) throws(ComputeError) -> Tensor {
    let h = try engine.empty(batch: items, rows: pixels + 1, columns: channels)
    try engine.copy(engine.repeatedZero(batch: items, columns: channels), into: h.rows(pixels..<pixels + 1))
    return h
  }
}
