import Foundation

/// Arrays of float64 in NumPy's `.npy` format: version 1.0, little-endian, row-major (`'<f8'`, `fortran_order: False`).
///
/// Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
enum NPYFile {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// - Precondition: `values.count` is the product of `shape`.
  static func encode(_ values: [Double], shape: [Int]) -> [UInt8] {
    let extents = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
    var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(extents)), }"
    // Data begin at a multiple of 64 bytes: magic 6, version 2, length 2, header, line feed.
    header += String(repeating: " ", count: (64 - (10 + header.utf8.count + 1) % 64) % 64) + "\n"
    let length = UInt16(header.utf8.count)
    var bytes = magic + [1, 0, UInt8(truncatingIfNeeded: length), UInt8(length >> 8)] + Array(header.utf8)
    bytes.reserveCapacity(bytes.count + 8 * values.count)
    for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// - Throws: `ResultsError.malformedFile` for anything but row-major little-endian float64 of the stated length.
  static func decode(_ bytes: [UInt8], path: String) throws(ResultsError) -> (shape: [Int], values: [Double]) {
    func malformed(_ reason: String) -> ResultsError { .malformedFile(path: path, reason: reason) }
    guard bytes.count >= 12, bytes.starts(with: magic) else { throw malformed("no .npy file") }
    let lengthBytes: Int
    switch bytes[6] {
    case 1: lengthBytes = 2
    case 2, 3: lengthBytes = 4
    default: throw malformed(".npy version \(bytes[6]) is unknown; expected 1, 2 or 3")
    }
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = 8 + lengthBytes + length
    guard start <= bytes.count else { throw malformed("the header is cut off") }
    let header = String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self)
    guard header.contains("'descr': '<f8'"), header.contains("'fortran_order': False") else {
      throw malformed("expected row-major little-endian float64, got \(header)")
    }
    guard let shape = shape(in: header) else { throw malformed("no shape in the header \(header)") }
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

  private static func shape(in header: String) -> [Int]? {
    guard let key = header.range(of: "'shape': ("), let end = header[key.upperBound...].firstIndex(of: ")") else { return nil }
    let parts = header[key.upperBound..<end].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let extents = parts.filter { !$0.isEmpty }.map { Int($0) }
    guard extents.allSatisfy({ ($0 ?? -1) >= 0 }) else { return nil }
    return extents.compactMap { $0 }
  }
}
