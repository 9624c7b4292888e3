import CPUKernelInterface

extension Operations {
  static var tableBlock: Int { DiagonalTable<Scalar>.block }

  /// Memory for the table of `count` inputs.
  func tableCount(_ stages: ProgramStages, _ count: Int) -> Int {
    DiagonalTable<Scalar>.count(stages: stages.stages.count, padded: padded(count))
  }

  /// Table of inputs of one item: `points` is its first, rows `rowStride` apart, of `width` coordinates.
  func fillTable(
    _ stages: ProgramStages, _ points: UnsafePointer<Scalar>, rowStride: Int, count: Int, width: Int,
    at base: UnsafeMutablePointer<Scalar>
  ) {
    let table = DiagonalTable(base: base, padded: padded(count))
    pool.run((count + Self.tableBlock - 1) / Self.tableBlock) { tile in
      let first = tile * Self.tableBlock
      let length = padded(min(Self.tableBlock, count - first))
      // Four vectors at a time: rows of a larger block are a power of two apart, so that its columns share few lines of the cache.
      let block = 4 * loops.lanes
      withTile(width * block) { coordinates in
        for column in stride(from: first, to: first + length, by: block) {
          let stride = min(block, first + length - column)
          transpose(
            points + column * rowStride, rowStride: rowStride, rows: min(block, count - column), width: width, into: coordinates,
            stride: stride)
          loops.squares(
            points: coordinates, pointStride: stride, width: width, factor: 1 / Scalar(width), into: table.nngp + column, padded: stride)
        }
      }
      runTable(stages, table, first: first, padded: length)
    }
  }

  /// Table of inputs packed in panels of `loops.blockColumns`.
  func fillTable(_ stages: ProgramStages, panels: UnsafePointer<Scalar>, count: Int, width: Int, at base: UnsafeMutablePointer<Scalar>) {
    let table = DiagonalTable(base: base, padded: padded(count))
    let panel = loops.blockColumns
    pool.run((count + Self.tableBlock - 1) / Self.tableBlock) { tile in
      let first = tile * Self.tableBlock
      let length = padded(min(Self.tableBlock, count - first))
      for column in stride(from: first, to: first + length, by: panel) {
        loops.squares(
          points: panels + column * width, pointStride: panel, width: width, factor: 1 / Scalar(width), into: table.nngp + column,
          padded: min(panel, first + length - column))
      }
      // The padding repeats the last input.
      for i in max(first, count)..<max(first + length, count) { table.nngp[i] = table.nngp[count - 1] }
      runTable(stages, table, first: first, padded: length)
    }
  }

  /// Table of inputs whose variances are known: `variances` are `step` apart.
  ///
  /// - Parameter tangents: the tangent kernel of every input with itself that comes in, `tangentStep` apart; nil for 0.
  func fillTable(
    _ stages: ProgramStages, variances: UnsafePointer<Scalar>, step: Int, tangents: UnsafePointer<Scalar>? = nil, tangentStep: Int = 0,
    count: Int, at base: UnsafeMutablePointer<Scalar>
  ) {
    let table = DiagonalTable(base: base, padded: padded(count))
    pool.run((count + Self.tableBlock - 1) / Self.tableBlock) { tile in
      let first = tile * Self.tableBlock
      let length = padded(min(Self.tableBlock, count - first))
      for i in first..<first + length {
        table.nngp[i] = variances[min(i, count - 1) * step]
        table.ntk[i] = tangents.map { $0[min(i, count - 1) * tangentStep] } ?? 0
      }
      runTable(stages, table, first: first, padded: length, startsAtZero: false)
    }
  }

  /// - Parameter startsAtZero: the tangent kernel begins at 0, and not with what the table holds.
  func runTable(_ stages: ProgramStages, _ table: DiagonalTable<Scalar>, first: Int, padded length: Int, startsAtZero: Bool = true) {
    let state = DiagonalState(nngp: table.nngp + first, ntk: table.ntk + first, slope: table.state.slope + first)
    if startsAtZero { state.ntk.update(repeating: 0, count: length) }
    state.slope.update(repeating: 1, count: length)
    for (index, stage) in stages.stages.enumerated() {
      switch stage {
      case .affine(let weight, let bias): loops.diagonalAffine(weight: weight, bias: bias, gain: 1, state, padded: length)
      case .layer(let layer):
        loops.diagonalAffine(weight: layer.weight, bias: layer.bias, gain: layer.gain, state, padded: length)
        (table.variance(index) + first).update(from: state.nngp, count: length)
        noteFarVariances(table, stage: index, of: stages.stages.count, first: first, count: length)
        (table.slope(index) + first).update(from: state.slope, count: length)
        diagonalPointwise(layer.layer, state, padded: length)
        loops.diagonalAffine(weight: layer.outputWeight, bias: layer.outputBias, gain: layer.outputGain, state, padded: length)
      }
    }
  }

  /// Coordinates `[width, stride]` of points that lie row by row; the padding repeats the last point.
  func transpose(
    _ points: UnsafePointer<Scalar>, rowStride: Int, rows: Int, width: Int, into out: UnsafeMutablePointer<Scalar>, stride: Int
  ) {
    loops.transpose(points, rowStep: rowStride, rows: rows, columns: width, into: out, outStep: stride)
    guard rows < stride else { return }
    for k in 0..<width { (out + k * stride + rows).update(repeating: out[k * stride + rows - 1], count: stride - rows) }
  }

  /// Puts pairs into the room behind the tile's last row, which the layers go through with it.
  private func completeTile(_ tile: PairTile<Scalar>, continues: Bool = false) {
    for e in tile.rows * tile.stride..<tileArea(rows: tile.rows, stride: tile.stride) {
      tile.nngp[e] = 0
      if continues { tile.ntk[e] = 0 }
    }
  }

  /// All stages of a tile without derivatives.
  func runTile(
    _ stages: ProgramStages, _ tile: PairTile<Scalar>, rowTable: DiagonalTable<Scalar>, firstRow: Int,
    columnTable: DiagonalTable<Scalar>, firstColumn: Int
  ) {
    completeTile(tile, continues: stages.continues)
    if stages.needsInitialState { tile.ntk.update(repeating: 0, count: tileArea(rows: tile.rows, stride: tile.stride)) }
    for (index, stage) in stages.stages.enumerated() {
      switch stage {
      case .affine(let weight, let bias):
        loops.affine(weight: weight, bias: bias, nngp: tile.nngp, ntk: tile.ntk, padded: tileArea(rows: tile.rows, stride: tile.stride))
      case .layer(let layer):
        let (rows, columns) = (rowTable.variance(index) + firstRow, columnTable.variance(index) + firstColumn)
        if isFar(
          layer, stage: index, of: stages.stages.count, tile, rowTable: rowTable, firstRow: firstRow, columnTable: columnTable,
          firstColumn: firstColumn)
        {
          farLayer(layer, tile, rowVariance: rows, columnVariance: columns)
        } else {
          loops.layer(layer, tile, rowVariance: rows, columnVariance: columns)
        }
      }
    }
  }

  /// All stages of a tile, with derivatives in q12 and in the variance of the columns' inputs.
  func runTile(
    _ stages: ProgramStages, _ tile: PairTile<Scalar>, _ derivatives: PairDerivatives<Scalar>, rowTable: DiagonalTable<Scalar>,
    firstRow: Int, columnTable: DiagonalTable<Scalar>, firstColumn: Int
  ) {
    completeTile(tile)
    let count = tileArea(rows: tile.rows, stride: tile.stride)
    if stages.needsInitialState { startDerivatives(tile, derivatives) }
    for (index, stage) in stages.stages.enumerated() {
      switch stage {
      case .affine(let weight, let bias):
        loops.affine(weight: weight, bias: bias, nngp: tile.nngp, ntk: tile.ntk, padded: count)
        loops.affine(weight: weight, derivatives, padded: count)
      case .layer(let layer):
        let (rows, columns) = (rowTable.variance(index) + firstRow, columnTable.variance(index) + firstColumn)
        let slopes = columnTable.slope(index) + firstColumn
        if isFar(
          layer, stage: index, of: stages.stages.count, tile, rowTable: rowTable, firstRow: firstRow, columnTable: columnTable,
          firstColumn: firstColumn)
        {
          farLayer(layer, tile, derivatives, rowVariance: rows, columnVariance: columns, columnSlope: slopes)
        } else {
          loops.layer(layer, tile, derivatives, rowVariance: rows, columnVariance: columns, columnSlope: slopes)
        }
      }
    }
  }
}
