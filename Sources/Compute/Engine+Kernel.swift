import WideKernels

extension Engine {
  /// NNGP and, if asked for, the tangent kernel of a block between `x` `[batch, n, w]` and `y` `[batch, m, w]`.
  ///
  /// With `y` nil the kernel of `x` with itself: symmetric, its diagonal by the diagonal form.
  /// - Parameter firstRow: where `x` is some rows of `y`, the first of them.
  /// - Returns: `[batch, n, m]` each.
  public func kernel(
    _ program: KernelProgram, _ x: Tensor, _ y: Tensor? = nil, firstRow: Int? = nil, nngp wantsNNGP: Bool = true, ntk wantsNTK: Bool = true
  ) throws(ComputeError) -> (nngp: Tensor?, ntk: Tensor?) {
    let job = try kernelJob(program, x, y, firstRow: firstRow, nngp: wantsNNGP, ntk: wantsNTK)
    if x.batch * x.rows * (y ?? x).rows > 0, wantsNNGP || wantsNTK { try backend.blockKernel(job) }
    return (job.nngp, job.ntk)
  }

  /// Checks the inputs and allocates the results.
  func kernelJob(
    _ program: KernelProgram, _ x: Tensor, _ y: Tensor?, firstRow: Int? = nil, nngp wantsNNGP: Bool, ntk wantsNTK: Bool
  ) throws(ComputeError) -> BlockKernelJob {
    try requirePrecision("kernel", [x, y])
    if let y {
      try require(
        x.columns == y.columns && x.batch == y.batch, "kernel", expected: "x [batch, n, w], y [batch, m, w]",
        got: "\(x.shapeText), \(y.shapeText)")
      try require(
        firstRow.map { $0 >= 0 && $0 + x.rows <= y.rows } ?? true, "kernel", expected: "rows of y from \(firstRow ?? 0) on as x",
        got: "\(x.shapeText), \(y.shapeText)")
    }
    try require(x.columns > 0, "kernel", expected: "inputs of width at least 1", got: x.shapeText)
    let columns = (y ?? x).rows
    return BlockKernelJob(
      program: program, x: x, y: y, firstRow: firstRow, nngp: wantsNNGP ? try empty(batch: x.batch, rows: x.rows, columns: columns) : nil,
      ntk: wantsNTK ? try empty(batch: x.batch, rows: x.rows, columns: columns) : nil)
  }

  /// The kernel of one kind.
  public func kernel(_ kind: KernelKind, _ program: KernelProgram, _ x: Tensor, _ y: Tensor? = nil) throws(ComputeError) -> Tensor {
    let result = try kernel(program, x, y, nngp: kind == .nngp, ntk: kind == .ntk)
    guard let tensor = kind == .nngp ? result.nngp : result.ntk else {
      throw .unsupported(operation: "kernel", reason: "the backend returned no \(kind.rawValue)")
    }
    return tensor
  }

  /// K(x_i, x_i) of every point, `[batch, n, 1]`, on the host in float64: O(n) work.
  public func kernelDiagonal(_ kind: KernelKind, _ program: KernelProgram, _ x: Tensor) throws(ComputeError) -> [Double] {
    try read(gramDiagonal(x)).map { q in
      let values = program.diagonal(q)
      return kind == .nngp ? values.nngp : values.ntk
    }
  }

  /// Kernels from covariances that are already known: `gram` `[batch, n, m]`, diagonals `[batch, n, 1]`, `[batch, m, 1]`.
  public func recursion(
    _ program: KernelProgram, gram: Tensor, rowDiagonal: Tensor, columnDiagonal: Tensor, isSymmetric: Bool = false
  ) throws(ComputeError) -> (nngp: Tensor, ntk: Tensor) {
    try requirePrecision("recursion", [gram, rowDiagonal, columnDiagonal])
    try requireDiagonals("recursion", gram, rowDiagonal, columnDiagonal)
    try require(!isSymmetric || gram.rows == gram.columns, "recursion", expected: "a square symmetric gram", got: gram.shapeText)
    let nngp = try empty(batch: gram.batch, rows: gram.rows, columns: gram.columns)
    let ntk = try empty(batch: gram.batch, rows: gram.rows, columns: gram.columns)
    guard gram.count > 0 else { return (nngp, ntk) }
    try backend.recursion(
      RecursionJob(
        program: program, gram: gram, rowDiagonal: rowDiagonal, columnDiagonal: columnDiagonal, isSymmetric: isSymmetric, nngp: nngp,
        ntk: ntk))
    return (nngp, ntk)
  }

  /// The kernel of one kind of every pair (q12, q11, q22)[e] of covariances, element by element, in the off-diagonal form.
  ///
  /// - Parameters: q12, q11 and q22: one shape `[batch, n, m]`.
  /// - Returns: the same shape.
  public func pairedKernel(_ kind: KernelKind, _ program: KernelProgram, q12: Tensor, q11: Tensor, q22: Tensor)
    throws(ComputeError) -> Tensor
  {
    try requirePrecision("pairedKernel", [q12, q11, q22])
    try require(
      q11.shape == q12.shape && q22.shape == q12.shape, "pairedKernel", expected: "q12, q11 and q22 of one shape",
      got: "\(q12.shapeText), \(q11.shapeText), \(q22.shapeText)")
    let kernel = try empty(batch: q12.batch, rows: q12.rows, columns: q12.columns)
    guard q12.count > 0 else { return kernel }
    // Devices go through columns by vectors: numbers that follow each other are one row to them.
    let isFlat = [q12, q11, q22].allSatisfy(\.isContiguous)
    func flat(_ tensor: Tensor) -> Tensor { isFlat ? tensor.reshaped(rows: 1, columns: tensor.count) : tensor }
    try backend.recursion(
      RecursionJob(
        program: program, gram: flat(q12), rowDiagonal: flat(q11), columnDiagonal: flat(q22), isSymmetric: false, isPaired: true,
        nngp: kind == .nngp ? flat(kernel) : nil, ntk: kind == .ntk ? flat(kernel) : nil))
    return kernel
  }

  /// Cotangents of gram `[batch, n, m]` and diagonals `[batch, n, 1]`, `[batch, m, 1]` from those of the kernels.
  public func recursionVJP(
    _ program: KernelProgram, gram: Tensor, rowDiagonal: Tensor, columnDiagonal: Tensor, nngpCotangent: Tensor?, ntkCotangent: Tensor?
  ) throws(ComputeError) -> (gram: Tensor, row: Tensor, column: Tensor) {
    try requirePrecision("recursionVJP", [gram, rowDiagonal, columnDiagonal, nngpCotangent, ntkCotangent])
    try requireDiagonals("recursionVJP", gram, rowDiagonal, columnDiagonal)
    for case let cotangent? in [nngpCotangent, ntkCotangent] {
      try require(cotangent.shape == gram.shape, "recursionVJP", expected: "cotangents \(gram.shapeText)", got: cotangent.shapeText)
    }
    try require(nngpCotangent != nil || ntkCotangent != nil, "recursionVJP", expected: "at least one cotangent", got: "none")
    let gramCotangent = try empty(batch: gram.batch, rows: gram.rows, columns: gram.columns)
    let row = try zeros(batch: gram.batch, rows: gram.rows, columns: 1)
    let column = try zeros(batch: gram.batch, rows: gram.columns, columns: 1)
    guard gram.count > 0 else { return (gramCotangent, row, column) }
    try backend.recursionVJP(
      RecursionVJPJob(
        program: program, gram: gram, rowDiagonal: rowDiagonal, columnDiagonal: columnDiagonal, nngpCotangent: nngpCotangent,
        ntkCotangent: ntkCotangent, gramCotangent: gramCotangent, rowCotangent: row, columnCotangent: column))
    return (gramCotangent, row, column)
  }

  /// Kernel × coefficients and, if asked for, its Jacobian in the points, with no kernel stored (see `WidePassJob`).
  ///
  /// - Parameters:
  ///   - points: `[batch, n, w]`.
  ///   - centres: `[batch, R, w]`, of which the first `centreCounts[item]` count (nil: all).
  ///   - coefficients: `[batch, R, c]`.
  /// - Returns: value `[batch, n, c]`, jacobian `[batch, n, c·w]` with output o and coordinate k at o·w + k.
  public func widePass(
    _ kind: KernelKind, _ program: KernelProgram, points: Tensor, centres: Tensor, centreCounts: [Int]? = nil, coefficients: Tensor,
    jacobian wantsJacobian: Bool
  ) throws(ComputeError) -> (value: Tensor, jacobian: Tensor?) {
    try requirePrecision("widePass", [points, centres, coefficients])
    try require(
      points.columns == centres.columns && centres.rows == coefficients.rows && points.batch == centres.batch
        && centres.batch == coefficients.batch && points.columns > 0, "widePass",
      expected: "points [b, n, w], centres [b, R, w], coefficients [b, R, c]",
      got: "\(points.shapeText), \(centres.shapeText), \(coefficients.shapeText)")
    if let centreCounts {
      try require(
        centreCounts.count == points.batch && centreCounts.allSatisfy { (0...centres.rows).contains($0) }, "widePass",
        expected: "\(points.batch) counts of at most \(centres.rows) centres", got: "\(centreCounts)")
    }
    let outputs = coefficients.columns
    let value = try empty(batch: points.batch, rows: points.rows, columns: outputs)
    let jacobian = wantsJacobian ? try empty(batch: points.batch, rows: points.rows, columns: outputs * points.columns) : nil
    guard value.count > 0 else { return (value, jacobian) }
    try backend.widePass(
      WidePassJob(
        program: program, kind: kind, points: points, centres: centres, centreCounts: centreCounts, coefficients: coefficients,
        value: value,
        jacobian: jacobian))
    return (value, jacobian)
  }

  private func requireDiagonals(_ operation: String, _ gram: Tensor, _ row: Tensor, _ column: Tensor) throws(ComputeError) {
    try require(
      row.shape == (gram.batch, gram.rows, 1) && column.shape == (gram.batch, gram.columns, 1), operation,
      expected: "diagonals [\(gram.batch), \(gram.rows), 1] and [\(gram.batch), \(gram.columns), 1]",
      got: "\(row.shapeText), \(column.shapeText)")
  }
}
