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
    _ activation: any Activation, points: Tensor, weights: Tensor, biases: Tensor?, coefficients: Tensor, jacobian wantsJacobian: Bool
  ) throws(ComputeError) -> (value: Tensor, jacobian: Tensor?) {
    try requirePrecision("featurePass", [points, weights, biases, coefficients])
    try require(
      points.columns == weights.columns && weights.rows == coefficients.rows && points.batch == weights.batch
        && weights.batch == coefficients.batch && points.columns > 0, "featurePass",
      expected: "points [b, n, w], weights [b, M, w], coefficients [b, M, c]",
      got: "\(points.shapeText), \(weights.shapeText), \(coefficients.shapeText)")
    if let biases {
      try require(
        biases.shape == (weights.batch, weights.rows, 1), "featurePass", expected: "biases [\(weights.batch), \(weights.rows), 1]",
        got: biases.shapeText)
    }
    let outputs = coefficients.columns
    let value = try empty(batch: points.batch, rows: points.rows, columns: outputs)
    let jacobian = wantsJacobian ? try empty(batch: points.batch, rows: points.rows, columns: outputs * points.columns) : nil
    guard value.count > 0 else { return (value, jacobian) }
    try backend.featurePass(
      FeaturePassJob(
        activation: activation, points: points, weights: weights, biases: biases, coefficients: coefficients, value: value,
        jacobian: jacobian))
    return (value, jacobian)
  }
}
