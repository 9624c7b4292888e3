import Compute
import WideKernels

extension OpenCLBackend {
  /// Width up to which a processor sums a pair's covariance beside its recursion; wider inputs go through `gemm`.
  private static var widestFusedGram: Int { 32 }

  package func blockKernel(_ job: BlockKernelJob) throws(ComputeError) {
    guard let any = job.nngp ?? job.ntk else { return }
    let isSymmetric = job.y == nil
    let rows: PointTable
    if tiles.group > 1 {
      rows = try tiledBlockKernel(job)
    } else if job.x.columns <= Self.widestFusedGram {
      rows = try pointTable(job.program, job.x, areVariances: false)
      let columns = if let y = job.y { try pointTable(job.program, y, areVariances: false) } else { rows }
      try pairs(job.program, gram: nil, rows, columns, nngp: job.nngp, ntk: job.ntk, lower: isSymmetric)
    } else {
      // The covariances stand where a result will: the recursion reads and writes each pair in place.
      try covariances(job.x, job.y ?? job.x, into: any, lowerOnly: isSymmetric)
      rows = try pointTable(job.program, variances(of: job.x), areVariances: true)
      let columns = if let y = job.y { try pointTable(job.program, variances(of: y), areVariances: true) } else { rows }
      try pairs(job.program, gram: any, rows, columns, nngp: job.nngp, ntk: job.ntk, lower: isSymmetric)
    }
    guard let first = job.firstDiagonalColumn else { return }
    if isSymmetric, tiles.group == 1 { for case let out? in [job.nngp, job.ntk] { try mirror(out) } }
    let areVariances = tiles.group == 1 && rows.coordinates == 0
    func diagonal(_ out: Tensor?) -> Tensor? { out?.columns(first..<first + job.x.rows) }
    try writeDiagonal(job.program, rows, nngp: diagonal(job.nngp), ntk: diagonal(job.ntk), areVariances: areVariances)
  }

  /// Gram and recursion in one launch, but for the diagonal of a symmetric result.
  ///
  /// - Returns: the table of the rows.
  private func tiledBlockKernel(_ job: BlockKernelJob) throws(ComputeError) -> PointTable {
    let rows = try pointTable(job.program, job.x, areVariances: false, keepsCoordinates: false)
    let columns = if let y = job.y { try pointTable(job.program, y, areVariances: false, keepsCoordinates: false) } else { rows }
    guard let any = job.nngp ?? job.ntk else { return rows }
    let (x, y, precision, isSymmetric) = (job.x, job.y ?? job.x, any.precision, job.y == nil)
    let tile = tiles.blockTile(precision, rows: any.rows, columns: any.columns, batch: any.batch, lower: isSymmetric)
    // A chain of quotients and roots leaves a GPU's pipes idle too, but sums of later rows still take registers.
    let copies = job.program.dualError > 0 ? 1 : 2
    let run = 16 / precision.byteCount
    let isAligned = [x, y].allSatisfy { $0.offset % run == 0 && $0.rowStride % run == 0 && $0.itemStride % run == 0 }
    let request = KernelRequest(
      file: "block_kernel", precision: precision, lanes: 1,
      defines: [
        "TILE_M": tile.m, "TILE_N": tile.n, "TILE_K": tile.k, "WORK_M": tile.workM, "WORK_N": tile.workN, "COPIES": copies,
        "ALIGNED": isAligned ? 1 : 0, "LOWER": isSymmetric ? 1 : 0, "WRITES_NNGP": job.nngp == nil ? 0 : 1,
        "WRITES_NTK": job.ntk == nil ? 0 : 1,
      ], generatedKey: "values \(job.nngp != nil) \(job.ntk != nil) \(job.program)")
    let generator = GeneratedSource(precision: precision, copies: copies)
    try launch(
      request, "block_kernel",
      generated: { () throws(ComputeError) in try generator.pairValues(job.program, nngp: job.nngp != nil, ntk: job.ntk != nil) },
      global: [tile.groups(rows: any.rows, columns: any.columns, lower: isSymmetric) * tile.workItems, any.batch],
      local: [tile.workItems, 1],
      [
        try view(x), try view(y), .buffer(rows.buffer), .buffer(columns.buffer), try view(job.nngp ?? any), try view(job.ntk ?? any),
        .int(any.rows), .int(any.columns), .int(x.columns), .int(rows.padded), .int(columns.padded), .int(tile.band(rows: any.rows)),
      ])
    return rows
  }

  /// x_i·y_j / width, each summed in the order of `variances(of:)`, however few they are.
  func covariances(_ x: Tensor, _ y: Tensor, into gram: Tensor, lowerOnly: Bool = false) throws(ComputeError) {
    let operation = GEMM(transposeB: true, alpha: 1 / Double(x.columns), lowerOnly: lowerOnly)
    guard tiles.multipliesDirectly else { return try tiled(operation, x, y, gram, inner: x.columns) }
    try direct(operation, tiles.directTile(operation, gram, inner: x.columns), x, y, gram, inner: x.columns)
  }

  /// x_i·x_i / width, `[batch, n, 1]`: to the last bit what `covariances` gives of x_i with itself, or with a row that equals it.
  func variances(of x: Tensor) throws(ComputeError) -> Tensor {
    let buffer = try scratch(x.batch * x.rows, x.precision)
    let result = Tensor(buffer: buffer, precision: x.precision, batch: x.batch, rows: x.rows, columns: 1)
    let depth = tiles.multipliesDirectly ? tiles.directDepth(x.precision) : max(x.columns, 1)
    let lanes = tiles.lanes(x.precision)
    try launch(
      KernelRequest(file: "variances", precision: x.precision, lanes: lanes), "variances",
      global: [(x.rows + lanes - 1) / lanes, x.batch], local: [tiles.group, 1],
      [try view(x), try view(result), .int(x.rows), .int(x.columns), .int(depth), .real(1 / Double(x.columns), x.precision)])
    return result
  }
}
