import WideKernels

extension Engine {
  /// α op(A) op(B) as a new tensor `[batch, m, n]`; an operand with batch 1 is shared by all items.
  public func gemm(_ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false, alpha: Double = 1)
    throws(ComputeError) -> Tensor
  {
    let c = try empty(
      batch: max(a.batch, b.batch), rows: transposeA ? a.columns : a.rows, columns: transposeB ? b.rows : b.columns)
    try gemm(GEMM(transposeA: transposeA, transposeB: transposeB, alpha: alpha), a, b, into: c)
    return c
  }

  /// C ← α op(A) op(B) + β C.
  public func gemm(_ operation: GEMM, _ a: Tensor, _ b: Tensor, into c: Tensor) throws(ComputeError) {
    try requirePrecision("gemm", [a, b, c])
    let (m, k) = operation.transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
    let (inner, n) = operation.transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
    try require(
      k == inner && c.rows == m && c.columns == n, "gemm", expected: "op(A) [m, k], op(B) [k, n], C [m, n]",
      got: "[\(m), \(k)], [\(inner), \(n)], \(c.shapeText)")
    let items = c.batch
    try require(
      (a.batch == items || a.batch == 1) && (b.batch == items || b.batch == 1), "gemm", expected: "batch \(items) or 1",
      got: "\(a.batch), \(b.batch)")
    guard c.count > 0 else { return }
    try backend.gemm(operation, a, b, c)
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
    let out = try empty(batch: size(\.batch), rows: size(\.rows), columns: size(\.columns))
    try map(function, inputs, into: out)
    return out
  }

  /// Applies a function to every element. What an input has once (an item, a row, a column) is repeated to the size of `out`;
  /// `out` may be an input.
  public func map(_ function: PointFunction, _ inputs: [Tensor], into out: Tensor) throws(ComputeError) {
    try requirePrecision("map", inputs + [out])
    try require(inputs.count == function.inputCount, "map \(function)", expected: "\(function.inputCount) inputs", got: "\(inputs.count)")
    for input in inputs {
      let sizes = [(input.batch, out.batch), (input.rows, out.rows), (input.columns, out.columns)]
      try require(
        sizes.allSatisfy { $0 == $1 || $0 == 1 }, "map \(function)", expected: "\(out.shapeText), or 1 in place of its sizes",
        got: input.shapeText)
    }
    guard out.count > 0 else { return }
    try backend.map(function, inputs, into: out)
  }

  /// `[batch, rows, columns]` to `[batch, rows, 1]`; columns ≥ 1.
  public func rows(_ reduction: Reduction, _ input: Tensor) throws(ComputeError) -> Tensor {
    try requirePrecision("rows", [input])
    try require(input.columns > 0, "rows", expected: "at least one column", got: input.shapeText)
    let out = try empty(batch: input.batch, rows: input.rows, columns: 1)
    guard out.count > 0 else { return out }
    try backend.reduceRows(reduction, input, into: out)
    return out
  }

  /// Standard normals of a named stream, made on the device: elements `firstElement …` in row-major order.
  public func normal(batch: Int = 1, rows: Int, columns: Int, stream: RandomStream, firstElement: Int = 0) throws(ComputeError) -> Tensor {
    let out = try empty(batch: batch, rows: rows, columns: columns)
    guard out.count > 0 else { return out }
    try backend.fillNormal(out, stream: stream, firstElement: firstElement)
    return out
  }

  /// B ← op(L)⁻¹ B in place; `l` `[batch or 1, R, R]` with a non-zero diagonal, not read above it; `b` `[batch, R, m]`.
  public func triangularSolve(_ operation: TriangularSolve, _ l: Tensor, _ b: Tensor) throws(ComputeError) {
    try requirePrecision("triangularSolve", [l, b])
    try require(
      l.rows == l.columns && l.rows == b.rows && (l.batch == b.batch || l.batch == 1), "triangularSolve",
      expected: "L [batch, R, R], B [batch, R, m]", got: "\(l.shapeText), \(b.shapeText)")
    guard b.count > 0 else { return }
    try backend.triangularSolve(operation, l, b)
  }
}
