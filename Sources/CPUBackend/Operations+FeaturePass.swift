import CPUKernelInterface
import Compute

extension Operations {
  func featurePass(_ job: FeaturePassJob) throws(ComputeError) {
    let (points, weights) = (Matrices<Scalar>(job.points), Matrices<Scalar>(job.weights))
    let (coefficients, value) = (Matrices<Scalar>(job.coefficients), Matrices<Scalar>(job.value))
    let biases = job.biases.map { Matrices<Scalar>($0) }
    let jacobian = job.jacobian.map { Matrices<Scalar>($0) }
    let (width, outputs, features) = (points.columns, coefficients.columns, weights.rows)
    let columns = outputs * width
    let tilePoints = passTilePoints(points.rows)
    let tiles = (points.rows + tilePoints - 1) / tilePoints

    try scratch(jacobian == nil ? 0 : features * columns).use { products throws(ComputeError) in
      for item in 0..<points.batch {
        if jacobian != nil {
          pool.run((features + Self.tableBlock - 1) / Self.tableBlock) { block in
            for m in block * Self.tableBlock..<min(features, (block + 1) * Self.tableBlock) {
              let (row, weight) = (coefficients.line(item, m), weights.line(item, m))
              let target = products + m * columns
              for o in 0..<outputs {
                for k in 0..<width { target[o * width + k] = row[o] * weight[k] }
              }
            }
          }
        }
        pool.run(tiles) { tile in
          let first = tile * tilePoints
          let present = min(tilePoints, points.rows - first)
          let stride = padded(present)
          let sumRows = outputs + (jacobian == nil ? 0 : columns)
          let work = (jacobian == nil ? 1 : 2) * tileArea(rows: loops.featureBlock, stride: stride)
          withTile((width + sumRows) * stride + work) { base in
            let sums = base + width * stride
            transpose(points.line(item, first), rowStride: points.rowStride, rows: present, width: width, into: base, stride: stride)
            sums.update(repeating: 0, count: sumRows * stride)
            loops.features(
              job.activation,
              FeatureTile(
                points: base, stride: stride, width: width, features: features, weights: weights.item(item),
                weightStride: weights.rowStride, biases: biases.map { UnsafePointer($0.item(item)) }, biasStride: biases?.rowStride ?? 0,
                coefficients: coefficients.item(item), coefficientStride: coefficients.rowStride, outputs: outputs,
                products: jacobian == nil ? nil : UnsafePointer(products), work: sums + sumRows * stride, sums: sums))
            loops.transpose(
              sums, rowStep: stride, rows: outputs, columns: present, into: value.line(item, first), outStep: value.rowStride)
            guard let jacobian else { return }
            loops.transpose(
              sums + outputs * stride, rowStep: stride, rows: columns, columns: present, into: jacobian.line(item, first),
              outStep: jacobian.rowStride)
          }
        }
      }
    }
  }

  /// Up to four vectors of points, with several threads fewer where each would have less than two tiles; a point's sums are the same in any
  /// tile.
  func passTilePoints(_ points: Int) -> Int {
    guard pool.count > 1 else { return 4 * loops.lanes }
    let share = padded(points) / (loops.lanes * pool.count)
    return min(4, max(1, share / 2)) * loops.lanes
  }
}
