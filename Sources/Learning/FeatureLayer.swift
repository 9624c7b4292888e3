import Compute
import FiniteNetworks
import LinearAlgebra
import Matrices
import WideKernels

/// A block with one hidden layer as `Engine.featurePass` takes it, all scales multiplied in.
struct FeatureLayer {
  let activation: ActivationKind
  /// `[1, width, inputs]`.
  let weights: Tensor
  /// `[1, width, 1]`, or nil without bias.
  let biases: Tensor?
  /// `[1, width, outputs]`.
  let coefficients: Tensor
  /// `[1, 1, outputs]`, to be added to the value; nil without bias.
  let readoutBias: Tensor?

  /// Values `[batch, n, outputs]` and Jacobians at `z` `[batch, n, inputs]`.
  func read(at z: Tensor, jacobian: Bool, on engine: Engine) throws(ComputeError) -> (value: Tensor, jacobian: Tensor?) {
    let result = try engine.featurePass(
      activation, points: z, weights: weights, biases: biases, coefficients: coefficients, jacobian: jacobian)
    if let readoutBias { try engine.map(.sum, [result.value, readoutBias], into: result.value) }
    return result
  }
}

/// A network of one member as the initial function of a block.
extension FiniteNetwork {
  /// Inputs up to which a network with one hidden layer is read in one pass; wider ones are the business of matrix products.
  static var widestPass: Int { 64 }

  /// Value `[n, outputs]` and Jacobian `[n, outputs · inputs]` (output o, coordinate k at o·inputs + k) at points `z`
  /// `[n, inputs]`; nothing of size n × width is kept.
  public func read(at z: Matrix, jacobian: Bool) throws -> (value: Matrix, jacobian: Matrix?) {
    let result = try read(at: engine.tensor(z), jacobian: jacobian)
    let slopes: Matrix? = if let jacobian = result.jacobian { try engine.matrix(jacobian) } else { nil }
    return (try engine.matrix(result.value), slopes)
  }

  /// Values and Jacobians on the device: `z` `[1, n, inputs]`.
  func read(at z: Tensor, jacobian: Bool) throws -> (value: Tensor, jacobian: Tensor?) {
    guard architecture.inputs <= Self.widestPass, let layer = try featureLayer() else {
      return try readLayerwise(at: z, jacobian: jacobian)
    }
    return try layer.read(at: z, jacobian: jacobian, on: engine)
  }

  /// The hidden layer as features; nil unless there is exactly one, and both layers are dense.
  func featureLayer() throws(ComputeError) -> FeatureLayer? {
    let (layers, outputs) = (architecture.layers, architecture.outputs)
    guard layers.count == 2, case .dense = layers[0].map, case .dense = layers[1].map, case .vector = architecture.input,
      let activation = layers[0].activation
    else { return nil }
    // The transposition: one product by 1 and others by 0.
    var identity = [Double](repeating: 0, count: outputs * outputs)
    for output in 0..<outputs { identity[output * outputs + output] = 1 }
    let unit = try engine.tensor(identity, rows: outputs, columns: outputs)
    return FeatureLayer(
      activation: activation, weights: try engine.map(.scaled(by: layers[0].weights.multiplier, plus: 0), weights(0)),
      biases: try scaledBias(0).map { $0.reshaped(rows: $0.columns, columns: 1) },
      coefficients: try engine.gemm(weights(1), unit, transposeA: true, alpha: layers[1].weights.multiplier),
      readoutBias: try scaledBias(1))
  }

  private func scaledBias(_ index: Int) throws(ComputeError) -> Tensor? {
    guard let bias = bias(index), let scale = architecture.layers[index].bias else { return nil }
    return try engine.map(.scaled(by: scale.multiplier, plus: 0), bias)
  }
}
