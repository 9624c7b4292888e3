import Compute

extension OpenCLBackend {
  /// An operand as gemm_few.cl sees it: its elements by the index of C (outer) and the summed index (inner).
  private struct Operand {
    var tensor: Tensor
    var buffer: OpenCLBuffer
    var outerStride: Int
    var innerStride: Int

    var strides: [KernelArgument] {
      [.buffer(buffer), .long(tensor.offset), .long(outerStride), .long(innerStride), .long(tensor.itemStride)]
    }
  }

  package func gemm(_ job: GEMMJob) throws(ComputeError) {
    let (operation, a, b, c, inner) = (job.operation, job.a, job.b, job.c, job.inner)
    let few = operation.lowerOnly ? Int.max : min(c.rows, c.columns)
    // Sums of few vectors with rows of the large operand are inner products, which want lanes of their own; beyond some, columns fill them.
    let areDots = c.columns <= c.rows ? !operation.transposeA : operation.transposeB
    let tile = tiles.multipliesDirectly ? tiles.directTile(operation, c, inner: inner) : nil
    if let tile, tile.isSmall || few > (areDots ? Self.mostDots : GEMM.fewColumns) {
      try direct(operation, tile, a, b, c, inner: inner)
    } else if few <= GEMM.fewColumns {
      // The large operand is streamed once.
      let left = Operand(
        tensor: a, buffer: try own(a.buffer), outerStride: operation.transposeA ? 1 : a.rowStride,
        innerStride: operation.transposeA ? a.rowStride : 1)
      let right = Operand(
        tensor: b, buffer: try own(b.buffer), outerStride: operation.transposeB ? b.rowStride : 1,
        innerStride: operation.transposeB ? 1 : b.rowStride)
      try fewVectors(operation, left, right, c, inner: inner)
    } else {
      try tiled(operation, a, b, c, inner: inner)
    }
  }

  /// Rows or columns of C that a processor takes as inner products, one at a time.
  private static var mostDots: Int { 7 }

  /// Processors: in one launch, without scratch.
  func direct(
    _ operation: GEMM, _ tile: DirectTile, _ a: Tensor, _ b: Tensor, _ c: Tensor, inner: Int
  ) throws(ComputeError) {
    let precision = c.precision
    var request = KernelRequest(file: "gemm_direct", precision: precision, lanes: tile.lanes, defines: tile.defines)
    request.defines["A_ALONG"] = operation.transposeA ? 0 : 1
    request.defines["B_ALONG"] = operation.transposeB ? 1 : 0
    try launch(
      request, "gemm_direct", global: tile.grid(c), local: [1, 1, 1],
      [
        try view(a), try view(b), try view(c), .int(c.rows), .int(c.columns), .int(inner), .int(tile.rows), .int(tile.columns),
        .int(c.batch), .int(tile.items), .int(operation.lowerOnly ? 1 : 0), .int(tile.share), .int(tile.ahead),
        .real(operation.alpha, precision), .real(operation.beta, precision),
      ])
  }

  /// One launch for all items, so that many small ones fill the device as one large one does.
  func tiled(_ operation: GEMM, _ a: Tensor, _ b: Tensor, _ c: Tensor, inner: Int) throws(ComputeError) {
    let precision = c.precision
    let tile = tiles.gemmTile(precision, rows: c.rows, columns: c.columns, batch: c.batch)
    let request = KernelRequest(
      file: "gemm_tiled", precision: precision, lanes: 1,
      defines: [
        "TILE_M": tile.m, "TILE_N": tile.n, "TILE_K": tile.k, "WORK_M": tile.workM, "WORK_N": tile.workN,
        "A_ALONG": operation.transposeA ? 0 : 1, "B_ALONG": operation.transposeB ? 1 : 0,
        "ALIGNED": [a, b, c].allSatisfy(\.hasAlignedRows) ? 1 : 0, "LOWER": operation.lowerOnly ? 1 : 0,
      ])
    try launch(
      request, "gemm_tiled", global: [tile.count(rows: c.rows, columns: c.columns) * c.batch * tile.workItems], local: [tile.workItems],
      [
        try view(a), try view(b), try view(c), .int(c.rows), .int(c.columns), .int(inner), .real(operation.alpha, precision),
        .real(operation.beta, precision),
      ])
  }

  private func fewVectors(_ operation: GEMM, _ a: Operand, _ b: Operand, _ c: Tensor, inner: Int) throws(ComputeError) {
    let precision = c.precision
    let lanes = tiles.lanes(precision)
    let fewAreColumns = c.columns <= c.rows
    let (small, big) = fewAreColumns ? (b, a) : (a, b)
    let (few, count) = fewAreColumns ? (c.columns, c.rows) : (c.rows, c.columns)
    let (outFew, outMany) = fewAreColumns ? (1, c.rowStride) : (c.rowStride, 1)
    let padded = (max(inner, 1) + lanes - 1) / lanes * lanes
    let smallItems = small.tensor.batch
    var request = KernelRequest(file: "gemm_few", precision: precision, lanes: lanes, defines: ["FEW": few])

    let packed = try scratch(smallItems * few * padded, precision)
    try launch(
      request, "gemm_pack_few", global: [padded, few, smallItems], local: [16, 1, 1],
      small.strides + [.buffer(packed), .int(inner), .int(padded)])
    let packedItem = smallItems == 1 ? 0 : few * padded
    let buffer = try own(c.buffer)
    let out: [KernelArgument] = [.buffer(buffer), .long(c.offset), .long(outFew), .long(outMany), .long(c.itemStride)]
    let scales: [KernelArgument] = [.real(operation.alpha, precision), .real(operation.beta, precision)]

    if big.innerStride == 1 {
      let many = tiles.group > 1 ? 1 : max(1, min(4, 24 / few))
      request.defines["MANY"] = many
      request.defines["GROUP"] = tiles.group
      try launch(
        request, "gemm_dot", global: [(count + many - 1) / many * tiles.group, c.batch], local: [tiles.group, 1],
        [
          .buffer(packed), .long(packedItem), .buffer(big.buffer), .long(big.tensor.offset), .long(big.outerStride),
          .long(big.tensor.itemStride),
        ] + out + [.int(count), .int(inner), .int(padded)] + scales)
    } else {
      let many = tiles.group > 1 ? 1 : max(1, min(8, 24 / few))
      request.defines["MANY"] = many
      let block = many * lanes
      let columns = (count + block - 1) / block
      let splits = max(1, min(inner / 64, (tiles.parallelism + columns * c.batch - 1) / (columns * c.batch)))
      let length = max(1, (inner + splits - 1) / splits)
      let partial = try scratch(splits * c.batch * few * columns * block, precision)
      try launch(
        request, "gemm_axpy", global: [columns, splits, c.batch], local: [tiles.group, 1, 1],
        [
          .buffer(packed), .long(packedItem), .buffer(big.buffer), .long(big.tensor.offset), .long(big.innerStride),
          .long(big.tensor.itemStride), .buffer(partial), .int(count), .int(columns * block), .int(inner), .int(padded), .int(length),
        ])
      try launch(
        request, "gemm_axpy_finish", global: [count, few, c.batch], local: [16, 1, 1],
        [.buffer(partial)] + out + [.int(count), .int(columns * block), .int(splits)] + scales)
    }
  }
}

extension Tensor {
  /// Whether every row of every item starts at a multiple of 16 bytes.
  fileprivate var hasAlignedRows: Bool { [offset, itemStride, rowStride].allSatisfy { $0 * precision.byteCount % 16 == 0 } }
}
