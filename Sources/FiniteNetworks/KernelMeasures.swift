import Compute

/// Numbers that say how a kernel moves and what it has learned; computed on the device in tiles of rows, so that besides the kernels
/// given only tiles take memory.
extension Engine {
  /// |Θ − Θ₀|_F / |Θ₀|_F of every member.
  ///
  /// - Parameters:
  ///   - kernel: Θ `[members, n, m]`, as `FiniteNetwork.tangentKernel` gives it.
  ///   - initial: Θ₀ of that shape.
  /// - Throws: `FiniteNetworkError.shape`, `.setting` where Θ₀ is zero or a norm is not finite.
  ///
  /// Source: Geiger et al. 2019 (1906.08034), where it tells lazy training from feature training.
  public func kernelChange(_ kernel: Tensor, from initial: Tensor) throws -> [Double] {
    guard kernel.shape == initial.shape else {
      throw FiniteNetworkError.shape(what: "kernel", expected: initial.shapeText, got: kernel.shapeText)
    }
    let changes = try squaredNorms(kernel) { try self.map(.difference, kernel.rows($0), initial.rows($0)) }
    let norms = try squaredNorms(initial) { initial.rows($0) }
    return try zip(changes, norms).map { change, norm in try ratio(change.squareRoot(), norm.squareRoot(), of: "initial kernel") }
  }

  /// Kernel-target alignment ⟨Θ, YYᵀ⟩_F / (|Θ|_F |YYᵀ|_F) of every member: 1 where Θ is a multiple of YYᵀ.
  ///
  /// - Parameters:
  ///   - kernel: Θ `[members, n, n]`, or the full one `[members, c·n, c·n]` with output o of point i in row o·n + i.
  ///   - targets: Y `[1 or members, n, c]`. With one column, or with a full kernel, for which Y is one column of c·n numbers, the
  ///     alignment is yᵀΘy / (|y|² |Θ|_F).
  /// - Throws: `FiniteNetworkError.shape`, `.setting` where Θ or Y is zero or a norm is not finite.
  ///
  /// Source: Cristianini et al. 2001, *On kernel-target alignment*, def. 1 and eq. 3.
  public func kernelAlignment(_ kernel: Tensor, with targets: Tensor) throws -> [Double] {
    let y = kernel.rows == targets.rows ? targets : try lined(targets)
    guard kernel.rows == kernel.columns, kernel.rows == y.rows, y.batch == 1 || y.batch == kernel.batch else {
      throw FiniteNetworkError.shape(
        what: "kernel of targets \(targets.shapeText)",
        expected: "[members, n, n] with n = \(targets.rows) or \(targets.rows * targets.columns)", got: kernel.shapeText)
    }
    var products = [Double](repeating: 0, count: kernel.batch)
    for rows in measureTiles(kernel) {
      let product = try gemm(kernel.rows(rows), y)
      try map(.product, [product, y.rows(rows)], into: product)
      try add(self.rows(.sum, product), to: &products)
    }
    let norms = try squaredNorms(kernel) { kernel.rows($0) }
    // |YYᵀ|_F = |YᵀY|_F, a matrix of c × c.
    let second = try gemm(y, y, transposeA: true)
    let targetNorms = try squaredNorms(second) { second.rows($0) }
    return try products.indices.map { member in
      let target = targetNorms[targetNorms.count == 1 ? 0 : member]
      return try ratio(products[member], norms[member].squareRoot() * target.squareRoot(), of: "kernel or targets")
    }
  }

  /// `[batch, n, c]` as `[batch, c·n, 1]` with column o of row i in row o·n + i.
  func lined(_ values: Tensor) throws(ComputeError) -> Tensor {
    let line = try empty(batch: values.batch, rows: values.columns * values.rows, columns: 1)
    for column in 0..<values.columns {
      try copy(values.columns(column..<column + 1), into: line.rows(column * values.rows..<(column + 1) * values.rows))
    }
    return line
  }

  /// Σ of squares of every item of a matrix that has the rows of `shape` and comes in tiles of them. Rows are summed on the device, their
  /// sums in float64 on the host.
  private func squaredNorms(_ shape: Tensor, _ tile: (Range<Int>) throws -> Tensor) throws -> [Double] {
    var sums = [Double](repeating: 0, count: shape.batch)
    for rows in measureTiles(shape) { try add(self.rows(.sumOfSquares, tile(rows)), to: &sums) }
    return sums
  }

  /// Adds up `[members, rows, 1]` by member.
  private func add(_ column: Tensor, to sums: inout [Double]) throws {
    for (index, value) in try read(column).enumerated() { sums[index / column.rows] += value }
  }

  private func ratio(_ numerator: Double, _ denominator: Double, of name: String) throws -> Double {
    guard denominator > 0, denominator.isFinite, numerator.isFinite else {
      throw FiniteNetworkError.setting(name: name, expected: "finite numbers, not all of them 0", got: "a norm of \(denominator)")
    }
    return numerator / denominator
  }

  /// Rows of a kernel of which a copy is a fraction of the memory.
  package func measureTiles(_ kernel: Tensor) -> [Range<Int>] {
    let budget = min(memoryBudget / 16, 256 << 20)
    let tile = max(1, budget / max(kernel.batch * kernel.columns * precision.byteCount, 1))
    return stride(from: 0, to: kernel.rows, by: tile).map { $0..<min($0 + tile, kernel.rows) }
  }
}
