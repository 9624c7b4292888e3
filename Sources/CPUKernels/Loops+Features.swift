import CPUKernelInterface
import WideKernels

/// All features of a tile, compiled for each activation: only what depends on it stands in this type.
private struct FeatureLoop<Loops: TileLoops>: ActivationVisitor {
  typealias Two = Twin<Loops.V>
  typealias Four = Twin<Two>
  let loops: Loops
  let tile: FeatureTile<Loops.Scalar>

  func visit<A: Activation>(_ activation: A) {
    let slopes = tile.products.map { _ in tile.work + loops.featureBlock * tile.stride }
    var first = 0
    while first < tile.features {
      let rows = min(loops.featureBlock, tile.features - first)
      loops.preactivations(tile, first: first, rows: rows)
      let count = rows * tile.stride
      // Four vectors at a time, of which the last ones may lie behind the features.
      var e = count
      while e % Four.lanes != 0 {
        Loops.V.zero.store(tile.work + e)
        e += Loops.V.lanes
      }
      e = 0
      if let slopes {
        while e < count {
          let feature = activation.value(PairJet<Two>.q12(Two(tile.work + e)))
          feature.value.store(tile.work + e)
          feature.d12.store(slopes + e)
          e += Two.lanes
        }
      } else {
        while e < count {
          activation.value(Four(tile.work + e)).store(tile.work + e)
          e += Four.lanes
        }
      }
      loops.addFeatures(tile, first: first, rows: rows, slopes: slopes)
      first += rows
    }
  }
}

extension TileLoops {
  package var featureBlock: Int { 32 }

  @inline(never)
  package func features(_ activation: any Activation, _ tile: FeatureTile<Scalar>) {
    ActivationCatalog.visit(activation, FeatureLoop(loops: self, tile: tile))
  }

  /// w_m·z_j + β_m for `rows` features and all points of the tile, four features at a time so that their sums overlap.
  @inline(never)
  fileprivate func preactivations(_ tile: FeatureTile<Scalar>, first: Int, rows: Int) {
    @inline(__always) func bias(_ m: Int) -> V { tile.biases.map { V(repeating: $0[m * tile.biasStride]) } ?? .zero }
    var i = 0
    while i + 4 <= rows {
      let m = first + i
      let (w0, w1) = (tile.weights + m * tile.weightStride, tile.weights + (m + 1) * tile.weightStride)
      let (w2, w3) = (tile.weights + (m + 2) * tile.weightStride, tile.weights + (m + 3) * tile.weightStride)
      let (b0, b1, b2, b3) = (bias(m), bias(m + 1), bias(m + 2), bias(m + 3))
      var j = 0
      while j < tile.stride {
        var (x0, x1, x2, x3) = (b0, b1, b2, b3)
        for k in 0..<tile.width {
          let z = V(tile.points + k * tile.stride + j)
          x0 = V.fma(V(repeating: w0[k]), z, x0)
          x1 = V.fma(V(repeating: w1[k]), z, x1)
          x2 = V.fma(V(repeating: w2[k]), z, x2)
          x3 = V.fma(V(repeating: w3[k]), z, x3)
        }
        let target = tile.work + i * tile.stride + j
        x0.store(target)
        x1.store(target + tile.stride)
        x2.store(target + 2 * tile.stride)
        x3.store(target + 3 * tile.stride)
        j += V.lanes
      }
      i += 4
    }
    while i < rows {
      let weights = tile.weights + (first + i) * tile.weightStride
      var j = 0
      while j < tile.stride {
        var x = bias(first + i)
        for k in 0..<tile.width { x = V.fma(V(repeating: weights[k]), V(tile.points + k * tile.stride + j), x) }
        x.store(tile.work + i * tile.stride + j)
        j += V.lanes
      }
      i += 1
    }
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
