import Compute
import WideKernels

extension OpenCLBackend {
  package func recursion(_ job: RecursionJob) throws(ComputeError) {
    if job.isPaired { return try paired(job, isDiagonal: false) }
    let rows = try pointTable(job.program, job.rowDiagonal, areVariances: true)
    let columns = try pointTable(job.program, job.columnDiagonal, areVariances: true)
    try pairs(job.program, gram: job.gram, rows, columns, incoming: job.incomingNTK, nngp: job.nngp, ntk: job.ntk, lower: false)
    guard job.isSymmetric else { return }
    guard let incoming = job.incomingNTK else {
      return try writeDiagonal(job.program, rows, nngp: job.nngp, ntk: job.ntk, areVariances: true)
    }
    try paired(
      RecursionJob(
        program: job.program, gram: job.rowDiagonal, rowDiagonal: job.rowDiagonal, columnDiagonal: job.rowDiagonal, isSymmetric: false,
        isPaired: true, incomingNTK: incoming.diagonalColumn, nngp: job.nngp?.diagonalColumn, ntk: job.ntk?.diagonalColumn),
      isDiagonal: true)
  }

  func pairs(
    _ program: CovarianceProgram, gram: Tensor?, _ rows: PointTable, _ columns: PointTable, incoming: Tensor? = nil, nngp: Tensor?,
    ntk: Tensor?, lower: Bool
  ) throws(ComputeError) {
    guard let any = nngp ?? ntk else { return }
    let lanes = tiles.lanes(any.precision)
    let copies = copies(program, tiles.operation(.recursion, any.precision))
    let side = lanes * copies
    let request = KernelRequest(
      file: "recursion", precision: any.precision, lanes: lanes,
      defines: [
        "WIDTH": rows.coordinates, "COPIES": copies, "LOWER": lower ? 1 : 0, "WRITES_NNGP": nngp == nil ? 0 : 1,
        "WRITES_NTK": ntk == nil ? 0 : 1, "READS_NTK": incoming == nil ? 0 : 1,
      ], generatedKey: "values \(nngp != nil) \(ntk != nil) \(incoming != nil) \(program)")
    let generator = GeneratedSource(precision: any.precision, copies: copies)
    try launch(
      request, "recursion",
      generated: { () throws(ComputeError) in
        try generator.pairValues(program, nngp: nngp != nil, ntk: ntk != nil, continues: incoming != nil)
      },
      global: [(any.columns + side - 1) / side, any.rows, any.batch], local: [16, 1, 1],
      [
        try view(gram ?? any), .buffer(rows.buffer), .buffer(columns.buffer), try view(incoming ?? any), try view(nngp ?? any),
        try view(ntk ?? any), .int(any.rows), .int(any.columns), .int(rows.padded), .int(columns.padded),
      ])
  }

  /// Pairs that share no input: no tables, each carries both variances through the layers.
  ///
  /// - Parameter isDiagonal: points with themselves, by the diagonal form.
  private func paired(_ job: RecursionJob, isDiagonal: Bool) throws(ComputeError) {
    guard let any = job.nngp ?? job.ntk else { return }
    let lanes = tiles.lanes(any.precision)
    let copies = copies(job.program, tiles.operation(.recursion, any.precision))
    let side = lanes * copies
    let (hasNNGP, hasNTK, continues) = (job.nngp != nil, job.ntk != nil, job.incomingNTK != nil)
    let request = KernelRequest(
      file: "recursion", precision: any.precision, lanes: lanes,
      defines: [
        "PAIRED": 1, "COPIES": copies, "WRITES_NNGP": hasNNGP ? 1 : 0, "WRITES_NTK": hasNTK ? 1 : 0, "READS_NTK": continues ? 1 : 0,
      ], generatedKey: "paired \(hasNNGP) \(hasNTK) \(continues) \(isDiagonal) \(job.program)")
    let generator = GeneratedSource(precision: any.precision, copies: copies)
    try launch(
      request, "recursion_paired",
      generated: { () throws(ComputeError) in
        try generator.pairedValues(job.program, nngp: hasNNGP, ntk: hasNTK, continues: continues, isDiagonal: isDiagonal)
      },
      global: [(any.columns + side - 1) / side, any.rows, any.batch], local: [16, 1, 1],
      [
        try view(job.gram), try view(job.rowDiagonal), try view(job.columnDiagonal), try view(job.incomingNTK ?? any),
        try view(job.nngp ?? any), try view(job.ntk ?? any), .int(any.rows), .int(any.columns),
      ])
  }

  /// Copies the lower half of square matrices to the upper.
  func mirror(_ out: Tensor) throws(ComputeError) {
    let (lanes, blocks) = (tiles.lanes(out.precision), 16)
    let bands = (out.rows + lanes - 1) / lanes
    try launch(
      KernelRequest(file: "mirror", precision: out.precision, lanes: lanes, defines: ["BLOCKS": blocks]), "mirror",
      global: [(bands + blocks - 1) / blocks, bands, out.batch], local: [1, 1, 1], [try view(out), .int(out.rows)])
  }

  package func recursionVJP(_ job: RecursionVJPJob) throws(ComputeError) {
    let gram = job.gram
    let lanes = tiles.lanes(gram.precision)
    let (span, depth, group) = tiles.group > 1 ? (1, 16, tiles.group) : (8, 16, 1)
    let rows = try pointTable(job.program, job.rowDiagonal, areVariances: true)
    let columns = try pointTable(job.program, job.columnDiagonal, areVariances: true)
    let (hasNNGP, hasNTK) = (job.nngpCotangent != nil, job.ntkCotangent != nil)
    let request = KernelRequest(
      file: "recursion_vjp", precision: gram.precision, lanes: lanes,
      defines: ["SPAN": span, "DEPTH": depth, "GROUP": group, "HAS_NNGP": hasNNGP ? 1 : 0, "HAS_NTK": hasNTK ? 1 : 0],
      generatedKey: "vjp \(hasNNGP) \(hasNTK) \(job.program)")
    let generator = GeneratedSource(precision: gram.precision)
    let text = { () throws(ComputeError) in try generator.pairVJP(job.program, nngp: hasNNGP, ntk: hasNTK) }
    let block = lanes * span * group
    let (columnChunks, rowChunks) = ((gram.columns + block - 1) / block, (gram.rows + depth - 1) / depth)
    let rowPartial = try scratch(columnChunks * gram.batch * rows.padded, gram.precision)
    let columnPartial = try scratch(rowChunks * gram.batch * columns.padded, gram.precision)
    try launch(
      request, "recursion_vjp", generated: text, global: [columnChunks * group, rowChunks, gram.batch], local: [group, 1, 1],
      [
        try view(gram), .buffer(rows.buffer), .buffer(columns.buffer), try view(job.nngpCotangent ?? gram),
        try view(job.ntkCotangent ?? gram), try view(job.gramCotangent), .buffer(rowPartial), .buffer(columnPartial), .int(gram.rows),
        .int(gram.columns), .int(rows.padded), .int(columns.padded),
      ])
    for (partial, out, padded, chunks) in [
      (rowPartial, job.rowCotangent, rows.padded, columnChunks), (columnPartial, job.columnCotangent, columns.padded, rowChunks),
    ] {
      try launch(
        request, "vjp_finish", generated: text, global: [out.rows, out.batch], local: [16, 1],
        [.buffer(partial), try view(out), .int(out.rows), .int(padded), .int(chunks)])
    }
  }
}

extension Tensor {
  /// The diagonal of square matrices, `[batch, n, 1]`.
  fileprivate var diagonalColumn: Tensor {
    var view = self
    (view.columns, view.rowStride) = (1, rowStride + 1)
    return view
  }
}
