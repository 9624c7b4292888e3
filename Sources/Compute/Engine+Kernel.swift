import WideKernels

extension Engine {
  /// NNGP and, if asked for, the tangent kernel of a block between `x` `[batch, n, w]` and `y` `[batch, m, w]`.
  ///
  /// With `y` nil the kernel of `x` with itself: symmetric, its diagonal by the diagonal form.
  /// - Parameter firstRow: where `x` is some rows of `y`, the first of them.
  /// - Returns: `[batch, n, m]` each.
  public func kernel(
    _ program: CovarianceProgram, _ x: Tensor, _ y: Tensor? = nil, firstRow: Int? = nil, nngp wantsNNGP: Bool = true,
    ntk wantsNTK: Bool = true
  ) throws(ComputeError) -> (nngp: Tensor?, ntk: Tensor?) {
    let job = try performed(kernelJob(program, x, y, firstRow: firstRow, nngp: wantsNNGP, ntk: wantsNTK), as: "kernel")
    return (job.nngp, job.ntk)
  }

  /// The job, not yet checked, its results not yet allocated.
  func kernelJob(
    _ program: CovarianceProgram, _ x: Tensor, _ y: Tensor?, firstRow: Int? = nil, nngp wantsNNGP: Bool, ntk wantsNTK: Bool
  ) -> BlockKernelJob {
    let kernel = pending(batch: x.batch, rows: x.rows, columns: (y ?? x).rows)
    return BlockKernelJob(
      program: program, x: x, y: y, firstRow: firstRow, nngp: wantsNNGP ? kernel : nil, ntk: wantsNTK ? kernel : nil)
  }

  /// The kernel of one kind.
  public func kernel(_ kind: KernelKind, _ program: CovarianceProgram, _ x: Tensor, _ y: Tensor? = nil) throws(ComputeError) -> Tensor {
    let result = try kernel(program, x, y, nngp: kind == .nngp, ntk: kind == .ntk)
    guard let tensor = kind == .nngp ? result.nngp : result.ntk else {
      throw .unsupported(operation: "kernel", reason: "the backend returned no \(kind.rawValue)")
    }
    return tensor
  }

  /// K(x_i, x_i) of every point, `[batch, n, 1]`, on the host in float64: O(n) work.
  public func kernelDiagonal(_ kind: KernelKind, _ program: CovarianceProgram, _ x: Tensor) throws(ComputeError) -> [Double] {
    try read(gramDiagonal(x)).map { q in
      let values = program.diagonal(q)
      return kind == .nngp ? values.nngp : values.ntk
    }
  }

  /// Kernels from covariances that are already known: `gram` `[batch, n, m]`, diagonals `[batch, n, 1]`, `[batch, m, 1]`.
  ///
  /// - Parameter incomingNTK: the tangent kernel `[batch, n, m]` of what lies before the block; nil for 0.
  public func recursion(
    _ program: CovarianceProgram, gram: Tensor, rowDiagonal: Tensor, columnDiagonal: Tensor, isSymmetric: Bool = false,
    incomingNTK: Tensor? = nil
  ) throws(ComputeError) -> (nngp: Tensor, ntk: Tensor) {
    let kernel = pending(batch: gram.batch, rows: gram.rows, columns: gram.columns)
    let job = try performed(
      RecursionJob(
        program: program, gram: gram, rowDiagonal: rowDiagonal, columnDiagonal: columnDiagonal, isSymmetric: isSymmetric,
        incomingNTK: incomingNTK, nngp: kernel, ntk: kernel))
    guard let nngp = job.nngp, let ntk = job.ntk else {
      throw .unsupported(operation: "recursion", reason: "the backend returned no kernels")
    }
    return (nngp, ntk)
  }

  /// The kernel of one kind of every pair (q12, q11, q22)[e] of covariances, element by element, in the off-diagonal form.
  ///
  /// - Parameters: q12, q11 and q22: one shape `[batch, n, m]`.
  /// - Returns: the same shape.
  public func pairedKernel(_ kind: KernelKind, _ program: CovarianceProgram, q12: Tensor, q11: Tensor, q22: Tensor)
    throws(ComputeError) -> Tensor
  {
    try requirePrecision("pairedKernel", [q12, q11, q22])
    try require(
      q11.shape == q12.shape && q22.shape == q12.shape, "pairedKernel", expected: "q12, q11 and q22 of one shape",
      got: "\(q12.shapeText), \(q11.shapeText), \(q22.shapeText)")
    let kernel = try empty(batch: q12.batch, rows: q12.rows, columns: q12.columns)
    // Devices go through columns by vectors: numbers that follow each other are one row to them.
    let isFlat = [q12, q11, q22].allSatisfy(\.isContiguous)
    func flat(_ tensor: Tensor) -> Tensor { isFlat ? tensor.reshaped(rows: 1, columns: tensor.count) : tensor }
    try perform(
      .recursion(
        RecursionJob(
          program: program, gram: flat(q12), rowDiagonal: flat(q11), columnDiagonal: flat(q22), isSymmetric: false, isPaired: true,
          nngp: kind == .nngp ? flat(kernel) : nil, ntk: kind == .ntk ? flat(kernel) : nil)), as: "pairedKernel")
    return kernel
  }

  /// Cotangents of gram `[batch, n, m]` and diagonals `[batch, n, 1]`, `[batch, m, 1]` from those of the kernels.
  public func recursionVJP(
    _ program: CovarianceProgram, gram: Tensor, rowDiagonal: Tensor, columnDiagonal: Tensor, nngpCotangent: Tensor?, ntkCotangent: Tensor?
  ) throws(ComputeError) -> (gram: Tensor, row: Tensor, column: Tensor) {
    let job = try performed(
      RecursionVJPJob(
        program: program, gram: gram, rowDiagonal: rowDiagonal, columnDiagonal: columnDiagonal, nngpCotangent: nngpCotangent,
        ntkCotangent: ntkCotangent, gramCotangent: pending(batch: gram.batch, rows: gram.rows, columns: gram.columns),
        rowCotangent: pending(batch: gram.batch, rows: gram.rows, columns: 1),
        columnCotangent: pending(batch: gram.batch, rows: gram.columns, columns: 1)))
    let (row, column) = (job.rowCotangent, job.columnCotangent)
    // A sum over nothing.
    if gram.count == 0 { for sums in [row, column] { try write([Double](repeating: 0, count: sums.count), into: sums) } }
    return (job.gramCotangent, row, column)
  }

  /// Kernel × coefficients and, if asked for, its Jacobian in the points, with no kernel stored (see `WidePassJob`).
  ///
  /// - Parameters:
  ///   - points: `[batch, n, w]`.
  ///   - centres: `[batch, R, w]`, of which the first `centreCounts[item]` count (nil: all).
  ///   - coefficients: `[batch, R, c]`.
  /// - Returns: value `[batch, n, c]`, jacobian `[batch, n, c·w]` with output o and coordinate k at o·w + k.
  public func widePass(
    _ kind: KernelKind, _ program: CovarianceProgram, points: Tensor, centres: Tensor, centreCounts: [Int]? = nil, coefficients: Tensor,
    jacobian wantsJacobian: Bool
  ) throws(ComputeError) -> (value: Tensor, jacobian: Tensor?) {
    let (value, jacobian) = passResults(at: points, outputs: coefficients.columns, jacobian: wantsJacobian)
    let job = try performed(
      WidePassJob(
        program: program, kind: kind, points: points, centres: centres, centreCounts: centreCounts, coefficients: coefficients,
        value: value, jacobian: jacobian))
    return (job.value, job.jacobian)
  }
}
