import WideKernels

extension Engine {
  /// α op(A) op(B) as a new tensor `[batch, m, n]`; an operand with batch 1 is shared by all items.
  public func gemm(_ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false, alpha: Double = 1)
    throws(ComputeError) -> Tensor
  {
    let c = pending(batch: max(a.batch, b.batch), rows: transposeA ? a.columns : a.rows, columns: transposeB ? b.rows : b.columns)
    return try performed(GEMMJob(GEMM(transposeA: transposeA, transposeB: transposeB, alpha: alpha), a, b, into: c)).c
  }

  /// C ← α op(A) op(B) + β C.
  public func gemm(_ operation: GEMM, _ a: Tensor, _ b: Tensor, into c: Tensor) throws(ComputeError) {
    try perform(.gemm(GEMMJob(operation, a, b, into: c)))
  }

  /// x·yᵀ / columns, `[batch, n, m]`.
  public func gram(_ x: Tensor, _ y: Tensor? = nil) throws(ComputeError) -> Tensor {
    try gemm(x, y ?? x, transposeB: true, alpha: 1 / Double(max(x.columns, 1)))
  }

  /// x_i·x_i / columns, `[batch, n, 1]`.
  public func gramDiagonal(_ x: Tensor) throws(ComputeError) -> Tensor {
    try map(.scaled(by: 1 / Double(max(x.columns, 1)), plus: 0), rows(.sumOfSquares, x))
  }

  /// A function of every element; an input with one item, row or column has it repeated to the size of the other.
  public func map(_ function: PointFunction, _ inputs: Tensor...) throws(ComputeError) -> Tensor {
    guard !inputs.isEmpty else {
      throw .shapeMismatch(operation: "map", expected: "\(function.inputCount) inputs", got: "none")
    }
    func size(_ dimension: (Tensor) -> Int) -> Int { inputs.map(dimension).first { $0 != 1 } ?? 1 }
    let out = pending(batch: size(\.batch), rows: size(\.rows), columns: size(\.columns))
    return try performed(MapJob(function, inputs, into: out)).out
  }

  /// Applies a function to every element. What an input has once (an item, a row, a column) is repeated to the size of `out`;
  /// `out` may be an input.
  public func map(_ function: PointFunction, _ inputs: [Tensor], into out: Tensor) throws(ComputeError) {
    try perform(.map(MapJob(function, inputs, into: out)))
  }
}
