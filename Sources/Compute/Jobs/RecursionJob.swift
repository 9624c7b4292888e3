import WideKernels

/// NNGP and tangent kernel of one block from covariances of its inputs.
///
/// `gram` `[batch, n, m]` holds q12 = x_i·y_j / width, `rowDiagonal` `[batch, n, 1]` q11 and `columnDiagonal`
/// `[batch, m, 1]` q22, all before the first layer. With `isSymmetric` (n = m, y = x) entries i = j use the diagonal form.
/// With `isPaired` both diagonals have the shape of `gram` and every entry its own covariances; it is then not symmetric.
/// `incomingNTK` `[batch, n, m]` is the tangent kernel of what lies before the block, whose outputs' covariances `gram` holds: the tangent
/// kernel begins with it, Θ ← Θ_K + Θ_in ∂K/∂q12, so that a block continues another one at infinite width (Jacot et al. 2018, theorem 1).
public struct RecursionJob: Sendable {
  /// The block whose kernels are computed.
  public var program: CovarianceProgram
  /// The covariances q12 of the pairs `[batch, n, m]`.
  public var gram: Tensor
  /// The variances q11 of the rows `[batch, n, 1]`.
  public var rowDiagonal: Tensor
  /// The variances q22 of the columns `[batch, m, 1]`.
  public var columnDiagonal: Tensor
  /// Whether rows and columns are the same points, so that entries i = j take the diagonal form.
  public var isSymmetric: Bool
  /// Whether every entry has variances of its own.
  public var isPaired: Bool
  /// The tangent kernel before the block `[batch, n, m]`, apart from the results in memory; nil for 0.
  public var incomingNTK: Tensor?
  /// The NNGP kernel `[batch, n, m]` to be written; nil if unwanted.
  public var nngp: Tensor?
  /// The tangent kernel `[batch, n, m]` to be written; nil if unwanted.
  public var ntk: Tensor?

  public init(
    program: CovarianceProgram, gram: Tensor, rowDiagonal: Tensor, columnDiagonal: Tensor, isSymmetric: Bool, isPaired: Bool = false,
    incomingNTK: Tensor? = nil, nngp: Tensor?, ntk: Tensor?
  ) {
    (self.program, self.gram, self.rowDiagonal, self.columnDiagonal) = (program, gram, rowDiagonal, columnDiagonal)
    (self.isSymmetric, self.isPaired, self.incomingNTK, self.nngp, self.ntk) = (isSymmetric, isPaired, incomingNTK, nngp, ntk)
  }
}

extension RecursionJob: TensorJob {
  static let operation = BackendOperation.recursion
  var backendJob: BackendJob { .recursion(self) }
  var precision: Precision { gram.precision }

  var tensors: [TensorField<Self>] {
    [
      .init("gram", .input, \.gram), .init("rowDiagonal", .input, \.rowDiagonal), .init("columnDiagonal", .input, \.columnDiagonal),
      .init("incomingNTK", .input, \.incomingNTK), .init("nngp", .output, \.nngp), .init("ntk", .output, \.ntk),
    ]
  }

  func check(_ name: String) throws(ComputeError) {
    if isPaired {
      try require(
        rowDiagonal.shape == gram.shape && columnDiagonal.shape == gram.shape && !isSymmetric, name,
        expected: "q12, q11 and q22 of one shape, not symmetric",
        got: "\(gram.shapeText), \(rowDiagonal.shapeText), \(columnDiagonal.shapeText)")
    } else {
      try requireDiagonals(name, gram, rowDiagonal, columnDiagonal)
      try require(!isSymmetric || gram.rows == gram.columns, name, expected: "a square symmetric gram", got: gram.shapeText)
    }
    try require(
      incomingNTK == nil || ntk != nil, name, expected: "a tangent kernel to be written where one comes in", got: "the NNGP kernel alone")
    for case let kernel? in [incomingNTK, nngp, ntk] {
      try require(kernel.shape == gram.shape, name, expected: "kernels \(gram.shapeText)", got: kernel.shapeText)
    }
  }

  func declaredWork(_ costs: PairCosts) -> DeclaredWork {
    var work = DeclaredWork(moving: [gram, rowDiagonal, columnDiagonal, incomingNTK, nngp, ntk])
    work.pairs = Double(gram.count) * (isSymmetric ? DeclaredWork.lowerPart(gram) : 1)
    work.multiplyAdds = work.pairs * costs.kernels(program, nngp: nngp != nil, ntk: ntk != nil, isPaired: isPaired)
    return work
  }

  var parameters: [String: String] { ["program": "\(program)", "isSymmetric": "\(isSymmetric)", "isPaired": "\(isPaired)"] }

  init(_ parts: JobParts) throws(ComputeError) {
    self.init(
      program: try parts.program("program"), gram: try parts.tensor("gram"), rowDiagonal: try parts.tensor("rowDiagonal"),
      columnDiagonal: try parts.tensor("columnDiagonal"), isSymmetric: try parts.flag("isSymmetric"), isPaired: try parts.flag("isPaired"),
      incomingNTK: parts.tensors["incomingNTK"], nngp: parts.tensors["nngp"], ntk: parts.tensors["ntk"])
  }
}

extension TensorJob {
  func requireDiagonals(_ name: String, _ gram: Tensor, _ row: Tensor, _ column: Tensor) throws(ComputeError) {
    try require(
      row.shape == (gram.batch, gram.rows, 1) && column.shape == (gram.batch, gram.columns, 1), name,
      expected: "diagonals [\(gram.batch), \(gram.rows), 1] and [\(gram.batch), \(gram.columns), 1]",
      got: "\(row.shapeText), \(column.shapeText)")
  }
}
