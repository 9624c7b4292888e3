import CPUKernelInterface
import Compute

extension Operations {
  /// Kernels of pairs that share no input: every pair brings both variances, which run through the layers beside it.
  func pairedRecursion(_ job: RecursionJob) {
    let stages = ProgramStages(job.program, continues: job.incomingNTK != nil)
    let inputs = [job.gram, job.rowDiagonal, job.columnDiagonal, job.incomingNTK].compactMap { $0.map { Matrices<Scalar>($0) } }
    let (nngp, ntk) = (job.nngp.map { Matrices<Scalar>($0) }, job.ntk.map { Matrices<Scalar>($0) })
    let (rows, columns) = (job.gram.rows, job.gram.columns)
    let chunks = (columns + Self.tableBlock - 1) / Self.tableBlock
    pool.run(job.gram.batch * rows * chunks) { index in
      let (item, row, first) = (index / chunks / rows, index / chunks % rows, index % chunks * Self.tableBlock)
      let present = min(Self.tableBlock, columns - first)
      let length = padded(present)
      let tableCount = DiagonalTable<Scalar>.count(stages: stages.stages.count, padded: length)
      let area = tileArea(rows: 1, stride: length)
      withTile(2 * area + 2 * tableCount) { base in
        var tile = PairTile(rows: 1, columns: present, stride: length, nngp: base, ntk: base + area)
        tile.isPaired = true
        let rowTable = DiagonalTable(base: base + 2 * area, padded: length)
        let columnTable = DiagonalTable(base: rowTable.base + tableCount, padded: length)
        for (input, target) in zip(inputs, [tile.nngp, rowTable.nngp, columnTable.nngp, tile.ntk]) {
          target.update(from: input.item(item) + row * input.rowStride + first, count: present)
          // The padding repeats the last pair.
          for j in present..<length { target[j] = target[present - 1] }
        }
        for table in [rowTable, columnTable] { runTable(stages, table, first: 0, padded: length) }
        runTile(stages, tile, rowTable: rowTable, firstRow: 0, columnTable: columnTable, firstColumn: 0)
        for (values, out) in [(tile.nngp, nngp), (tile.ntk, ntk)] {
          guard let out else { continue }
          (out.item(item) + row * out.rowStride + first).update(from: values, count: present)
        }
      }
    }
  }
}
