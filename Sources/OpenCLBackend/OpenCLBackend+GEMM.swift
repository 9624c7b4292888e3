import Compute

extension OpenCLBackend {
  /// An operand as gemm.cl sees it: its elements by the index of C (outer) and the summed index (inner).
  private struct Operand {
    var tensor: Tensor
    var buffer: OpenCLBuffer
    var outerStride: Int
    var innerStride: Int

    var strides: [KernelArgument] {
      [.buffer(buffer), .long(tensor.offset), .long(outerStride), .long(innerStride), .long(tensor.itemStride)]
    }
    func items(_ range: Range<Int>) -> Operand {
      var part = self
      part.tensor.offset += range.lowerBound * tensor.itemStride
      return part
    }
    func from(outer: Int = 0, inner: Int = 0) -> Operand {
      var part = self
      part.tensor.offset += outer * outerStride + inner * innerStride
      return part
    }
  }

  public func gemm(_ operation: GEMM, _ a: Tensor, _ b: Tensor, _ c: Tensor) throws(ComputeError) {
    let inner = operation.transposeA ? a.rows : a.columns
    let left = Operand(
      tensor: a, buffer: try own(a.buffer), outerStride: operation.transposeA ? 1 : a.rowStride,
      innerStride: operation.transposeA ? a.rowStride : 1)
    let right = Operand(
      tensor: b, buffer: try own(b.buffer), outerStride: operation.transposeB ? b.rowStride : 1,
      innerStride: operation.transposeB ? 1 : b.rowStride)
    let few = min(c.rows, c.columns)
    if few <= Self.mostFew, !operation.lowerOnly {
      try fewVectors(operation, left, right, c, inner: inner)
    } else if tiles.packsGEMM {
      try packedPanels(operation, left, right, c, inner: inner)
    } else {
      try tiled(operation, left, right, c, inner: inner)
    }
  }

  /// Rows or columns of C up to which the large operand is streamed once instead of being packed.
  private static var mostFew: Int { GEMM.fewColumns }
  /// Elements of packed panels at a time.
  private static var packedElements: Int { 4 << 20 }

  private func packedPanels(_ operation: GEMM, _ a: Operand, _ b: Operand, _ c: Tensor, inner: Int) throws(ComputeError) {
    let precision = c.precision
    let lanes = tiles.lanes(precision)
    let tile = tiles.packedTile(precision)
    let (tileM, tileN) = (tile.rows, tile.vectors * lanes)
    let depth = min(max(inner, 1), tile.depth)
    let most = max(Self.packedElements / depth, 1)
    let (sideM, sideN) = (min(c.rows, max(most / tileM, 1) * tileM), min(c.columns, max(most / tileN, 1) * tileN))
    let items = max(1, min(c.batch, most / (sideM + sideN)))
    let (panelsM, panelsN) = ((sideM + tileM - 1) / tileM, (sideN + tileN - 1) / tileN)
    let packedA = try scratch(items * panelsM * tileM * depth, precision)
    let packedB = try scratch(items * panelsN * tileN * depth, precision)
    let request = KernelRequest(
      file: "gemm", precision: precision, lanes: lanes,
      defines: ["TILE_M": tileM, "TILE_N": tileN, "LOWER": operation.lowerOnly ? 1 : 0])

    func pack(_ operand: Operand, panel: Int, outer: Int, inner: Int, items: Int, into packed: OpenCLBuffer) throws(ComputeError) {
      let request = KernelRequest(file: "gemm", precision: precision, lanes: lanes, defines: ["PANEL": panel])
      try launch(
        request, "gemm_pack", global: [inner, (outer + panel - 1) / panel, items], local: [1, 1, 1],
        operand.strides + [.buffer(packed), .int(outer), .int(inner)])
    }

    for item in stride(from: 0, to: c.batch, by: items) {
      let batch = item..<min(item + items, c.batch)
      let (leftItems, rightItems) = (a.tensor.batch == 1 ? 1 : batch.count, b.tensor.batch == 1 ? 1 : batch.count)
      for j in stride(from: 0, to: c.columns, by: sideN) {
        let n = min(sideN, c.columns - j)
        // One round with no inner elements scales C where the sum is empty.
        for p in stride(from: 0, to: max(inner, 1), by: depth) {
          let k = min(depth, inner - p)
          if k > 0 { try pack(b.items(batch).from(outer: j, inner: p), panel: tileN, outer: n, inner: k, items: rightItems, into: packedB) }
          for i in stride(from: 0, to: c.rows, by: sideM) where !operation.lowerOnly || j < i + sideM {
            let m = min(sideM, c.rows - i)
            if k > 0 {
              try pack(a.items(batch).from(outer: i, inner: p), panel: tileM, outer: m, inner: k, items: leftItems, into: packedA)
            }
            var target = c
            target.offset += item * c.itemStride + i * c.rowStride + j
            try launch(
              request, "gemm_packed", global: [(m + tileM - 1) / tileM, (n + tileN - 1) / tileN, batch.count], local: [1, 1, 1],
              [
                .buffer(packedA), .buffer(packedB), .long(leftItems == 1 ? 0 : (m + tileM - 1) / tileM * tileM * k),
                .long(rightItems == 1 ? 0 : (n + tileN - 1) / tileN * tileN * k), try view(target), .int(m), .int(n), .int(k), .int(i - j),
                .real(operation.alpha, precision), .real(p == 0 ? operation.beta : 1, precision),
              ])
          }
        }
      }
    }
  }

  /// One launch for all items, so that many small ones fill the device as one large one does.
  private func tiled(_ operation: GEMM, _ a: Operand, _ b: Operand, _ c: Tensor, inner: Int) throws(ComputeError) {
    let precision = c.precision
    let tile = tiles.gemmTile(precision, rows: c.rows, columns: c.columns, batch: c.batch)
    let request = KernelRequest(
      file: "gemm_tiled", precision: precision, lanes: 1,
      defines: [
        "TILE_M": tile.m, "TILE_N": tile.n, "TILE_K": tile.k, "WORK_M": tile.workM, "WORK_N": tile.workN,
        "A_ALONG": operation.transposeA ? 0 : 1, "B_ALONG": operation.transposeB ? 1 : 0,
        "ALIGNED": [a.tensor, b.tensor, c].allSatisfy(\.hasAlignedRows) ? 1 : 0, "LOWER": operation.lowerOnly ? 1 : 0,
      ])
    try launch(
      request, "gemm_tiled", global: [tile.count(rows: c.rows, columns: c.columns) * c.batch * tile.workItems], local: [tile.workItems],
      [
        try view(a.tensor), try view(b.tensor), try view(c), .int(c.rows), .int(c.columns), .int(inner), .real(operation.alpha, precision),
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
    var request = KernelRequest(file: "gemm", precision: precision, lanes: lanes, defines: ["FEW": few])

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
