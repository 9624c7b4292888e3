import CPUKernelInterface
import WideKernels

/// All features of a tile, compiled for each activation: only what depends on it stands in this type.
private struct FeatureLoop<Loops: TileLoops>: ActivationVisitor {
  typealias V = Loops.V
  typealias Two = Twin<V>
  let loops: Loops
  let tile: FeatureTile<Loops.Scalar>

  @inline(never) func visit<A: Activation>(_ activation: A) {
    let slopes = tile.products.map { _ in tile.work + loops.featureBlock * tile.stride }
    var first = 0
    while first < tile.features {
      let rows = min(loops.featureBlock, tile.features - first)
      loops.preactivations(tile, first: first, rows: rows)
      let count = rows * tile.stride
      // Two vectors at a time, of which the last may lie behind the features.
      var e = count
      while e % Two.lanes != 0 {
        V.zero.store(tile.work + e)
        e += V.lanes
      }
      e = 0
      if let slopes {
        while e < count {
          let feature = activation.value(PairJet<V>.q12(V(tile.work + e)))
          feature.value.store(tile.work + e)
          feature.d12.store(slopes + e)
          e += V.lanes
        }
      } else {
        while e < count {
          activation.value(Two(tile.work + e)).store(tile.work + e)
          e += Two.lanes
        }
      }
      loops.addFeatures(tile, first: first, rows: rows, slopes: slopes)
      first += rows
    }
  }
}

extension TileLoops {
  var featureBlock: Int { 32 }

  @inline(never)
  func features(_ activation: ActivationKind, _ tile: FeatureTile<Scalar>) {
    activation.visit(FeatureLoop(loops: self, tile: tile))
  }

  /// w_m·z_j + β_m for `rows` features and all points of the tile.
  fileprivate func preactivations(_ tile: FeatureTile<Scalar>, first: Int, rows: Int) {
    pointProducts(
      tile.weights + first * tile.weightStride, rowStride: tile.weightStride, rows: rows,
      starts: tile.biases.map { $0 + first * tile.biasStride }, startStep: tile.biasStride, points: tile.points, pointStride: tile.stride,
      width: tile.width, factor: 1, into: tile.work, stride: tile.stride)
  }

  fileprivate func addFeatures(_ tile: FeatureTile<Scalar>, first: Int, rows: Int, slopes: UnsafeMutablePointer<Scalar>?) {
    accumulate(
      tile.work, rows: rows, padded: tile.stride, stride: tile.stride, coefficients: tile.coefficients + first * tile.coefficientStride,
      coefficientStride: tile.coefficientStride, outputs: tile.outputs, into: tile.sums, sumStride: tile.stride)
    guard let slopes, let products = tile.products else { return }
    let columns = tile.outputs * tile.width
    accumulate(
      slopes, rows: rows, padded: tile.stride, stride: tile.stride, coefficients: products + first * columns, coefficientStride: columns,
      outputs: columns, into: tile.sums + tile.outputs * tile.stride, sumStride: tile.stride)
  }
}
