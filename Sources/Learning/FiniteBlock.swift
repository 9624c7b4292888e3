import Compute
import Matrices
import Networks
import WideKernels

/// One fully-connected block of finite width: the function that a wide block begins as, and a part of a finite network.
///
/// Hidden layers h ← φ(σ_w W h / √fan-in + σ_b b), read-out σ_r W h / √width, all of W and b standard normal at the
/// start (NTK parametrisation, papers on the tangent kernel). Parameters lie on the device.
public struct FiniteBlock: Sendable {
  /// One affine map with the activation after it.
  public struct Layer: Sendable {
    /// `[1, outputs, inputs]`.
    public var weights: Tensor
    /// `[1, 1, outputs]`, or nil without bias.
    public var bias: Tensor?
    /// σ_w / √inputs.
    public var weightScale: Double
    /// σ_b.
    public var biasScale: Double
    /// φ after the map; nil for the read-out.
    public var activation: ActivationKind?
  }

  /// Layers from the input on, the read-out last.
  public var layers: [Layer]
  /// Width of the input.
  public let inputs: Int
  /// Width of the read-out.
  public let outputs: Int
  /// Width of the hidden layers.
  public let width: Int
  let engine: Engine

  /// Draws the parameters on the host in float64 from `stream`, so that every backend gets the same block.
  ///
  /// - Parameter width: of every hidden layer, at least 1.
  public init(_ block: WideBlock, inputs: Int, width: Int, stream: RandomStream, on engine: Engine) throws {
    guard width >= 1 else { throw LearningError.invalid(setting: "width of the finite block", expected: "at least 1", got: "\(width)") }
    var layers: [Layer] = []
    var fanIn = inputs
    func layer(_ index: Int, _ map: Dense, outputs: Int, _ activation: ActivationKind?) throws -> Layer {
      let normals = stream.child("weights/\(index)").normals(outputs * fanIn)
      let bias: Tensor? =
        map.biasVariance > 0 ? try engine.tensor(stream.child("bias/\(index)").normals(outputs), rows: 1, columns: outputs) : nil
      return Layer(
        weights: try engine.tensor(normals, rows: outputs, columns: fanIn), bias: bias,
        weightScale: (map.weightVariance / Double(fanIn)).squareRoot(), biasScale: map.biasVariance.squareRoot(), activation: activation)
    }
    for (index, (map, activation)) in try block.denseLayers().enumerated() {
      layers.append(try layer(index, map, outputs: activation == nil ? block.outputs : width, activation))
      fanIn = width
    }
    self.layers = layers
    self.inputs = inputs
    self.outputs = block.outputs
    self.width = width
    self.engine = engine
  }

  /// Pre-activations of every layer, the last being the outputs; `x` `[1, n, inputs]`.
  func preactivations(_ x: Tensor) throws(ComputeError) -> (inputs: [Tensor], preactivations: [Tensor]) {
    var (inputs, preactivations): ([Tensor], [Tensor]) = ([], [])
    var h = x
    for layer in layers {
      let z = try engine.gemm(h, layer.weights, transposeB: true, alpha: layer.weightScale)
      if let bias = layer.bias { try engine.map(.addScaled(layer.biasScale), [z, bias], into: z) }
      inputs.append(h)
      preactivations.append(z)
      if let activation = layer.activation { h = try engine.map(.activation(activation), z) }
    }
    return (inputs, preactivations)
  }

  /// Cotangents of every layer's pre-activations from that of the outputs `[1, n, outputs]`.
  func backward(_ cotangent: Tensor, _ preactivations: [Tensor]) throws(ComputeError) -> [Tensor] {
    var cotangents = [cotangent]
    for index in stride(from: layers.count - 1, to: 0, by: -1) {
      let passed = try engine.gemm(cotangents[0], layers[index].weights, alpha: layers[index].weightScale)
      if let activation = layers[index - 1].activation {
        try engine.map(.activationVJP(activation), [preactivations[index - 1], passed], into: passed)
      }
      cotangents.insert(passed, at: 0)
    }
    return cotangents
  }

  /// Inputs up to which a block with one hidden layer is read in one pass; wider ones are the business of matrix products.
  static var widestPass: Int { 64 }

  /// Value `[n, outputs]` and Jacobian `[n, outputs · inputs]` (output o, coordinate k at o·inputs + k) at points `z`
  /// `[n, inputs]`; nothing of size n × width is kept.
  public func read(at z: Matrix, jacobian: Bool) throws(ComputeError) -> (value: Matrix, jacobian: Matrix?) {
    let result = try read(at: engine.tensor(z), jacobian: jacobian)
    let slopes: Matrix? = if let jacobian = result.jacobian { try engine.matrix(jacobian) } else { nil }
    return (try engine.matrix(result.value), slopes)
  }

  /// Values and Jacobians on the device: `z` `[1, n, inputs]`.
  func read(at z: Tensor, jacobian: Bool) throws(ComputeError) -> (value: Tensor, jacobian: Tensor?) {
    guard inputs <= Self.widestPass, let layer = try featureLayer() else { return try readLayerwise(at: z, jacobian: jacobian) }
    return try layer.read(at: z, jacobian: jacobian, on: engine)
  }

  /// Values and Jacobians in tiles of rows, layer by layer.
  func readLayerwise(at z: Tensor, jacobian wantsJacobian: Bool) throws(ComputeError) -> (value: Tensor, jacobian: Tensor?) {
    let value = try engine.empty(rows: z.rows, columns: outputs)
    let jacobian = wantsJacobian ? try engine.empty(rows: z.rows, columns: outputs * inputs) : nil
    let tile = max(16, min(z.rows, (engine.device.isGPU ? 1 << 24 : 1 << 18) / width))
    for start in stride(from: 0, to: z.rows, by: tile) {
      let rows = start..<min(start + tile, z.rows)
      let (_, preactivations) = try self.preactivations(z.rows(rows))
      try engine.copy(preactivations[layers.count - 1], into: value.rows(rows))
      if let jacobian { try writeJacobian(preactivations, into: jacobian.rows(rows)) }
    }
    return (value, jacobian)
  }

  private func writeJacobian(_ preactivations: [Tensor], into jacobian: Tensor) throws(ComputeError) {
    for output in 0..<outputs {
      var seed = Matrix(zeros: jacobian.rows, outputs)
      for row in 0..<jacobian.rows { seed[row, output] = 1 }
      let cotangents = try backward(engine.tensor(seed), preactivations)
      let slope = try engine.gemm(cotangents[0], layers[0].weights, alpha: layers[0].weightScale)
      try engine.copy(slope, into: jacobian.columns(output * inputs..<(output + 1) * inputs))
    }
  }
}
