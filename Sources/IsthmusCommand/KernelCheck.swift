import Compute

/// What every number of a kernel is looked at for, once, on its way from the device to the file.
struct KernelCheck: Sendable {
  let kind: KernelKind
  let precision: Precision
  let columns: Int

  /// - Parameter numbers: whole rows `rows`, `[rows.count, columns]`, as they lie in memory.
  /// - Throws: `CommandLineError.notFiniteKernel` at the first NaN or infinity.
  func check(_ rows: Range<Int>, _ numbers: UnsafeRawBufferPointer) throws(CommandLineError) {
    switch precision {
    case .float64: try check(rows, numbers.bindMemory(to: Double.self))
    case .float32: try check(rows, numbers.bindMemory(to: Float.self))
    }
  }

  private func check<Scalar: BinaryFloatingPoint & SIMDScalar>(
    _ rows: Range<Int>, _ numbers: UnsafeBufferPointer<Scalar>
  ) throws(CommandLineError) {
    guard !Self.isFinite(numbers), let index = numbers.firstIndex(where: { !$0.isFinite }) else { return }
    throw .notFiniteKernel(kernel: kind.rawValue, row: rows.lowerBound + index / columns, column: index % columns, precision: precision)
  }

  /// Zero times a number is zero or, for a NaN or an infinity, NaN: sums of it need no branch.
  @inline(__always)
  private static func isFinite<Scalar: BinaryFloatingPoint & SIMDScalar>(_ numbers: UnsafeBufferPointer<Scalar>) -> Bool {
    let bytes = UnsafeRawBufferPointer(numbers)
    let width = MemoryLayout<SIMD16<Scalar>>.stride
    let whole = bytes.count / width * width
    var sums = (SIMD16<Scalar>.zero, SIMD16<Scalar>.zero)
    for offset in stride(from: 0, to: whole / 2 / width * 2 * width, by: 2 * width) {
      sums.0 += bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<Scalar>.self) * 0
      sums.1 += bytes.loadUnaligned(fromByteOffset: offset + width, as: SIMD16<Scalar>.self) * 0
    }
    var sum = (sums.0 + sums.1).sum()
    for number in numbers[(whole / 2 / width * 2 * width / MemoryLayout<Scalar>.stride)...] { sum += number * 0 }
    return sum == 0
  }
}
