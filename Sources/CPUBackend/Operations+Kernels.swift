import CPUKernelInterface
import CProcessor
import Compute

extension Operations {
  /// Rows and columns of a tile of a block's kernel: few, so that panels of inputs are used again.
  private var kernelTile: (rows: Int, columns: Int) { (48, 8 * loops.lanes) }
  /// Tile of a recursion: few rows of many columns, which are read from and written to memory in one go.
  private var recursionTile: (rows: Int, columns: Int) { (6, 64 * loops.lanes) }

  /// Whether results are too large for a last-level cache (32 MB where this was measured; virtual machines report any size): then they are
  /// written past the caches, where lines that are written whole need not be read first.
  private func bypassesCaches(_ results: [Matrices<Scalar>?]) -> Bool {
    let count = results.reduce(0) { $0 + ($1.map { $0.batch * $0.rows * $0.columns } ?? 0) }
    return count * MemoryLayout<Scalar>.stride >= 24 << 20
  }

  func recursion(_ job: RecursionJob) throws(ComputeError) {
    if job.isPaired { return pairedRecursion(job) }
    let stages = ProgramStages(job.program, continues: job.incomingNTK != nil)
    let (gram, incoming) = (Matrices<Scalar>(job.gram), job.incomingNTK.map { Matrices<Scalar>($0) })
    let (rowDiagonal, columnDiagonal) = (Matrices<Scalar>(job.rowDiagonal), Matrices<Scalar>(job.columnDiagonal))
    let (nngp, ntk) = (job.nngp.map { Matrices<Scalar>($0) }, job.ntk.map { Matrices<Scalar>($0) })
    let bypasses = bypassesCaches([nngp, ntk])
    let rowCount = tableCount(stages, gram.rows)
    try scratch(rowCount + tableCount(stages, gram.columns)).use { base throws(ComputeError) in
      let rowTable = DiagonalTable(base: base, padded: padded(gram.rows))
      let columnTable = DiagonalTable(base: base + rowCount, padded: padded(gram.columns))
      for item in 0..<gram.batch {
        fillTable(
          stages, variances: rowDiagonal.item(item), step: rowDiagonal.rowStride, tangents: job.isSymmetric ? incoming?.item(item) : nil,
          tangentStep: (incoming?.rowStride ?? 0) + 1, count: gram.rows, at: rowTable.base)
        fillTable(
          stages, variances: columnDiagonal.item(item), step: columnDiagonal.rowStride, count: gram.columns, at: columnTable.base)
        runTiles(
          recursionTile, stages, rows: gram.rows, columns: 0..<gram.columns, isSymmetric: false,
          firstDiagonalColumn: job.isSymmetric ? 0 : nil, bypassesCaches: bypasses, rowTable: rowTable, columnTable: columnTable,
          nngp: nngp?.one(item), ntk: ntk?.one(item)
        ) { tile, firstRow, firstColumn in
          load(gram, item, into: tile.nngp, of: tile, firstRow, firstColumn)
          if let incoming { load(incoming, item, into: tile.ntk, of: tile, firstRow, firstColumn) }
        }
      }
    }
  }

  /// A tile's part of a matrix; the padding repeats the last column.
  private func load(
    _ source: Matrices<Scalar>, _ item: Int, into target: UnsafeMutablePointer<Scalar>, of tile: PairTile<Scalar>, _ firstRow: Int,
    _ firstColumn: Int
  ) {
    for i in 0..<tile.rows {
      let row = source.item(item) + (firstRow + i) * source.rowStride + firstColumn
      let line = target + i * tile.stride
      line.update(from: row, count: tile.columns)
      for j in tile.columns..<tile.stride { line[j] = row[tile.columns - 1] }
    }
  }

  func blockKernel(_ job: BlockKernelJob) throws(ComputeError) { try blockKernel(job, rowsAtOnce: .max) { _ in true } }

  /// - Parameters:
  ///   - rowsAtOnce: of a symmetric kernel, rows between two calls of `rows`, which a tile of columns makes more or less.
  ///   - rows: see `RowwiseKernels`.
  func blockKernel(_ job: BlockKernelJob, rowsAtOnce: Int, rows: (Range<Int>) -> Bool) throws(ComputeError) {
    let stages = ProgramStages(job.program)
    let x = Matrices<Scalar>(job.x)
    let y = job.y.map { Matrices<Scalar>($0) } ?? x
    let (nngp, ntk) = (job.nngp.map { Matrices<Scalar>($0) }, job.ntk.map { Matrices<Scalar>($0) })
    let bypasses = bypassesCaches([nngp, ntk])
    let width = x.columns
    let (blockRows, blockColumns) = (loops.blockRows, loops.blockColumns)
    // Left points are read as they lie, unless neighbouring rows of them share the sets of the first-level cache.
    let packsRows = x.rowStride * MemoryLayout<Scalar>.stride % 2048 == 0
    let packedRows = packsRows ? (x.rows + blockRows - 1) / blockRows * blockRows : 0
    let rowCount = tableCount(stages, x.rows)
    let columnCount = tableCount(stages, y.rows)
    let packedColumns = (y.rows + blockColumns - 1) / blockColumns * blockColumns
    try scratch(rowCount + columnCount + (packedRows + packedColumns) * width).use { base throws(ComputeError) in
      let rowTable = DiagonalTable(base: base, padded: padded(x.rows))
      let columnTable = job.y == nil ? rowTable : DiagonalTable(base: base + rowCount, padded: padded(y.rows))
      let rowPanels = base + rowCount + columnCount
      let columnPanels = rowPanels + packedRows * width
      for item in 0..<x.batch {
        if packsRows { packAll(x, item, width: blockRows, into: rowPanels) }
        packAll(y, item, width: blockColumns, into: columnPanels)
        fillTable(stages, panels: columnPanels, count: y.rows, width: width, at: columnTable.base)
        if job.y != nil {
          fillTable(stages, x.item(item), rowStride: x.rowStride, count: x.rows, width: width, at: rowTable.base)
        }
        // By strips of columns: behind one its rows are complete too, by symmetry.
        let strip = job.y == nil ? min(y.rows, max(1, rowsAtOnce / kernelTile.columns) * kernelTile.columns) : y.rows
        for first in stride(from: 0, to: y.rows, by: max(1, strip)) {
          let columns = first..<min(first + strip, y.rows)
          runTiles(
            kernelTile, stages, rows: x.rows, columns: columns, isSymmetric: job.y == nil,
            firstDiagonalColumn: job.firstDiagonalColumn, bypassesCaches: bypasses, rowTable: rowTable, columnTable: columnTable,
            nngp: nngp?.one(item), ntk: ntk?.one(item)
          ) { tile, firstRow, firstColumn in
            let left =
              packsRows
              ? LeftPanels.packed(rowPanels + firstRow * width, width: blockRows)
              : .inPlace(x.item(item) + firstRow * x.rowStride, rowStep: x.rowStride, innerStep: 1)
            loops.multiplyPanels(
              left, UnsafePointer(columnPanels + firstColumn * width), inner: width, alpha: 1 / Scalar(width), beta: 0,
              into: Panel(tile.nngp, rows: tile.rows, columns: tile.columns, stride: tile.stride),
              diagonal: nil)
            for i in 0..<tile.rows {
              let line = tile.nngp + i * tile.stride
              for j in tile.columns..<tile.stride { line[j] = line[tile.columns - 1] }
            }
          }
          guard rows(columns) else { return }
        }
      }
    }
  }

  private func packAll(_ x: Matrices<Scalar>, _ item: Int, width: Int, into panels: UnsafeMutablePointer<Scalar>) {
    let block = 16 * width
    pool.run((x.rows + block - 1) / block) { tile in
      let first = tile * block
      loops.pack(
        x.item(item) + first * x.rowStride, rows: min(block, x.rows - first), inner: x.columns, rowStep: x.rowStride, innerStep: 1,
        width: width, into: panels + first * x.columns)
    }
  }

  /// One item, some of its columns: `fill` puts the covariances of a tile's inputs into `tile.nngp`, padding included.
  ///
  /// With `isSymmetric` only tiles that reach below the diagonal are computed, and mirrored.
  private func runTiles(
    _ size: (rows: Int, columns: Int), _ stages: ProgramStages, rows: Int, columns: Range<Int>, isSymmetric: Bool,
    firstDiagonalColumn: Int?, bypassesCaches: Bool, rowTable: DiagonalTable<Scalar>, columnTable: DiagonalTable<Scalar>,
    nngp: Matrices<Scalar>?, ntk: Matrices<Scalar>?,
    fill: (PairTile<Scalar>, _ firstRow: Int, _ firstColumn: Int) -> Void
  ) {
    let columnTiles = (columns.count + size.columns - 1) / size.columns
    // Rows above the first column hold nothing below the diagonal.
    let aboveTiles = isSymmetric ? columns.lowerBound / size.rows : 0
    pool.run(((rows + size.rows - 1) / size.rows - aboveTiles) * columnTiles) { index in
      let firstRow = (aboveTiles + index / columnTiles) * size.rows
      let firstColumn = columns.lowerBound + index % columnTiles * size.columns
      let height = min(size.rows, rows - firstRow)
      let present = min(size.columns, columns.upperBound - firstColumn)
      if isSymmetric, firstColumn > firstRow + height - 1 { return }
      let stride = padded(present)
      let area = tileArea(rows: height, stride: stride)
      withTile((bypassesCaches ? 3 : 2) * area) { base in
        let tile = PairTile(rows: height, columns: present, stride: stride, nngp: base, ntk: base + area)
        fill(tile, firstRow, firstColumn)
        runTile(stages, tile, rowTable: rowTable, firstRow: firstRow, columnTable: columnTable, firstColumn: firstColumn)
        for (values, diagonal, out) in [(tile.nngp, rowTable.nngp, nngp), (tile.ntk, rowTable.ntk, ntk)] {
          guard let out else { continue }
          for i in 0..<height {
            let (row, line) = (firstRow + i, values + i * stride)
            if let first = firstDiagonalColumn, (0..<present).contains(first + row - firstColumn) {
              line[first + row - firstColumn] = diagonal[row]
            }
            let last = isSymmetric ? min(present, row - firstColumn + 1) : present
            store(line, last, to: out.base + row * out.rowStride + firstColumn, bypassesCaches)
          }
          guard isSymmetric else { continue }
          let corner = out.base + firstColumn * out.rowStride + firstRow
          guard bypassesCaches else {
            loops.mirror(
              values, stride: stride, rows: height, columns: present, distance: firstRow - firstColumn, into: corner,
              rowStride: out.rowStride)
            continue
          }
          let mirrored = base + 2 * area
          loops.mirror(
            values, stride: stride, rows: height, columns: present, distance: firstRow - firstColumn, into: mirrored, rowStride: height)
          for j in 0..<present {
            let start = max(0, firstColumn + j - firstRow + 1)
            store(mirrored + j * height + start, height - start, to: corner + j * out.rowStride + start, bypassesCaches)
          }
        }
        if bypassesCaches { processor_finish_streams() }
      }
    }
  }

  @inline(__always)
  private func store(_ line: UnsafePointer<Scalar>, _ count: Int, to target: UnsafeMutablePointer<Scalar>, _ bypassesCaches: Bool) {
    guard count > 0 else { return }
    if bypassesCaches {
      processor_stream(target, line, count * MemoryLayout<Scalar>.stride)
    } else {
      target.update(from: line, count: count)
    }
  }

  /// Tiles of the vector-Jacobian product, square so that they can be transposed.
  private var squareTile: Int { max(32, loops.lanes) }

  func recursionVJP(_ job: RecursionVJPJob) throws(ComputeError) {
    let stages = ProgramStages(job.program)
    let gram = Matrices<Scalar>(job.gram)
    let (rowDiagonal, columnDiagonal) = (Matrices<Scalar>(job.rowDiagonal), Matrices<Scalar>(job.columnDiagonal))
    let cotangents = (nngp: job.nngpCotangent.map { Matrices<Scalar>($0) }, ntk: job.ntkCotangent.map { Matrices<Scalar>($0) })
    let out = Matrices<Scalar>(job.gramCotangent)
    let (rowOut, columnOut) = (Matrices<Scalar>(job.rowCotangent), Matrices<Scalar>(job.columnCotangent))
    let rowTiles = (gram.rows + squareTile - 1) / squareTile
    let columnTiles = (gram.columns + squareTile - 1) / squareTile
    let rowCount = tableCount(stages, gram.rows)
    let columnCount = tableCount(stages, gram.columns)
    try scratch(rowCount + columnCount + columnTiles * gram.rows + rowTiles * gram.columns).use { base throws(ComputeError) in
      let rowTable = DiagonalTable(base: base, padded: padded(gram.rows))
      let columnTable = DiagonalTable(base: base + rowCount, padded: padded(gram.columns))
      // Sums over one tile each; added in a fixed order at the end.
      let rowSums = base + rowCount + columnCount
      let columnSums = rowSums + columnTiles * gram.rows
      for item in 0..<gram.batch {
        fillTable(stages, variances: rowDiagonal.item(item), step: rowDiagonal.rowStride, count: gram.rows, at: rowTable.base)
        fillTable(
          stages, variances: columnDiagonal.item(item), step: columnDiagonal.rowStride, count: gram.columns, at: columnTable.base)
        let (g, outItem) = (gram.one(item), out.one(item))
        let (nngp, ntk) = (cotangents.nngp?.one(item), cotangents.ntk?.one(item))
        pool.run(rowTiles * columnTiles) { index in
          let (firstRow, firstColumn) = (index / columnTiles * squareTile, index % columnTiles * squareTile)
          let (rows, columns) = (min(squareTile, gram.rows - firstRow), min(squareTile, gram.columns - firstColumn))
          // Derivatives in the variance of the columns, then, with the roles exchanged, of the rows.
          contractTile(
            stages, g, nngp, ntk, firstRow: firstRow, rows: rows, firstColumn: firstColumn, columns: columns, isTransposed: false,
            rowTable: rowTable, columnTable: columnTable, gramCotangent: outItem,
            sums: columnSums + index / columnTiles * gram.columns + firstColumn)
          contractTile(
            stages, g, nngp, ntk, firstRow: firstRow, rows: rows, firstColumn: firstColumn, columns: columns, isTransposed: true,
            rowTable: columnTable, columnTable: rowTable, gramCotangent: nil,
            sums: rowSums + index % columnTiles * gram.rows + firstRow)
        }
        addParts(rowSums, parts: columnTiles, count: gram.rows, into: rowOut.item(item), step: rowOut.rowStride)
        addParts(columnSums, parts: rowTiles, count: gram.columns, into: columnOut.item(item), step: columnOut.rowStride)
      }
    }
  }

  private func addParts(
    _ parts: UnsafePointer<Scalar>, parts count: Int, count length: Int, into out: UnsafeMutablePointer<Scalar>, step: Int
  ) {
    for i in 0..<length {
      var sum: Scalar = 0
      for part in 0..<count { sum += parts[part * length + i] }
      out[i * step] = sum
    }
  }

  /// One tile of the product: cotangents of q12 to `gramCotangent`, of the columns' variance summed over the rows to `sums`.
  private func contractTile(
    _ stages: ProgramStages, _ gram: Matrices<Scalar>, _ nngp: Matrices<Scalar>?, _ ntk: Matrices<Scalar>?, firstRow: Int, rows: Int,
    firstColumn: Int, columns: Int, isTransposed: Bool, rowTable: DiagonalTable<Scalar>, columnTable: DiagonalTable<Scalar>,
    gramCotangent: Matrices<Scalar>?, sums: UnsafeMutablePointer<Scalar>
  ) {
    let (height, present) = isTransposed ? (columns, rows) : (rows, columns)
    let stride = padded(present)
    let area = tileArea(rows: height, stride: stride)
    withTile(9 * area) { base in
      let tile = PairTile(rows: height, columns: present, stride: stride, nngp: base, ntk: base + area)
      let derivatives = PairDerivatives(
        nngp11: base + 2 * area, nngp12: base + 3 * area, ntk11: base + 4 * area, ntk12: base + 5 * area)
      let result = base + 8 * area
      /// A tile of a tensor in this call's orientation, its padding the last column.
      func load(_ source: Matrices<Scalar>, _ target: UnsafeMutablePointer<Scalar>) {
        let corner = source.base + firstRow * source.rowStride + firstColumn
        if isTransposed {
          loops.mirror(
            corner, stride: source.rowStride, rows: rows, columns: columns, distance: columns, into: target, rowStride: stride)
        } else {
          for i in 0..<height { (target + i * stride).update(from: corner + i * source.rowStride, count: present) }
        }
        for i in 0..<height {
          for j in present..<stride { target[i * stride + j] = target[i * stride + present - 1] }
        }
      }
      load(gram, tile.nngp)
      runTile(
        stages, tile, derivatives, rowTable: rowTable, firstRow: isTransposed ? firstColumn : firstRow, columnTable: columnTable,
        firstColumn: isTransposed ? firstRow : firstColumn)
      let (first, second) = (base + 6 * area, base + 7 * area)
      if let nngp { load(nngp, first) }
      if let ntk { load(ntk, second) }
      let (nngpCotangent, ntkCotangent) = (nngp == nil ? nil : UnsafePointer(first), ntk == nil ? nil : UnsafePointer(second))
      loops.contract(derivatives.nngp11, nngpCotangent, derivatives.ntk11, ntkCotangent, into: result, count: area)
      sums.update(repeating: 0, count: present)
      for i in 0..<height {
        let line = result + i * stride
        for j in 0..<present { sums[j] += line[j] }
      }
      guard let gramCotangent else { return }
      loops.contract(derivatives.nngp12, nngpCotangent, derivatives.ntk12, ntkCotangent, into: result, count: area)
      for i in 0..<height {
        (gramCotangent.base + (firstRow + i) * gramCotangent.rowStride + firstColumn).update(from: result + i * stride, count: present)
      }
    }
  }
}

extension Matrices {
  /// One item as a tensor of its own.
  fileprivate func one(_ index: Int) -> Matrices {
    Matrices(base: item(index), batch: 1, rows: rows, columns: columns, rowStride: rowStride, batchStride: 0)
  }
}
