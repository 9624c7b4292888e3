import WideKernels

/// Gram matrix and recursion in one: the kernels of `x` `[batch, n, w]` with `y` `[batch, m, w]`, or with itself where
/// `y` is nil (then all of the symmetric result is written, its diagonal by the diagonal form).
///
/// Covariances of equal rows have equal bits, wherever the rows stand, and so have the kernels made of them: of two equal rows those
/// that the diagonal form gives one of them.
public struct BlockKernelJob: Sendable {
  /// The block whose kernels are computed.
  public var program: CovarianceProgram
  /// The points of the rows `[batch, n, w]`.
  public var x: Tensor
  /// The points of the columns `[batch, m, w]`; nil for those of the rows.
  public var y: Tensor?
  /// The row of `y` that is the first of `x`, whose others follow: their pairs take the diagonal form. Nil where x is no part of y.
  public var firstRow: Int?
  /// The NNGP kernel `[batch, n, m]` to be written; nil if unwanted.
  public var nngp: Tensor?
  /// The tangent kernel `[batch, n, m]` to be written; nil if unwanted.
  public var ntk: Tensor?

  public init(program: CovarianceProgram, x: Tensor, y: Tensor?, firstRow: Int? = nil, nngp: Tensor?, ntk: Tensor?) {
    (self.program, self.x, self.y, self.firstRow) = (program, x, y, firstRow)
    (self.nngp, self.ntk) = (nngp, ntk)
  }

  /// The column of row 0's pair with itself; nil without such pairs.
  public var firstDiagonalColumn: Int? { y == nil ? 0 : firstRow }
}

extension BlockKernelJob: TensorJob {
  static let operation = BackendOperation.blockKernel
  var backendJob: BackendJob { .blockKernel(self) }
  var precision: Precision { x.precision }

  var tensors: [TensorField<Self>] {
    [.init("x", .input, \.x), .init("y", .input, \.y), .init("nngp", .output, \.nngp), .init("ntk", .output, \.ntk)]
  }

  func check(_ name: String) throws(ComputeError) {
    if let y {
      try require(
        x.columns == y.columns && x.batch == y.batch, name, expected: "x [batch, n, w], y [batch, m, w]",
        got: "\(x.shapeText), \(y.shapeText)")
      try require(
        firstRow.map { $0 >= 0 && $0 <= y.rows - x.rows } ?? true, name, expected: "rows of y from \(firstRow ?? 0) on as x",
        got: "\(x.shapeText), \(y.shapeText)")
    }
    try require(x.columns > 0, name, expected: "inputs of width at least 1", got: x.shapeText)
    for case let kernel? in [nngp, ntk] {
      try require(
        kernel.shape == (x.batch, x.rows, (y ?? x).rows), name, expected: "kernels [\(x.batch), \(x.rows), \((y ?? x).rows)]",
        got: kernel.shapeText)
    }
  }

  func declaredWork(_ costs: PairCosts) -> DeclaredWork {
    var work = DeclaredWork(moving: [x, y, nngp, ntk])
    guard let kernel = nngp ?? ntk else { return work }
    work.pairs = Double(kernel.count) * (y == nil ? DeclaredWork.lowerPart(kernel) : 1)
    work.multiplyAdds = work.pairs * (Double(x.columns) + costs.kernels(program, nngp: nngp != nil, ntk: ntk != nil))
    return work
  }

  var parameters: [String: String] {
    var parameters = ["program": "\(program)"]
    parameters["firstRow"] = firstRow.map(String.init)
    return parameters
  }

  init(_ parts: JobParts) throws(ComputeError) {
    self.init(
      program: try parts.program("program"), x: try parts.tensor("x"), y: parts.tensors["y"],
      firstRow: try parts.optionalInteger("firstRow"), nngp: parts.tensors["nngp"], ntk: parts.tensors["ntk"])
  }
}
