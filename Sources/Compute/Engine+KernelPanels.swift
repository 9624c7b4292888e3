import WideKernels

/// A backend that can say which rows of a symmetric kernel are complete while it computes the others.
public protocol RowwiseKernels: Backend {
  /// The kernels of `blockKernel` of one item without `y`, with the same bits.
  ///
  /// - Parameters:
  ///   - rowsAtOnce: rows between two calls of `rows`, roughly.
  ///   - rows: takes ranges that follow each other from 0 on, each when its rows are complete in both results; false ends the work.
  func symmetricKernel(_ job: BlockKernelJob, rowsAtOnce: Int, rows: (Range<Int>) -> Bool) throws(ComputeError)
}

extension Engine {
  /// Kernels of rows of `x` with `y` (or `x`), panel by panel: calls `body` with the rows of each panel, from the first on, and its
  /// kernels `[1, panel, m]`.
  ///
  /// A symmetric kernel that fits the memory budget is held as a whole, which saves half of the work; its panels are views of it.
  ///
  /// - Parameter panelBytes: of a panel's results at most, or one row; where the memory budget needs it, less.
  /// - Throws: before any kernel, what `requireDigits` throws, too.
  public func kernelPanels(
    _ program: CovarianceProgram, _ x: Tensor, _ y: Tensor?, nngp: Bool, ntk: Bool, panelBytes: Int = .max,
    body: (Range<Int>, Tensor?, Tensor?) throws -> Void
  ) throws {
    try requireValid(.blockKernel(kernelJob(program, x, y, nngp: nngp, ntk: ntk)), as: "kernel")
    try requireDigits((nngp ? [.nngp] : []) + (ntk ? [.ntk] : []), program, x, y)
    let columns = (y ?? x).rows
    let bytesPerRow = Engine.product(columns, precision.byteCount, (nngp ? 1 : 0) + (ntk ? 1 : 0)) ?? .max
    let limit = device.largestAllocationBytes > 0 ? min(memoryBudget / 2, device.largestAllocationBytes) : memoryBudget / 2
    guard bytesPerRow <= limit || x.rows == 0 else {
      throw ComputeError.budgetTooSmall(
        operation: "kernel panel", neededBytes: bytesPerRow > .max / 2 ? .max : 2 * bytesPerRow, budgetBytes: memoryBudget)
    }
    func rows(_ bytes: Int) -> Int { max(1, bytes / max(1, bytesPerRow)) }
    let isWhole = y == nil && x.rows <= rows(limit)
    var panel = isWhole ? x.rows : min(x.rows, rows(min(limit, panelBytes)))
    var start = 0
    while start < x.rows {
      let range = start..<min(start + panel, x.rows)
      do {
        if range.count == x.rows, y == nil {
          try symmetricPanels(program, x, nngp: nngp, ntk: ntk, rowsAtOnce: rows(panelBytes), body: body)
        } else {
          let result = try kernelPanel(program, x, y, range, nngp: nngp, ntk: ntk)
          try body(range, result.nngp, result.ntk)
        }
        start = range.upperBound
      } catch ComputeError.outOfMemory(let device, let bytes, let hint) {
        // The device has less room than it said: smaller panels, down to one row.
        guard panel > 1 else { throw ComputeError.outOfMemory(device: device, requestedBytes: bytes, hint: hint) }
        panel = min(rows(panelBytes), (panel + 1) / 2)
      }
    }
  }

  /// All rows, handed on as they are completed where the backend says so.
  private func symmetricPanels(
    _ program: CovarianceProgram, _ x: Tensor, nngp: Bool, ntk: Bool, rowsAtOnce: Int, body: (Range<Int>, Tensor?, Tensor?) throws -> Void
  ) throws {
    guard rowsAtOnce < x.rows, let backend = backend as? any RowwiseKernels else {
      let result = try kernel(program, x, nngp: nngp, ntk: ntk)
      return try body(0..<x.rows, result.nngp, result.ntk)
    }
    let job = try allocated(kernelJob(program, x, nil, nngp: nngp, ntk: ntk), as: "kernel")
    var failure: (any Error)?
    try backend.symmetricKernel(job, rowsAtOnce: rowsAtOnce) { rows in
      do {
        try body(rows, job.nngp?.rows(rows), job.ntk?.rows(rows))
        return true
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
  }

  private func kernelPanel(_ program: CovarianceProgram, _ x: Tensor, _ y: Tensor?, _ range: Range<Int>, nngp: Bool, ntk: Bool)
    throws(ComputeError) -> (nngp: Tensor?, ntk: Tensor?)
  {
    try kernel(program, x.rows(range), y ?? x, firstRow: y == nil ? range.lowerBound : nil, nngp: nngp, ntk: ntk)
  }
}
