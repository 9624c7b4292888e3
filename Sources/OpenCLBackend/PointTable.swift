import Compute
import WideKernels

/// A table of points.cl on the device: one column per point.
struct PointTable {
  let buffer: OpenCLBuffer
  /// Rows of coordinates, 0 where only variances are kept.
  let coordinates: Int
  /// Pointwise nodes of the program.
  let levels: Int
  let count: Int
  /// `count` rounded up to whole vectors.
  let padded: Int

  var rows: Int { coordinates + 2 * levels + 2 }
}

extension OpenCLBackend {
  /// Vectors of pairs of a program that a work-item computes side by side. Duals by quadrature are loops with sums enough side
  /// by side.
  func copies(_ program: CovarianceProgram, _ tiles: OperationTiles) -> Int { program.dualError > 0 ? 1 : tiles.copies }
}

extension OpenCLBackend {
  /// - Parameters:
  ///   - source: points `[batch, n, w]`, or their variances `[batch, n, 1]`.
  ///   - keepsCoordinates: whether points are copied to the table too.
  ///   - lanes: of the kernel that reads the table; nil takes the device's own.
  func pointTable(
    _ program: CovarianceProgram, _ source: Tensor, areVariances: Bool, keepsCoordinates: Bool = true, lanes: Int? = nil
  ) throws(ComputeError) -> PointTable {
    let lanes = lanes ?? tiles.lanes(source.precision)
    let coordinates = areVariances || !keepsCoordinates ? 0 : source.columns
    let padded = max(1, (source.rows + lanes - 1) / lanes) * lanes
    let levels = program.levelCount
    let table = PointTable(
      buffer: try scratch(source.batch * (coordinates + 2 * levels + 2) * padded, source.precision), coordinates: coordinates,
      levels: levels, count: source.rows, padded: padded)
    guard source.rows > 0 else { return table }
    let generator = GeneratedSource(precision: source.precision)
    try launch(
      pointRequest(program, source.precision, lanes: lanes, areVariances: areVariances, nngp: true, ntk: true), "points_table",
      generated: { () throws(ComputeError) in try generator.pointLevels(program) }, global: [padded / lanes, source.batch],
      local: [tiles.group, 1],
      [try view(source), .buffer(table.buffer), .int(source.rows), .int(padded), .int(source.columns), .int(coordinates)])
    return table
  }

  /// Writes the diagonal forms onto the diagonals of symmetric results.
  func writeDiagonal(_ program: CovarianceProgram, _ table: PointTable, nngp: Tensor?, ntk: Tensor?, areVariances: Bool)
    throws(ComputeError)
  {
    guard let any = nngp ?? ntk else { return }
    let generator = GeneratedSource(precision: any.precision)
    try launch(
      pointRequest(
        program, any.precision, lanes: tiles.lanes(any.precision), areVariances: areVariances, nngp: nngp != nil, ntk: ntk != nil),
      "points_diagonal",
      generated: { () throws(ComputeError) in try generator.pointLevels(program) }, global: [table.count, any.batch],
      local: [16, 1],
      [.buffer(table.buffer), .int(table.rows), .int(table.count), .int(table.padded), try view(nngp ?? any), try view(ntk ?? any)])
  }

  private func pointRequest(
    _ program: CovarianceProgram, _ precision: Precision, lanes: Int, areVariances: Bool, nngp: Bool, ntk: Bool
  ) -> KernelRequest {
    KernelRequest(
      file: "points", precision: precision, lanes: lanes,
      defines: ["FROM_DIAGONAL": areVariances ? 1 : 0, "WRITES_NNGP": nngp ? 1 : 0, "WRITES_NTK": ntk ? 1 : 0],
      generatedKey: "levels \(program)")
  }
}
