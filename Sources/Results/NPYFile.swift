import NumPyFormat

/// Arrays of float64 in NumPy's `.npy` format: version 1.0, little-endian, row-major (`'<f8'`, `fortran_order: False`).
enum NPYFile {
  /// - Precondition: `values.count` is the product of `shape`.
  static func encode(_ values: [Double], shape: [Int]) -> [UInt8] {
    var bytes = NPYHeader(descr: "<f8", shape: shape).encoded
    bytes.reserveCapacity(bytes.count + 8 * values.count)
    for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// - Throws: `ResultsError.malformedFile` for anything but row-major little-endian float64 of the stated length.
  static func decode(_ bytes: [UInt8], path: String) throws(ResultsError) -> (shape: [Int], values: [Double]) {
    func malformed(_ reason: String) -> ResultsError { .malformedFile(path: path, reason: reason) }
    guard bytes.count >= 12, bytes.starts(with: NPYHeader.magic) else { throw malformed("no .npy file") }
    let lengthBytes: Int
    switch bytes[6] {
    case 1: lengthBytes = 2
    case 2, 3: lengthBytes = 4
    default: throw malformed(".npy version \(bytes[6]) is unknown; expected 1, 2 or 3")
    }
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = 8 + lengthBytes + length
    guard start <= bytes.count else { throw malformed("the header is cut off") }
    let text = String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self)
    guard let header = NPYHeader(parsing: text), header.descr == "<f8", !header.isFortranOrder else {
      throw malformed("expected row-major little-endian float64, got \(text)")
    }
    let shape = header.shape
    var count = 1
    for extent in shape {
      let (product, hasOverflow) = count.multipliedReportingOverflow(by: extent)
      guard !hasOverflow, product <= bytes.count else { throw malformed("shape \(shape) is larger than the file") }
      count = product
    }
    guard bytes.count - start == 8 * count else {
      throw malformed("shape \(shape) expects \(8 * count) bytes of data, got \(bytes.count - start)")
    }
    let values = bytes.withUnsafeBytes { bytes in
      (0..<count).map {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8 * $0, as: UInt64.self)))
      }
    }
    return (shape, values)
  }
}
