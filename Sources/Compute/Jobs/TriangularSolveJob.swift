/// B ← op(L)⁻¹ B for every batch item, L lower triangular with a non-zero diagonal. Entries above the diagonal are not read.
public struct TriangularSolve: Sendable {
  /// Whether op(L) is the transpose of L.
  public var transposed: Bool
  public init(transposed: Bool = false) { self.transposed = transposed }
}

/// A triangular solve in place: `l` `[batch, R, R]` (or batch 1, shared), `b` `[batch, R, m]`.
public struct TriangularSolveJob: Sendable {
  /// The operation: with L or with its transpose.
  public var operation: TriangularSolve
  /// The triangle L `[batch, R, R]`, or one for all items.
  public var l: Tensor
  /// The right-hand sides `[batch, R, m]`, replaced by the solutions.
  public var b: Tensor

  public init(_ operation: TriangularSolve, _ l: Tensor, _ b: Tensor) {
    (self.operation, self.l, self.b) = (operation, l, b)
  }
}

extension TriangularSolveJob: TensorJob {
  static let operation = BackendOperation.triangularSolve
  var backendJob: BackendJob { .triangularSolve(self) }
  var precision: Precision { b.precision }

  var tensors: [TensorField<Self>] { [.init("l", .input, \.l), .init("b", .inOut, \.b)] }

  func check(_ name: String) throws(ComputeError) {
    try require(
      l.rows == l.columns && l.rows == b.rows && (l.batch == b.batch || l.batch == 1), name,
      expected: "L [batch, R, R], B [batch, R, m]", got: "\(l.shapeText), \(b.shapeText)")
  }

  func declaredWork(_ costs: PairCosts) -> DeclaredWork {
    var work = DeclaredWork()
    work.bytes = DeclaredWork.bytes(l) * DeclaredWork.lowerPart(l) + 2 * DeclaredWork.bytes(b)
    work.flops = Double(l.rows) * Double(b.count)
    work.multiplyAdds = work.flops / 2
    return work
  }

  var parameters: [String: String] { ["transposed": "\(operation.transposed)"] }

  init(_ parts: JobParts) throws(ComputeError) {
    self.init(TriangularSolve(transposed: try parts.flag("transposed")), try parts.tensor("l"), try parts.tensor("b"))
  }
}

extension Engine {
  /// B ← op(L)⁻¹ B in place; `l` `[batch or 1, R, R]` with a non-zero diagonal, not read above it; `b` `[batch, R, m]`.
  public func triangularSolve(_ operation: TriangularSolve, _ l: Tensor, _ b: Tensor) throws(ComputeError) {
    try perform(.triangularSolve(TriangularSolveJob(operation, l, b)))
  }
}
