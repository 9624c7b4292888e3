import WideKernels

extension Engine {
  /// A function with one hidden layer and, if asked for, its Jacobian in the points (see `FeaturePassJob`).
  ///
  /// - Parameters:
  ///   - points: `[batch, n, w]`.
  ///   - weights: `[batch, M, w]`, with every scale multiplied into them, as into the other parameters.
  ///   - biases: `[batch, M, 1]`.
  ///   - coefficients: `[batch, M, c]`.
  /// - Returns: value `[batch, n, c]`, jacobian `[batch, n, c·w]` with output o and coordinate k at o·w + k.
  public func featurePass(
    _ activation: ActivationKind, points: Tensor, weights: Tensor, biases: Tensor?, coefficients: Tensor, jacobian wantsJacobian: Bool
  ) throws(ComputeError) -> (value: Tensor, jacobian: Tensor?) {
    let (value, jacobian) = passResults(at: points, outputs: coefficients.columns, jacobian: wantsJacobian)
    let job = try performed(
      FeaturePassJob(
        activation: activation, points: points, weights: weights, biases: biases, coefficients: coefficients, value: value,
        jacobian: jacobian))
    return (job.value, job.jacobian)
  }

  /// The results of a pass at points `[batch, n, w]`, not yet allocated.
  func passResults(at points: Tensor, outputs: Int, jacobian: Bool) -> (value: Tensor, jacobian: Tensor?) {
    let value = pending(batch: points.batch, rows: points.rows, columns: outputs)
    return (value, jacobian ? pending(batch: points.batch, rows: points.rows, columns: outputs * points.columns) : nil)
  }
}
