import WideKernels

/// Which of the two kernels of a block.
public enum KernelKind: String, Sendable, CaseIterable {
  /// The covariance of outputs at initialisation, and the kernel of gradient descent.
  case nngp, ntk
}

/// Kernel × coefficients over pairs of points, with nothing of size points × centres stored.
///
/// For every batch item with K the block's kernel on inputs of `width` w = points.columns (q_ij = z_i·u_j / w):
///
///     value[i, o]            = Σ_j K(z_i, u_j) α[j, o]
///     jacobian[i, o·w + k]   = Σ_j ∂K(z_i, u_j)/∂z_i,k α[j, o]  =  Σ_j α[j, o] (K_q11 2 z_i,k + K_q12 u_j,k) / w
///
/// `points` `[batch, n, w]`, `centres` `[batch, R, w]`, `coefficients` `[batch, R, c]`, `value` `[batch, n, c]`,
/// `jacobian` `[batch, n, c·w]` or nil. `centreCounts` (or nil for all R) says how many centres of each item count.
public struct WidePassJob: Sendable {
  /// The block whose kernels are computed.
  public var program: CovarianceProgram
  /// The kernel of the block that is summed.
  public var kind: KernelKind
  /// The points z `[batch, n, w]`.
  public var points: Tensor
  /// The centres u `[batch, R, w]`.
  public var centres: Tensor
  /// How many centres of each item count; nil for all.
  public var centreCounts: [Int]?
  /// The coefficients α `[batch, R, c]`.
  public var coefficients: Tensor
  /// The sums `[batch, n, c]`, to be written.
  public var value: Tensor
  /// The sums' Jacobians `[batch, n, c·w]`, to be written; nil if unwanted.
  public var jacobian: Tensor?

  public init(
    program: CovarianceProgram, kind: KernelKind, points: Tensor, centres: Tensor, centreCounts: [Int]? = nil, coefficients: Tensor,
    value: Tensor, jacobian: Tensor?
  ) {
    (self.program, self.kind, self.points) = (program, kind, points)
    (self.centres, self.centreCounts, self.coefficients) = (centres, centreCounts, coefficients)
    (self.value, self.jacobian) = (value, jacobian)
  }
}

extension WidePassJob: TensorJob {
  static let operation = BackendOperation.widePass
  var backendJob: BackendJob { .widePass(self) }
  var precision: Precision { points.precision }

  var tensors: [TensorField<Self>] {
    [
      .init("points", .input, \.points), .init("centres", .input, \.centres), .init("coefficients", .input, \.coefficients),
      .init("value", .output, \.value), .init("jacobian", .output, \.jacobian),
    ]
  }

  func check(_ name: String) throws(ComputeError) {
    try require(
      points.columns == centres.columns && centres.rows == coefficients.rows && points.batch == centres.batch
        && centres.batch == coefficients.batch && points.columns > 0, name,
      expected: "points [b, n, w], centres [b, R, w], coefficients [b, R, c]",
      got: "\(points.shapeText), \(centres.shapeText), \(coefficients.shapeText)")
    if let centreCounts {
      try require(
        centreCounts.count == points.batch && centreCounts.allSatisfy { (0...centres.rows).contains($0) }, name,
        expected: "\(points.batch) counts of at most \(centres.rows) centres", got: "\(centreCounts)")
    }
    try requirePassResults(name, points, outputs: coefficients.columns, value, jacobian)
  }

  func declaredWork(_ costs: PairCosts) -> DeclaredWork {
    var work = DeclaredWork(moving: [points, centres, coefficients, value, jacobian])
    work.pairs = Double(centreCounts?.reduce(0, +) ?? centres.batch * centres.rows) * Double(points.rows)
    let kernel = costs.kernel(program, kind, isJet: jacobian != nil)
    work.multiplyAdds =
      work.pairs * (kernel + DeclaredWork.sums(points.columns, coefficients.columns, jacobian: jacobian != nil))
    return work
  }

  var parameters: [String: String] {
    var parameters = ["program": "\(program)", "kind": kind.rawValue]
    parameters["centreCounts"] = centreCounts?.jobText
    return parameters
  }

  init(_ parts: JobParts) throws(ComputeError) {
    self.init(
      program: try parts.program("program"), kind: try parts.value("kind") { KernelKind(rawValue: $0) },
      points: try parts.tensor("points"), centres: try parts.tensor("centres"), centreCounts: try parts.integers("centreCounts"),
      coefficients: try parts.tensor("coefficients"), value: try parts.tensor("value"), jacobian: parts.tensors["jacobian"])
  }
}

extension TensorJob {
  /// The results of a pass over pairs of points and centres, or features.
  func requirePassResults(_ name: String, _ points: Tensor, outputs: Int, _ value: Tensor, _ jacobian: Tensor?) throws(ComputeError) {
    try require(
      value.shape == (points.batch, points.rows, outputs)
        && jacobian.map { $0.shape == (points.batch, points.rows, outputs * points.columns) } ?? true, name,
      expected: "value [b, n, c], jacobian [b, n, c·w] for \(outputs) outputs at points \(points.shapeText)",
      got: "\(value.shapeText), \(jacobian?.shapeText ?? "none")")
  }
}
