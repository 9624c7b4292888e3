import CPUKernelInterface
import Compute

extension Operations {
  /// Vectors of a tile: its two arrays, six with a Jacobian, then take 24 kB on AVX-512.
  private func tileVectors(hasJacobian: Bool) -> Int { hasJacobian ? 64 : 192 }

  func widePass(_ job: WidePassJob) throws(ComputeError) {
    let stages = ProgramStages(job.program)
    let (points, centres) = (Matrices<Scalar>(job.points), Matrices<Scalar>(job.centres))
    let (coefficients, value) = (Matrices<Scalar>(job.coefficients), Matrices<Scalar>(job.value))
    let jacobian = job.jacobian.map { Matrices<Scalar>($0) }
    let (width, outputs) = (points.columns, coefficients.columns)
    let centreCount = tableCount(stages, centres.rows)
    let products = jacobian == nil ? 0 : centres.rows * outputs * width
    let sumRows = jacobian == nil ? outputs : outputs * (2 + width)
    // What a tile costs beside its pairs counts where these are few; then more points share it, if their sums are few.
    let tilePoints = passTilePoints(points.rows, vectors: centres.rows <= 500 && width + sumRows <= 16 ? 8 : 4)
    let tiles = (points.rows + tilePoints - 1) / tilePoints

    try scratch(centreCount + products).use { base throws(ComputeError) in
      let scaledCentres = base + centreCount
      for item in 0..<points.batch {
        let count = job.centreCounts?[item] ?? centres.rows
        let (pointItem, centreItem) = (points.item(item), centres.item(item))
        let alpha = coefficients.item(item)
        let centreTable = DiagonalTable(base: base, padded: padded(count))
        if count > 0 {
          fillTable(stages, centreItem, rowStride: centres.rowStride, count: count, width: width, at: centreTable.base)
        }
        if jacobian != nil {
          scaleRows(
            alpha, coefficientStride: coefficients.rowStride, outputs: outputs, centreItem, rowStride: centres.rowStride, width: width,
            count: count, into: scaledCentres)
        }
        pool.run(tiles) { tile in
          let first = tile * tilePoints
          passTile(
            stages, job.kind, points: pointItem + first * points.rowStride, pointStride: points.rowStride,
            present: min(tilePoints, points.rows - first), centres: centreItem, centreStride: centres.rowStride, count: count,
            centreTable: centreTable, alpha: alpha, alphaStride: coefficients.rowStride, outputs: outputs, width: width,
            scaledCentres: scaledCentres, value: value.item(item) + first * value.rowStride, valueStride: value.rowStride,
            jacobian: jacobian.map { $0.item(item) + first * $0.rowStride }, jacobianStride: jacobian?.rowStride ?? 0)
        }
      }
    }
  }

  /// All centres for the points of one tile.
  private func passTile(
    _ stages: ProgramStages, _ kind: KernelKind, points: UnsafePointer<Scalar>, pointStride: Int, present: Int,
    centres: UnsafePointer<Scalar>, centreStride: Int, count: Int, centreTable: DiagonalTable<Scalar>, alpha: UnsafePointer<Scalar>,
    alphaStride: Int, outputs: Int, width: Int, scaledCentres: UnsafePointer<Scalar>, value: UnsafeMutablePointer<Scalar>, valueStride: Int,
    jacobian: UnsafeMutablePointer<Scalar>?, jacobianStride: Int
  ) {
    let stride = padded(present)
    let tileCentres = tileVectors(hasJacobian: jacobian != nil) * loops.lanes / stride
    let area = tileArea(rows: tileCentres, stride: stride)
    let sumRows = jacobian == nil ? outputs : outputs * (2 + width)
    let tableCount = tableCount(stages, present)
    withTile((width + sumRows) * stride + tableCount + (jacobian == nil ? 2 : 6) * area) { base in
      let coordinates = base
      let sums = base + width * stride
      let ownSums = sums + outputs * stride
      let crossSums = ownSums + outputs * stride
      let pointTable = DiagonalTable(base: sums + sumRows * stride, padded: stride)
      let nngp = pointTable.base + tableCount
      let ntk = nngp + area
      let derivatives = PairDerivatives(nngp11: ntk + area, nngp12: ntk + 2 * area, ntk11: ntk + 3 * area, ntk12: ntk + 4 * area)
      transpose(points, rowStride: pointStride, rows: present, width: width, into: coordinates, stride: stride)
      loops.squares(
        points: coordinates, pointStride: stride, width: width, factor: 1 / Scalar(width), into: pointTable.nngp, padded: stride)
      runTable(stages, pointTable, first: 0, padded: stride)
      sums.update(repeating: 0, count: sumRows * stride)

      for first in Swift.stride(from: 0, to: count, by: tileCentres) {
        let rows = min(tileCentres, count - first)
        let tile = PairTile(rows: rows, columns: stride, stride: stride, nngp: nngp, ntk: ntk)
        loops.gram(
          centres: centres + first * centreStride, centreStride: centreStride, rows: rows, points: coordinates, pointStride: stride,
          width: width, factor: 1 / Scalar(width), into: nngp, stride: stride)
        if jacobian == nil {
          runTile(stages, tile, rowTable: centreTable, firstRow: first, columnTable: pointTable, firstColumn: 0)
        } else {
          runTile(stages, tile, derivatives, rowTable: centreTable, firstRow: first, columnTable: pointTable, firstColumn: 0)
        }
        let factors = alpha + first * alphaStride
        loops.accumulate(
          kind == .nngp ? nngp : ntk, rows: rows, padded: stride, stride: stride, coefficients: factors, coefficientStride: alphaStride,
          outputs: outputs, into: sums, sumStride: stride)
        guard jacobian != nil else { continue }
        loops.accumulate(
          kind == .nngp ? derivatives.nngp11 : derivatives.ntk11, rows: rows, padded: stride, stride: stride, coefficients: factors,
          coefficientStride: alphaStride, outputs: outputs, into: ownSums, sumStride: stride)
        loops.accumulate(
          kind == .nngp ? derivatives.nngp12 : derivatives.ntk12, rows: rows, padded: stride, stride: stride,
          coefficients: scaledCentres + first * outputs * width, coefficientStride: outputs * width, outputs: outputs * width,
          into: crossSums, sumStride: stride)
      }

      loops.transpose(sums, rowStep: stride, rows: outputs, columns: present, into: value, outStep: valueStride)
      guard let jacobian else { return }
      loops.finishSlopes(
        SlopeTile(stride: stride, width: width, outputs: outputs, points: coordinates, own: ownSums, cross: crossSums),
        factor: 1 / Scalar(width), present: present, into: jacobian, rowStride: jacobianStride)
    }
  }
}
