import CPUKernelInterface
import WideKernels

// What stands around the layers of a tile: products of inputs before, sums and copies after.
//
// Blocks of sums stay in registers: of four rows or outputs and four vectors of columns in the 32 registers of AVX-512, two in the 16 of older
// instruction sets.
extension TileLoops {
  @inline(never)
  func gram(
    centres: UnsafePointer<Scalar>, centreStride: Int, rows: Int, points: UnsafePointer<Scalar>, pointStride: Int, width: Int,
    factor: Scalar, into q12: UnsafeMutablePointer<Scalar>, stride: Int
  ) {
    pointProducts(
      centres, rowStride: centreStride, rows: rows, starts: nil, startStep: 0, points: points, pointStride: pointStride, width: width,
      factor: factor, into: q12, stride: stride)
  }

  /// out[i, j] ← factor · (starts[i·startStep] + x_i·p_j) for `rows` rows of X and points given by coordinates; null starts count as 0.
  @inline(never)
  func pointProducts(
    _ x: UnsafePointer<Scalar>, rowStride: Int, rows: Int, starts: UnsafePointer<Scalar>?, startStep: Int, points: UnsafePointer<Scalar>,
    pointStride: Int, width: Int, factor: Scalar, into out: UnsafeMutablePointer<Scalar>, stride: Int
  ) {
    @inline(__always) func start(_ row: Int) -> Scalar { starts.map { $0[row &* startStep] } ?? 0 }
    /// A block of four rows, or of `rows` fewer, and as many columns as `Columns` has lanes.
    @inline(__always) func block<Columns: Vector>(_ first: Int, _ rows: Int, _ column: Int, _: Columns.Type)
    where Columns.Scalar == Scalar {
      let factors = Columns(repeating: factor)
      let lines = (0, min(1, rows - 1), min(2, rows - 1), min(3, rows - 1))
      let row = x + first * rowStride
      let (c0, c1) = (row, row + lines.1 * rowStride)
      let (c2, c3) = (row + lines.2 * rowStride, row + lines.3 * rowStride)
      @inline(__always) func begin(_ line: Int) -> Columns { Columns(repeating: start(first + line)) }
      var (s0, s1, s2, s3) = (begin(0), begin(lines.1), begin(lines.2), begin(lines.3))
      for k in 0..<width {
        let point = Columns(points + k * pointStride + column)
        s0 = Columns.fma(Columns(repeating: c0[k]), point, s0)
        s1 = Columns.fma(Columns(repeating: c1[k]), point, s1)
        s2 = Columns.fma(Columns(repeating: c2[k]), point, s2)
        s3 = Columns.fma(Columns(repeating: c3[k]), point, s3)
      }
      let target = out + first * stride + column
      (factors * s0).store(target)
      (factors * s1).store(target + lines.1 * stride)
      (factors * s2).store(target + lines.2 * stride)
      (factors * s3).store(target + lines.3 * stride)
    }
    /// A block of eight rows, or of `rows` fewer, and one vector of columns: with four sums each would wait for the one before.
    @inline(__always) func eight(_ first: Int, _ rows: Int, _ column: Int) {
      let factors = Twin<V>(repeating: factor)
      @inline(__always) func line(_ row: Int) -> Int { min(row, rows - 1) }
      let row = x + first * rowStride
      let (c0, c1, c2, c3) = (row, row + line(1) * rowStride, row + line(2) * rowStride, row + line(3) * rowStride)
      let (c4, c5) = (row + line(4) * rowStride, row + line(5) * rowStride)
      let (c6, c7) = (row + line(6) * rowStride, row + line(7) * rowStride)
      @inline(__always) func starts(_ a: Int, _ b: Int) -> Twin<V> {
        Twin(V(repeating: start(first + line(a))), V(repeating: start(first + line(b))))
      }
      var (s04, s15, s26, s37) = (starts(0, 4), starts(1, 5), starts(2, 6), starts(3, 7))
      for k in 0..<width {
        let point = V(points + k * pointStride + column)
        let both = Twin(point, point)
        s04 = Twin.fma(Twin(V(repeating: c0[k]), V(repeating: c4[k])), both, s04)
        s15 = Twin.fma(Twin(V(repeating: c1[k]), V(repeating: c5[k])), both, s15)
        s26 = Twin.fma(Twin(V(repeating: c2[k]), V(repeating: c6[k])), both, s26)
        s37 = Twin.fma(Twin(V(repeating: c3[k]), V(repeating: c7[k])), both, s37)
      }
      let target = out + first * stride + column
      (factors * s04).store(target, target + line(4) * stride)
      (factors * s15).store(target + line(1) * stride, target + line(5) * stride)
      (factors * s26).store(target + line(2) * stride, target + line(6) * stride)
      (factors * s37).store(target + line(3) * stride, target + line(7) * stride)
    }
    var j = 0
    while Self.isWide, j + 4 * V.lanes <= stride {
      for i in Swift.stride(from: 0, to: rows, by: 4) { block(i, min(4, rows - i), j, Twin<Twin<V>>.self) }
      j += 4 * V.lanes
    }
    while j + 2 * V.lanes <= stride {
      for i in Swift.stride(from: 0, to: rows, by: 4) { block(i, min(4, rows - i), j, Twin<V>.self) }
      j += 2 * V.lanes
    }
    guard j < stride else { return }
    for i in Swift.stride(from: 0, to: rows, by: 8) { eight(i, min(8, rows - i), j) }
  }

  @inline(never)
  func squares(
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
  func accumulate(
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
    /// The sums of eight outputs in one vector of columns.
    @inline(__always) func eight(_ o: Int, _ j: Int) {
      let target = sums + o * sumStride + j
      let upper = target + 4 * sumStride
      var (s04, s15) = (Twin<V>(V(target), V(upper)), Twin<V>(V(target + sumStride), V(upper + sumStride)))
      var s26 = Twin<V>(V(target + 2 * sumStride), V(upper + 2 * sumStride))
      var s37 = Twin<V>(V(target + 3 * sumStride), V(upper + 3 * sumStride))
      var (line, factors) = (tile + j, coefficients + o)
      for _ in 0..<rows {
        let value = V(line)
        let both = Twin(value, value)
        s04 = Twin.fma(Twin(V(repeating: factors[0]), V(repeating: factors[4])), both, s04)
        s15 = Twin.fma(Twin(V(repeating: factors[1]), V(repeating: factors[5])), both, s15)
        s26 = Twin.fma(Twin(V(repeating: factors[2]), V(repeating: factors[6])), both, s26)
        s37 = Twin.fma(Twin(V(repeating: factors[3]), V(repeating: factors[7])), both, s37)
        line += stride
        factors += coefficientStride
      }
      s04.store(target, upper)
      s15.store(target + sumStride, upper + sumStride)
      s26.store(target + 2 * sumStride, upper + 2 * sumStride)
      s37.store(target + 3 * sumStride, upper + 3 * sumStride)
    }
    let whole = outputs - outputs % 4
    var j = 0
    while Self.isWide, j + 4 * V.lanes <= padded {
      for o in Swift.stride(from: 0, to: whole, by: 4) { four(o, j, Twin<Twin<V>>.self) }
      for o in whole..<outputs { one(o, j, Twin<Twin<V>>.self) }
      j += 4 * V.lanes
    }
    while j + 2 * V.lanes <= padded {
      for o in Swift.stride(from: 0, to: whole, by: 4) { four(o, j, Twin<V>.self) }
      for o in whole..<outputs { one(o, j, Twin<V>.self) }
      j += 2 * V.lanes
    }
    guard j < padded else { return }
    for o in Swift.stride(from: 0, to: outputs - outputs % 8, by: 8) { eight(o, j) }
    for o in Swift.stride(from: outputs - outputs % 8, to: whole, by: 4) { four(o, j, V.self) }
    for o in whole..<outputs { one(o, j, V.self) }
  }

  @inline(never)
  func scaleRows(
    _ coefficients: UnsafePointer<Scalar>, coefficientStride: Int, outputs: Int, _ x: UnsafePointer<Scalar>, rowStride: Int, width: Int,
    rows: Range<Int>, into products: UnsafeMutablePointer<Scalar>
  ) {
    for i in rows {
      let row = x + i * rowStride
      for o in 0..<outputs {
        let coefficient = coefficients[i &* coefficientStride &+ o]
        let target = products + (i * outputs + o) * width
        var k = 0
        while k + V.lanes <= width {
          (V(repeating: coefficient) * V(row + k)).store(target + k)
          k += V.lanes
        }
        while k < width {
          target[k] = coefficient * row[k]
          k += 1
        }
      }
    }
  }

  @inline(never)
  func contract(
    _ a: UnsafePointer<Scalar>, _ nngpCotangent: UnsafePointer<Scalar>?, _ b: UnsafePointer<Scalar>,
    _ ntkCotangent: UnsafePointer<Scalar>?, into out: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    for i in 0..<count { out[i] = (nngpCotangent.map { a[i] * $0[i] } ?? 0) + (ntkCotangent.map { b[i] * $0[i] } ?? 0) }
  }

  @inline(never)
  func mirror(
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
