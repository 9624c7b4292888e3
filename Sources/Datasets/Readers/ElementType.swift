/// A type of number that array files hold, with its decoding.
enum ElementType: Sendable {
  case bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64

  var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// Bytes of an element in memory.
  var storedByteCount: Int {
    switch self {
    case .bool, .uint8: 1
    case .int8, .uint16, .int16, .float16, .float32: 4
    case .uint32, .int32, .uint64, .int64, .float64: 8
    }
  }

  /// The next `count` numbers: bytes stay bytes, what float32 holds becomes float32, everything else float64.
  ///
  /// - Throws: `DatasetError.unsupported` for a 64-bit integer that is no `Double`, `.invalidHeader` for a bool other than 0 and 1, and
  ///   what `stream` throws.
  func read(_ stream: DataStream, count: Int, isBigEndian: Bool) throws(DatasetError) -> PointStorage {
    let reading = Reading(stream: stream, count: count, isBigEndian: isBigEndian, total: stream.position + count * byteCount)
    switch self {
    case .bool:
      let bytes: [UInt8] = try reading.whole()
      if let index = bytes.firstIndex(where: { $0 > 1 }) {
        throw .invalidHeader(
          path: stream.path, format: "an array of bools", reason: "element \(index) (from 0) is \(bytes[index]), neither 0 nor 1")
      }
      return .bytes(bytes)
    case .uint8: return .bytes(try reading.whole())
    case .int8: return .floats(try reading.converted(Int8.self) { Float($0) })
    case .uint16: return .floats(try reading.converted(UInt16.self) { Float($0) })
    case .int16: return .floats(try reading.converted(Int16.self) { Float($0) })
    case .uint32: return .doubles(try reading.converted(UInt32.self) { Double($0) })
    case .int32: return .doubles(try reading.converted(Int32.self) { Double($0) })
    case .uint64: return .doubles(try reading.converted(UInt64.self) { Double(exactly: $0) })
    case .int64: return .doubles(try reading.converted(Int64.self) { Double(exactly: $0) })
    case .float16: return .floats(try reading.converted(UInt16.self, Self.float16))
    case .float32:
      var floats: [Float] = try reading.whole()
      if reading.isSwapped { for i in floats.indices { floats[i] = Float(bitPattern: floats[i].bitPattern.byteSwapped) } }
      return .floats(floats)
    case .float64:
      var doubles: [Double] = try reading.whole()
      if reading.isSwapped { for i in doubles.indices { doubles[i] = Double(bitPattern: doubles[i].bitPattern.byteSwapped) } }
      return .doubles(doubles)
    }
  }

  /// IEEE binary16, which `Float16` is not on every machine: a sign, 5 bits of exponent with bias 15, 10 of significand.
  private static func float16(_ bits: UInt16) -> Float {
    let (exponent, significand) = (bits >> 10 & 0x1F, bits & 0x3FF)
    let magnitude: Float =
      switch exponent {
      case 0: Float(significand) * 0x1p-24
      case 0x1F: significand == 0 ? .infinity : .nan
      default: Float(bitPattern: (UInt32(exponent) + 112) << 23 | UInt32(significand) << 13)
      }
    return bits >> 15 == 1 ? -magnitude : magnitude
  }
}

/// The elements of an array that come next in a stream.
private struct Reading {
  private static let chunk = 1 << 16

  let stream: DataStream
  let count: Int
  let isBigEndian: Bool
  /// Bytes up to the end of the elements.
  let total: Int
  var isSwapped: Bool { isBigEndian == (UInt16(1).littleEndian == 1) }

  /// Read where they will stay.
  func whole<Element: BitwiseCopyable>() throws(DatasetError) -> [Element] {
    try [Element].filled(count: count) { buffer throws(DatasetError) in try stream.readAll(buffer, of: total) }
  }

  func converted<Bits: FixedWidthInteger & BitwiseCopyable, Number>(
    _: Bits.Type, _ number: (Bits) -> Number?
  ) throws(DatasetError) -> [Number] {
    var numbers: [Number] = []
    numbers.reserveCapacity(count)
    var chunk = [Bits](repeating: 0, count: min(count, Self.chunk))
    while numbers.count < count {
      let part = min(chunk.count, count - numbers.count)
      try chunk.fill(first: part) { buffer throws(DatasetError) in try stream.readAll(buffer, of: total) }
      for stored in chunk[..<part] {
        let bits = isSwapped ? stored.byteSwapped : stored
        guard let converted = number(bits) else {
          throw .unsupported(
            path: stream.path, format: "integers", found: "\(bits) as element \(numbers.count) (from 0)",
            supported: "magnitude up to 2^53, which float64 holds exactly")
        }
        numbers.append(converted)
      }
    }
    return numbers
  }
}

/// Sizes that a header claims, checked before anything of that size is allocated.
enum ClaimedSize {
  /// Product of the dimensions, or nil where that of the dimensions that are not zero (or its count of bytes) overflows or a dimension is
  /// negative.
  static func elements(_ shape: [Int], byteCount: Int) -> Int? {
    var product = 1
    for dimension in shape where dimension != 0 {
      guard dimension > 0 else { return nil }
      let (next, overflows) = product.multipliedReportingOverflow(by: dimension)
      if overflows { return nil }
      product = next
    }
    // A quarter of the range is left for what is made of the elements, so that no size of these overflows.
    guard product <= Int.max / 32 / byteCount else { return nil }
    return shape.contains(0) ? 0 : product
  }
}
