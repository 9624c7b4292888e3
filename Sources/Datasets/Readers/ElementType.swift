/// A type of number that array files hold, with its decoding to `Double`.
enum ElementType: Sendable {
  case uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32, float64

  var byteCount: Int {
    switch self {
    case .uint8, .int8: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// The numbers at `offset`; unsigned bytes stay bytes. Nil if a 64-bit integer is no `Double` (beyond 2^53).
  ///
  /// Precondition: `bytes` holds `count` elements from `offset` on.
  func decode(_ bytes: [UInt8], from offset: Int, count: Int, isBigEndian: Bool) -> PointStorage? {
    precondition(offset >= 0 && count >= 0 && count <= (bytes.count - offset) / byteCount, "elements outside of the bytes")

    func integers<Element: FixedWidthInteger>(_: Element.Type) -> PointStorage? {
      bytes.withUnsafeBytes { raw in
        var numbers: [Double] = []
        numbers.reserveCapacity(count)
        for i in 0..<count {
          let stored = raw.loadUnaligned(fromByteOffset: offset + i * byteCount, as: Element.self)
          guard let number = Double(exactly: isBigEndian ? Element(bigEndian: stored) : Element(littleEndian: stored)) else { return nil }
          numbers.append(number)
        }
        return .doubles(numbers)
      }
    }
    func floats<Bits: FixedWidthInteger>(_: Bits.Type, _ number: (Bits) -> Double) -> PointStorage {
      bytes.withUnsafeBytes { raw in
        .doubles(
          (0..<count).map { i in
            let stored = raw.loadUnaligned(fromByteOffset: offset + i * byteCount, as: Bits.self)
            return number(isBigEndian ? Bits(bigEndian: stored) : Bits(littleEndian: stored))
          })
      }
    }

    return switch self {
    case .uint8: .bytes(Array(bytes[offset..<offset + count]))
    case .int8: integers(Int8.self)
    case .uint16: integers(UInt16.self)
    case .int16: integers(Int16.self)
    case .uint32: integers(UInt32.self)
    case .int32: integers(Int32.self)
    case .uint64: integers(UInt64.self)
    case .int64: integers(Int64.self)
    case .float32: floats(UInt32.self) { Double(Float(bitPattern: $0)) }
    case .float64: floats(UInt64.self) { Double(bitPattern: $0) }
    }
  }
}

/// Sizes that a header claims, checked before anything of that size is allocated.
enum ClaimedSize {
  /// Product of the dimensions, or nil where it (or its count of bytes) overflows or a dimension is negative.
  static func elements(_ shape: [Int], byteCount: Int) -> Int? {
    var product = 1
    for dimension in shape {
      guard dimension >= 0 else { return nil }
      let (next, overflows) = product.multipliedReportingOverflow(by: dimension)
      if overflows { return nil }
      product = next
    }
    // Half of the range is left for the header, so that the sum cannot overflow.
    return product <= Int.max / 2 / byteCount ? product : nil
  }

  /// - Throws: `DatasetError.truncated` or `.trailingBytes` unless the file has exactly `expected` bytes.
  static func check(path: String, expected: Int, found: Int) throws(DatasetError) {
    if found < expected { throw .truncated(path: path, expected: expected, found: found) }
    if found > expected { throw .trailingBytes(path: path, expected: expected, found: found) }
  }
}
