/// Copies on the device. Alone among the operations they take tensors of either precision, whatever the engine's own is.
extension Engine {
  /// Rows of every item in the given order, `[batch, rows.count, columns]`; a row may be named often.
  ///
  /// - Throws: `ComputeError.indexOutOfRange`.
  public func gather(_ source: Tensor, rows: [Int]) throws(ComputeError) -> Tensor {
    try requireIndices("gather", rows, below: source.rows)
    let target = try with(precision: source.precision).empty(batch: source.batch, rows: rows.count, columns: source.columns)
    try copyRows(RowCopyJob(source: source, sourceRows: rows, target: target))
    return target
  }

  /// target[b, rows[i], :] ← source[b, i, :], rounded where the target has less precision; other rows stay.
  ///
  /// - Parameters:
  ///   - source: `[batch, rows.count, columns]`.
  ///   - target: `[batch, m, columns]`; must not overlap the source.
  ///   - rows: distinct.
  /// - Throws: `ComputeError.indexOutOfRange`, `.repeatedIndex`.
  public func scatter(_ source: Tensor, into target: Tensor, rows: [Int]) throws(ComputeError) {
    try require(
      source.batch == target.batch && source.rows == rows.count && source.columns == target.columns, "scatter",
      expected: "[\(target.batch), \(rows.count), \(target.columns)] for \(rows.count) rows of \(target.shapeText)", got: source.shapeText)
    try requireIndices("scatter", rows, below: target.rows)
    var isTaken = [Bool](repeating: false, count: target.rows)
    for row in rows {
      if isTaken[row] { throw .repeatedIndex(operation: "scatter", index: row) }
      isTaken[row] = true
    }
    try copyRows(RowCopyJob(source: source, target: target, targetRows: rows))
  }

  /// Overwrites `target` with numbers of the same shape that do not overlap it, rounded where it has less precision.
  public func copy(_ source: Tensor, into target: Tensor) throws(ComputeError) {
    try require(source.shape == target.shape, "copy", expected: target.shapeText, got: source.shapeText)
    try copyRows(RowCopyJob(source: source, target: target))
  }

  /// A copy without gaps between rows.
  public func copied(_ tensor: Tensor) throws(ComputeError) -> Tensor {
    let result = try empty(batch: tensor.batch, rows: tensor.rows, columns: tensor.columns)
    try copy(tensor, into: result)
    return result
  }

  /// A tensor of the same numbers at this engine's precision: `tensor` itself, or a copy.
  public func converted(_ tensor: Tensor) throws(ComputeError) -> Tensor {
    guard tensor.precision != precision else { return tensor }
    let result = try empty(batch: tensor.batch, rows: tensor.rows, columns: tensor.columns)
    try copy(tensor, into: result)
    return result
  }

  /// A new tensor of zeros `[batch, rows, columns]`.
  public func zeros(batch: Int = 1, rows: Int, columns: Int) throws(ComputeError) -> Tensor {
    let result = try empty(batch: batch, rows: rows, columns: columns)
    let block = min(result.count, Engine.zeroBlock)
    let line = try result.count > block ? empty(rows: 1, columns: block) : result.reshaped(rows: 1, columns: block)
    try write([Double](repeating: 0, count: block), into: line)
    guard result.count > block else { return result }

    // A large tensor is filled on the device, by one row of zeros that is repeated.
    let lines = result.count / block
    var zero = line
    (zero.rows, zero.rowStride) = (lines, 0)
    try copy(zero, into: Tensor(buffer: result.buffer, precision: precision, batch: 1, rows: lines, columns: block))
    let rest = result.reshaped(rows: 1, columns: result.count).columns(lines * block..<result.count)
    try copy(line.columns(0..<rest.columns), into: rest)
    return result
  }

  /// Zeros that are uploaded at most.
  static var zeroBlock: Int { 1 << 16 }

  private func copyRows(_ job: RowCopyJob) throws(ComputeError) {
    let job = BackendJob.copyRows(job)
    if !job.isEmpty { try backend.perform(job) }
  }

  private func requireIndices(_ operation: String, _ indices: [Int], below count: Int) throws(ComputeError) {
    for index in indices where index < 0 || index >= count {
      throw .indexOutOfRange(operation: operation, index: index, count: count)
    }
  }
}
