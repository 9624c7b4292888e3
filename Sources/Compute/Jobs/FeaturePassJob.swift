import WideKernels

/// Value and Jacobian of a function with one hidden layer (random features), with nothing of size points × features stored.
///
/// For every batch item, with x_im = w_m·z_i + β_m:
///
///     value[i, o]        = Σ_m a[m, o] φ(x_im)
///     jacobian[i, o·w + k] = Σ_m a[m, o] φ′(x_im) w[m, k]
///
/// `points` `[batch, n, w]`, `weights` `[batch, M, w]`, `biases` `[batch, M, 1]` or nil, `coefficients` `[batch, M, c]`,
/// `value` `[batch, n, c]`, `jacobian` `[batch, n, c·w]` or nil. A point's sums run in an order that depends on M, w, c and
/// the device alone.
public struct FeaturePassJob: Sendable {
  /// The non-linearity φ.
  public var activation: ActivationKind
  /// The points z `[batch, n, w]`.
  public var points: Tensor
  /// The features' weights `[batch, M, w]`.
  public var weights: Tensor
  /// The features' biases `[batch, M, 1]`; nil for none.
  public var biases: Tensor?
  /// The read-out a `[batch, M, c]`.
  public var coefficients: Tensor
  /// The function's values `[batch, n, c]`, to be written.
  public var value: Tensor
  /// The function's Jacobians `[batch, n, c·w]`, to be written; nil if unwanted.
  public var jacobian: Tensor?

  public init(
    activation: ActivationKind, points: Tensor, weights: Tensor, biases: Tensor?, coefficients: Tensor, value: Tensor, jacobian: Tensor?
  ) {
    (self.activation, self.points) = (activation, points)
    (self.weights, self.biases, self.coefficients) = (weights, biases, coefficients)
    (self.value, self.jacobian) = (value, jacobian)
  }
}

extension FeaturePassJob: TensorJob {
  static let operation = BackendOperation.featurePass
  var backendJob: BackendJob { .featurePass(self) }
  var precision: Precision { points.precision }

  var tensors: [TensorField<Self>] {
    [
      .init("points", .input, \.points), .init("weights", .input, \.weights), .init("biases", .input, \.biases),
      .init("coefficients", .input, \.coefficients), .init("value", .output, \.value), .init("jacobian", .output, \.jacobian),
    ]
  }

  func check(_ name: String) throws(ComputeError) {
    try require(
      points.columns == weights.columns && weights.rows == coefficients.rows && points.batch == weights.batch
        && weights.batch == coefficients.batch && points.columns > 0, name,
      expected: "points [b, n, w], weights [b, M, w], coefficients [b, M, c]",
      got: "\(points.shapeText), \(weights.shapeText), \(coefficients.shapeText)")
    if let biases {
      try require(
        biases.shape == (weights.batch, weights.rows, 1), name, expected: "biases [\(weights.batch), \(weights.rows), 1]",
        got: biases.shapeText)
    }
    try requirePassResults(name, points, outputs: coefficients.columns, value, jacobian)
  }

  func declaredWork(_ costs: PairCosts) -> DeclaredWork {
    var work = DeclaredWork(moving: [points, weights, biases, coefficients, value, jacobian])
    work.pairs = Double(points.batch) * Double(points.rows) * Double(weights.rows)
    let feature = costs.feature(activation, isJet: jacobian != nil)
    work.multiplyAdds =
      work.pairs * (feature + DeclaredWork.sums(points.columns, coefficients.columns, jacobian: jacobian != nil))
    return work
  }

  var parameters: [String: String] { ["activation": activation.description] }

  init(_ parts: JobParts) throws(ComputeError) {
    self.init(
      activation: try parts.activation("activation"), points: try parts.tensor("points"), weights: try parts.tensor("weights"),
      biases: parts.tensors["biases"], coefficients: try parts.tensor("coefficients"), value: try parts.tensor("value"),
      jacobian: parts.tensors["jacobian"])
  }
}
