import WideKernels

extension Engine {
  /// NNGP and, if asked for, the tangent kernel of a block between `x` `[batch, n, w]` and `y` `[batch, m, w]`.
  ///
  /// With `y` nil the kernel of `x` with itself: symmetric, its diagonal by the diagonal form.
  /// - Returns: `[batch, n, m]` each.
  public func kernel(_ program: KernelProgram, _ x: Tensor, _ y: Tensor? = nil, nngp wantsNNGP: Bool = true, ntk wantsNTK: Bool = true)
    throws(ComputeError) -> (nngp: Tensor?, ntk: Tensor?)
  {
    try requirePrecision("kernel", [x, y])
    if let y {
      try require(
        x.columns == y.columns && x.batch == y.batch, "kernel", expected: "x [batch, n, w], y [batch, m, w]",
        got: "\(x.shapeText), \(y.shapeText)")
    }
    try require(x.columns > 0, "kernel", expected: "inputs of width at least 1", got: x.shapeText)
    let columns = (y ?? x).rows
    let nngp = wantsNNGP ? try empty(batch: x.batch, rows: x.rows, columns: columns) : nil
    let ntk = wantsNTK ? try empty(batch: x.batch, rows: x.rows, columns: columns) : nil
    guard x.batch * x.rows * columns > 0, wantsNNGP || wantsNTK else { return (nngp, ntk) }
    try backend.blockKernel(BlockKernelJob(program: program, x: x, y: y, nngp: nngp, ntk: ntk))
    return (nngp, ntk)
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

  /// Kernels of rows of `x` with `y` (or `x`), panel by panel so that results fit the memory budget: calls `body` with
  /// the rows of each panel and its kernels `[1, panel, m]`.
  public func kernelPanels(
    _ program: KernelProgram, _ x: Tensor, _ y: Tensor?, nngp: Bool, ntk: Bool, body: (Range<Int>, Tensor?, Tensor?) throws -> Void
  ) throws {
    let columns = (y ?? x).rows
    let bytesPerRow = max(1, columns * precision.byteCount * ((nngp ? 1 : 0) + (ntk ? 1 : 0)))
    let limit = device.largestAllocationBytes > 0 ? min(memoryBudget / 2, device.largestAllocationBytes) : memoryBudget / 2
    var panel = min(x.rows, limit / bytesPerRow)
    guard panel > 0 || x.rows == 0 else {
      throw ComputeError.budgetTooSmall(operation: "kernel panel", neededBytes: 2 * bytesPerRow, budgetBytes: memoryBudget)
    }
    var start = 0
    while start < x.rows {
      let range = start..<min(start + panel, x.rows)
      do {
        let result = try kernelPanel(program, x, y, range, nngp: nngp, ntk: ntk)
        try body(range, result.nngp, result.ntk)
        start = range.upperBound
      } catch ComputeError.outOfMemory(let device, let bytes, let hint) {
        // The device has less room than it said: smaller panels, down to one row.
        guard panel > 1 else { throw ComputeError.outOfMemory(device: device, requestedBytes: bytes, hint: hint) }
        panel = (panel + 1) / 2
      }
    }
  }

  /// Rows `range` of the kernels; all rows of a symmetric kernel at once save half of the work.
  private func kernelPanel(_ program: KernelProgram, _ x: Tensor, _ y: Tensor?, _ range: Range<Int>, nngp: Bool, ntk: Bool)
    throws(ComputeError) -> (nngp: Tensor?, ntk: Tensor?)
  {
    if range.count == x.rows { return try kernel(program, x, y, nngp: nngp, ntk: ntk) }
    let result = try kernel(program, x.rows(range), y ?? x, nngp: nngp, ntk: ntk)
    if y == nil { try overwriteDiagonal(program, x, range, result.nngp, result.ntk) }
    return result
  }

  /// In a panel of a symmetric kernel the pairs (i, i) take the diagonal form.
  private func overwriteDiagonal(_ program: KernelProgram, _ x: Tensor, _ range: Range<Int>, _ nngp: Tensor?, _ ntk: Tensor?)
    throws(ComputeError)
  {
    let variances = try read(gramDiagonal(x.rows(range)))
    for (row, variance) in variances.enumerated() {
      let values = program.diagonal(variance)
      let column = range.lowerBound + row
      if let nngp { try write([values.nngp], into: nngp.rows(row..<row + 1).columns(column..<column + 1)) }
      if let ntk { try write([values.ntk], into: ntk.rows(row..<row + 1).columns(column..<column + 1)) }
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
