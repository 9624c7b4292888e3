/// Arrays of floating-point numbers as whole files: version 1.0, little-endian, row-major (`'<f8'`, `fortran_order: False`).
package enum NPYFile {
  /// The file of float64 numbers.
  ///
  /// - Precondition: `values.count` is the product of `shape`.
  package static func encode(_ values: [Double], shape: [Int]) -> [UInt8] {
    encode(shape: shape, descr: "<f8", values.map(\.bitPattern.littleEndian))
  }

  /// The file of the numbers rounded to float32, `'<f4'`.
  ///
  /// - Precondition: `values.count` is the product of `shape`.
  package static func encodeRounded(_ values: [Double], shape: [Int]) -> [UInt8] {
    encode(shape: shape, descr: "<f4", values.map { Float($0).bitPattern.littleEndian })
  }

  private static func encode<Bits: FixedWidthInteger>(shape: [Int], descr: String, _ bits: [Bits]) -> [UInt8] {
    var bytes = NPYHeader(descr: descr, shape: shape).encoded
    bytes.reserveCapacity(bytes.count + MemoryLayout<Bits>.size * bits.count)
    bits.withUnsafeBytes { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Why bytes are no file of float64 numbers.
  package struct Fault: Error, Equatable {
    /// What was expected and what came.
    package let reason: String
  }

  /// Reads a file that `encode` wrote, or NumPy.
  ///
  /// - Throws: a fault for anything but row-major little-endian float64 of the stated length.
  package static func decode(_ bytes: [UInt8]) throws(Fault) -> (shape: [Int], values: [Double]) {
    guard bytes.count >= 12, bytes.starts(with: NPYHeader.magic) else { throw Fault(reason: "no .npy file") }
    let version = NPYVersion(bytes)
    guard let sizeByteCount = version.sizeByteCount else {
      throw Fault(reason: ".npy version \(bytes[6]) is unknown; expected 1, 2 or 3")
    }
    let first = NPYVersion.end + sizeByteCount
    let start = first + NPYVersion.headerSize(bytes[NPYVersion.end..<first])
    guard start <= bytes.count else { throw Fault(reason: "the header is cut off") }
    let text = String(decoding: bytes[first..<start], as: UTF8.self)
    guard let header = NPYHeader(parsing: text), header.descr == "<f8", !header.isFortranOrder else {
      throw Fault(reason: "expected row-major little-endian float64, got \(text)")
    }
    let shape = header.shape
    var count = 1
    for extent in shape {
      let (product, hasOverflow) = count.multipliedReportingOverflow(by: extent)
      guard !hasOverflow, product <= bytes.count else { throw Fault(reason: "shape \(shape) is larger than the file") }
      count = product
    }
    guard bytes.count - start == 8 * count else {
      throw Fault(reason: "shape \(shape) expects \(8 * count) bytes of data, got \(bytes.count - start)")
    }
    let values = bytes.withUnsafeBytes { bytes in
      (0..<count).map {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8 * $0, as: UInt64.self)))
      }
    }
    return (shape, values)
  }
}
