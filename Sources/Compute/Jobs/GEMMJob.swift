/// C ← α op(A) op(B) + β C for every batch item. An operand with batch 1 is shared by all items.
public struct GEMM: Sendable {
  /// Rows or columns of C up to which a backend may sum in another order than it does for more, and by how many there are.
  public static let fewColumns = 16

  /// Whether op(A) is the transpose of A.
  public var transposeA: Bool
  /// Whether op(B) is the transpose of B.
  public var transposeB: Bool
  /// The factor α of the product.
  public var alpha: Double
  /// The factor β of the old C, which is not read where this is 0.
  public var beta: Double
  /// Write only entries (i, j) with j ≤ i; the rest of C is left as it was.
  public var lowerOnly: Bool

  public init(transposeA: Bool = false, transposeB: Bool = false, alpha: Double = 1, beta: Double = 0, lowerOnly: Bool = false) {
    (self.transposeA, self.transposeB, self.alpha, self.beta, self.lowerOnly) = (transposeA, transposeB, alpha, beta, lowerOnly)
  }
}

/// A product of matrices: op(A) `[batch or 1, m, k]`, op(B) `[batch or 1, k, n]`, `c` `[batch, m, n]`, which overlaps neither.
///
/// With β = 0 the old C is not read, so it may hold anything.
public struct GEMMJob: Sendable {
  /// The operation: transposes, factors and which part of C is written.
  public var operation: GEMM
  /// The left operand A.
  public var a: Tensor
  /// The right operand B.
  public var b: Tensor
  /// The result C `[batch, m, n]`.
  public var c: Tensor

  public init(_ operation: GEMM, _ a: Tensor, _ b: Tensor, into c: Tensor) {
    (self.operation, self.a, self.b, self.c) = (operation, a, b, c)
  }

  /// k: how many products an element of C sums.
  public var inner: Int { operation.transposeA ? a.rows : a.columns }
}

extension GEMMJob: TensorJob {
  static let operation = BackendOperation.gemm
  var backendJob: BackendJob { .gemm(self) }
  var precision: Precision { c.precision }

  var tensors: [TensorField<Self>] {
    let role: OperandRole = operation.beta == 0 && !operation.lowerOnly ? .output : .inOut
    return [.init("a", .input, \.a), .init("b", .input, \.b), .init("c", role, \.c)]
  }

  func check(_ name: String) throws(ComputeError) {
    let m = operation.transposeA ? a.columns : a.rows
    let (k, n) = operation.transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
    try require(
      k == inner && c.rows == m && c.columns == n, name, expected: "op(A) [m, k], op(B) [k, n], C [m, n]",
      got: "[\(m), \(inner)], [\(k), \(n)], \(c.shapeText)")
    try require(
      (a.batch == c.batch || a.batch == 1) && (b.batch == c.batch || b.batch == 1), name, expected: "batch \(c.batch) or 1",
      got: "\(a.batch), \(b.batch)")
  }

  func declaredWork(_ costs: PairCosts) -> DeclaredWork {
    var work = DeclaredWork(moving: [a, b])
    let part = operation.lowerOnly ? DeclaredWork.lowerPart(c) : 1
    work.flops = 2 * Double(c.count) * part * Double(inner)
    work.multiplyAdds = work.flops / 2
    work.bytes += DeclaredWork.bytes(c) * part * (operation.beta == 0 ? 1 : 2)
    return work
  }

  var parameters: [String: String] {
    [
      "transposeA": "\(operation.transposeA)", "transposeB": "\(operation.transposeB)", "alpha": "\(operation.alpha)",
      "beta": "\(operation.beta)", "lowerOnly": "\(operation.lowerOnly)",
    ]
  }

  init(_ parts: JobParts) throws(ComputeError) {
    let operation = GEMM(
      transposeA: try parts.flag("transposeA"), transposeB: try parts.flag("transposeB"), alpha: try parts.number("alpha"),
      beta: try parts.number("beta"), lowerOnly: try parts.flag("lowerOnly"))
    self.init(operation, try parts.tensor("a"), try parts.tensor("b"), into: try parts.tensor("c"))
  }
}
