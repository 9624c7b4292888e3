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
    let tilePoints = passTilePoints(points.rows, vectors: 4)
    let tiles = (points.rows + tilePoints - 1) / tilePoints

    try scratch(jacobian == nil ? 0 : features * columns).use { products throws(ComputeError) in
      for item in 0..<points.batch {
        if jacobian != nil {
          scaleRows(
            coefficients.item(item), coefficientStride: coefficients.rowStride, outputs: outputs, weights.item(item),
            rowStride: weights.rowStride, width: width, count: features, into: products)
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

  /// Coefficient times row `[count, outputs · width]`: what the sums of slopes take as coefficients.
  func scaleRows(
    _ coefficients: UnsafePointer<Scalar>, coefficientStride: Int, outputs: Int, _ x: UnsafePointer<Scalar>, rowStride: Int, width: Int,
    count: Int, into products: UnsafeMutablePointer<Scalar>
  ) {
    pool.run((count + Self.tableBlock - 1) / Self.tableBlock) { block in
      loops.scaleRows(
        coefficients, coefficientStride: coefficientStride, outputs: outputs, x, rowStride: rowStride, width: width,
        rows: block * Self.tableBlock..<min(count, (block + 1) * Self.tableBlock), into: products)
    }
  }

  /// Up to so many vectors of points, with several threads fewer where each would have less than two tiles; a point's sums are the same in
  /// any tile.
  func passTilePoints(_ points: Int, vectors: Int) -> Int {
    guard pool.count > 1 else { return vectors * loops.lanes }
    let share = padded(points) / (loops.lanes * pool.count)
    return min(vectors, max(1, share / 2)) * loops.lanes
  }
}
