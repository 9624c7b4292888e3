import Compute
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

extension FiniteBlock {
  /// The hidden layer as features; nil unless the block has exactly one.
  func featureLayer() throws(ComputeError) -> FeatureLayer? {
    guard layers.count == 2, let activation = layers[0].activation else { return nil }
    let (hidden, readout) = (layers[0], layers[1])
    // The transposition: one product by 1 and others by 0.
    var identity = [Double](repeating: 0, count: outputs * outputs)
    for output in 0..<outputs { identity[output * outputs + output] = 1 }
    let unit = try engine.tensor(identity, rows: outputs, columns: outputs)
    return FeatureLayer(
      activation: activation, weights: try engine.map(.scaled(by: hidden.weightScale, plus: 0), hidden.weights),
      biases: try scaled(hidden.bias, by: hidden.biasScale)?.reshaped(rows: width, columns: 1),
      coefficients: try engine.gemm(readout.weights, unit, transposeA: true, alpha: readout.weightScale),
      readoutBias: try scaled(readout.bias, by: readout.biasScale))
  }

  private func scaled(_ bias: Tensor?, by scale: Double) throws(ComputeError) -> Tensor? {
    guard let bias else { return nil }
    return try engine.map(.scaled(by: scale, plus: 0), bias)
  }
}
