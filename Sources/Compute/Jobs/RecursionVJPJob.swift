import WideKernels

/// Cotangents of q12, q11 and q22 from cotangents of the two kernels; the off-diagonal form is used for every pair.
///
/// With G_K, G_Θ `[batch, n, m]`: gramCotangent = G_K ∂K/∂q12 + G_Θ ∂Θ/∂q12 `[batch, n, m]`;
/// rowCotangent_i = Σ_j (G_K ∂K/∂q11 + G_Θ ∂Θ/∂q11) `[batch, n, 1]`; columnCotangent_j likewise with q22 `[batch, m, 1]`.
public struct RecursionVJPJob: Sendable {
  /// The block whose kernels are computed.
  public var program: CovarianceProgram
  /// The covariances q12 of the pairs `[batch, n, m]`.
  public var gram: Tensor
  /// The variances q11 of the rows `[batch, n, 1]`.
  public var rowDiagonal: Tensor
  /// The variances q22 of the columns `[batch, m, 1]`.
  public var columnDiagonal: Tensor
  /// The cotangent G_K of the NNGP kernel `[batch, n, m]`; nil for 0.
  public var nngpCotangent: Tensor?
  /// The cotangent G_Θ of the tangent kernel `[batch, n, m]`; nil for 0.
  public var ntkCotangent: Tensor?
  /// The cotangent of q12 `[batch, n, m]`, to be written.
  public var gramCotangent: Tensor
  /// The cotangent of q11 `[batch, n, 1]`, to be written.
  public var rowCotangent: Tensor
  /// The cotangent of q22 `[batch, m, 1]`, to be written.
  public var columnCotangent: Tensor

  public init(
    program: CovarianceProgram, gram: Tensor, rowDiagonal: Tensor, columnDiagonal: Tensor, nngpCotangent: Tensor?, ntkCotangent: Tensor?,
    gramCotangent: Tensor, rowCotangent: Tensor, columnCotangent: Tensor
  ) {
    (self.program, self.gram, self.rowDiagonal, self.columnDiagonal) = (program, gram, rowDiagonal, columnDiagonal)
    (self.nngpCotangent, self.ntkCotangent) = (nngpCotangent, ntkCotangent)
    (self.gramCotangent, self.rowCotangent, self.columnCotangent) = (gramCotangent, rowCotangent, columnCotangent)
  }
}

extension RecursionVJPJob: TensorJob {
  static let operation = BackendOperation.recursionVJP
  var backendJob: BackendJob { .recursionVJP(self) }
  var precision: Precision { gram.precision }

  var tensors: [TensorField<Self>] {
    [
      .init("gram", .input, \.gram), .init("rowDiagonal", .input, \.rowDiagonal), .init("columnDiagonal", .input, \.columnDiagonal),
      .init("nngpCotangent", .input, \.nngpCotangent), .init("ntkCotangent", .input, \.ntkCotangent),
      .init("gramCotangent", .output, \.gramCotangent), .init("rowCotangent", .output, \.rowCotangent),
      .init("columnCotangent", .output, \.columnCotangent),
    ]
  }

  func check(_ name: String) throws(ComputeError) {
    try requireDiagonals(name, gram, rowDiagonal, columnDiagonal)
    for case let cotangent? in [nngpCotangent, ntkCotangent, gramCotangent] {
      try require(cotangent.shape == gram.shape, name, expected: "cotangents \(gram.shapeText)", got: cotangent.shapeText)
    }
    try require(nngpCotangent != nil || ntkCotangent != nil, name, expected: "at least one cotangent", got: "none")
    try requireDiagonals(name, gram, rowCotangent, columnCotangent)
  }

  func declaredWork(_ costs: PairCosts) -> DeclaredWork {
    var work = DeclaredWork(moving: [gram, nngpCotangent, ntkCotangent, gramCotangent])
    work.bytes += [rowDiagonal, columnDiagonal, rowCotangent, columnCotangent].reduce(0) { $0 + DeclaredWork.bytes($1) }
    work.pairs = Double(gram.count)
    work.multiplyAdds = work.pairs * costs.cotangents(program, nngp: nngpCotangent != nil, ntk: ntkCotangent != nil)
    return work
  }

  var parameters: [String: String] { ["program": "\(program)"] }

  init(_ parts: JobParts) throws(ComputeError) {
    self.init(
      program: try parts.program("program"), gram: try parts.tensor("gram"), rowDiagonal: try parts.tensor("rowDiagonal"),
      columnDiagonal: try parts.tensor("columnDiagonal"), nngpCotangent: parts.tensors["nngpCotangent"],
      ntkCotangent: parts.tensors["ntkCotangent"], gramCotangent: try parts.tensor("gramCotangent"),
      rowCotangent: try parts.tensor("rowCotangent"), columnCotangent: try parts.tensor("columnCotangent"))
  }
}
