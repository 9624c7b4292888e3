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
    let perPoint = architecture.numbersPerPoint
    // On a processor the patches of some points stay in its cache: memory writes them more slowly than loops gather them.
    let most = engine.device.isGPU ? 8 << 30 : patches.allSatisfy { $0 == nil } ? 256 << 20 : 16 << 20
    let budget = min(engine.memoryBudget / 8, most)
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
    case .convolution:
      guard let table = patches[index] else { return delta }
      return try convolutionCotangent(index, delta, table.backward, points: points)
    }
  }

  // MARK: What a layer reads

  /// `x` itself, or its images on their canvas where a convolution follows.
  func imageRows(_ x: Tensor) throws -> Tensor {
    guard let table = patches[0] else { return x }
    let dense = x.isContiguous ? x : try engine.copied(x)
    return try placed(dense, on: table.forward, items: x.batch * x.rows)
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
      return try seen(h, by: table.forward).reshaped(
        batch: h.batch / points, rows: points * table.forward.count, columns: layer.fanIn(shape))
    }
  }

  /// φ of the pre-activations of layer `index`, in the form in which the next layer reads it.
  func activated(_ index: Int, _ z: Tensor, points: Int) throws -> Tensor {
    let activation = architecture.layers[index].activation
    guard let table = patches[index + 1] else { return try activation.map { try engine.map(.activation($0), z) } ?? z }
    guard let activation else { return try placed(z, on: table.forward, items: z.batch * points) }
    return try placed(z, on: table.forward, items: z.batch * points) { try engine.map(.activation(activation), [$0], into: $1) }
  }
}

extension Architecture {
  /// Numbers that the passes of a gradient hold for every point: inputs, outputs and cotangents of each layer.
  public var numbersPerPoint: Int {
    zip(layers, shapes).reduce(0) { total, next in
      let pixels = (try? next.0.output(of: next.1).pixels) ?? 1
      return total + pixels * (next.0.fanIn(next.1) + 3 * next.0.map.units)
    }
  }
}
