import CPUKernelInterface
import WideKernels

// What stands around the layers of a tile: products of inputs before, sums and copies after.
extension TileLoops {
  @inline(never)
  package func gram(
    centres: UnsafePointer<Scalar>, centreStride: Int, rows: Int, points: UnsafePointer<Scalar>, pointStride: Int, width: Int,
    factor: Scalar, into q12: UnsafeMutablePointer<Scalar>, stride: Int
  ) {
    /// Of four rows, or of `rows` fewer, and as many columns as `Columns` has lanes.
    @inline(__always) func block<Columns: Vector>(_ first: Int, _ rows: Int, _ column: Int, _: Columns.Type)
    where Columns.Scalar == Scalar {
      let factors = Columns(repeating: factor)
      let lines = (0, min(1, rows - 1), min(2, rows - 1), min(3, rows - 1))
      let centre = centres + first * centreStride
      let (c0, c1) = (centre, centre + lines.1 * centreStride)
      let (c2, c3) = (centre + lines.2 * centreStride, centre + lines.3 * centreStride)
      var (s0, s1, s2, s3) = (Columns.zero, Columns.zero, Columns.zero, Columns.zero)
      for k in 0..<width {
        let point = Columns(points + k * pointStride + column)
        s0 = Columns.fma(Columns(repeating: c0[k]), point, s0)
        s1 = Columns.fma(Columns(repeating: c1[k]), point, s1)
        s2 = Columns.fma(Columns(repeating: c2[k]), point, s2)
        s3 = Columns.fma(Columns(repeating: c3[k]), point, s3)
      }
      let target = q12 + first * stride + column
      (factors * s0).store(target)
      (factors * s1).store(target + lines.1 * stride)
      (factors * s2).store(target + lines.2 * stride)
      (factors * s3).store(target + lines.3 * stride)
    }
    var i = 0
    while i < rows {
      let height = min(4, rows - i)
      var j = 0
      while j + 4 * V.lanes <= stride {
        block(i, height, j, Twin<Twin<V>>.self)
        j += 4 * V.lanes
      }
      while j < stride {
        block(i, height, j, V.self)
        j += V.lanes
      }
      i += 4
    }
  }

  @inline(never)
  package func squares(
    points: UnsafePointer<Scalar>, pointStride: Int, width: Int, factor: Scalar, into squares: UnsafeMutablePointer<Scalar>, padded: Int
  ) {
    let factors = V(repeating: factor)
    var j = 0
    while j < padded {
      var sum = V.zero
      for k in 0..<width {
        let coordinate = V(points + k * pointStride + j)
        sum = V.fma(coordinate, coordinate, sum)
      }
      (factors * sum).store(squares + j)
      j += V.lanes
    }
  }

  @inline(never)
  package func accumulate(
    _ tile: UnsafePointer<Scalar>, rows: Int, padded: Int, stride: Int, coefficients: UnsafePointer<Scalar>, coefficientStride: Int,
    outputs: Int, into sums: UnsafeMutablePointer<Scalar>, sumStride: Int
  ) {
    /// The sums of four outputs, or of the one at `o`, in as many columns as `Columns` has lanes.
    @inline(__always) func four<Columns: Vector>(_ o: Int, _ j: Int, _: Columns.Type) where Columns.Scalar == Scalar {
      let target = sums + o * sumStride + j
      var (s0, s1) = (Columns(target), Columns(target + sumStride))
      var (s2, s3) = (Columns(target + 2 * sumStride), Columns(target + 3 * sumStride))
      var (line, factors) = (tile + j, coefficients + o)
      for _ in 0..<rows {
        let value = Columns(line)
        s0 = Columns.fma(Columns(repeating: factors[0]), value, s0)
        s1 = Columns.fma(Columns(repeating: factors[1]), value, s1)
        s2 = Columns.fma(Columns(repeating: factors[2]), value, s2)
        s3 = Columns.fma(Columns(repeating: factors[3]), value, s3)
        line += stride
        factors += coefficientStride
      }
      s0.store(target)
      s1.store(target + sumStride)
      s2.store(target + 2 * sumStride)
      s3.store(target + 3 * sumStride)
    }
    @inline(__always) func one<Columns: Vector>(_ o: Int, _ j: Int, _: Columns.Type) where Columns.Scalar == Scalar {
      let target = sums + o * sumStride + j
      var sum = Columns(target)
      var (line, factors) = (tile + j, coefficients + o)
      for _ in 0..<rows {
        sum = Columns.fma(Columns(repeating: factors[0]), Columns(line), sum)
        line += stride
        factors += coefficientStride
      }
      sum.store(target)
    }
    let whole = outputs - outputs % 4
    var j = 0
    while j + 4 * V.lanes <= padded {
      for o in Swift.stride(from: 0, to: whole, by: 4) { four(o, j, Twin<Twin<V>>.self) }
      for o in whole..<outputs { one(o, j, Twin<Twin<V>>.self) }
      j += 4 * V.lanes
    }
    while j < padded {
      for o in Swift.stride(from: 0, to: whole, by: 4) { four(o, j, V.self) }
      for o in whole..<outputs { one(o, j, V.self) }
      j += V.lanes
    }
  }

  @inline(never)
  package func contract(
    _ a: UnsafePointer<Scalar>, _ nngpCotangent: UnsafePointer<Scalar>?, _ b: UnsafePointer<Scalar>,
    _ ntkCotangent: UnsafePointer<Scalar>?, into out: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    for i in 0..<count { out[i] = (nngpCotangent.map { a[i] * $0[i] } ?? 0) + (ntkCotangent.map { b[i] * $0[i] } ?? 0) }
  }

  @inline(never)
  package func mirror(
    _ tile: UnsafePointer<Scalar>, stride: Int, rows: Int, columns: Int, distance: Int, into out: UnsafeMutablePointer<Scalar>,
    rowStride: Int
  ) {
    // By way of a buffer, from which whole cache lines are written: single numbers would wait for one line after the other.
    let block = 16
    withUnsafeTemporaryAllocation(byteCount: block * rows * MemoryLayout<Scalar>.stride, alignment: 64) { memory in
      guard let base = memory.baseAddress else { return }
      let buffer = base.bindMemory(to: Scalar.self, capacity: block * rows)
      for first in Swift.stride(from: 0, to: columns, by: block) {
        let present = min(block, columns - first)
        for i in 0..<rows {
          let source = tile + i * stride + first
          for j in 0..<present { buffer[j * rows + i] = source[j] }
        }
        for j in 0..<present {
          let start = max(0, first + j - distance + 1)
          if start < rows { (out + (first + j) * rowStride + start).update(from: buffer + j * rows + start, count: rows - start) }
        }
      }
    }
  }
}
