import NumPyFormat

/// Where the elements of an NPY file lie, checked against the size of the file.
struct NPYLayout {
  private static let format = "an NPY file"
  private static let types: [String: ElementType] = [
    "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32, "i4": .int32, "u8": .uint64, "i8": .int64, "f4": .float32,
    "f8": .float64,
  ]

  let type: ElementType
  let isBigEndian: Bool
  let isFortranOrder: Bool
  let shape: [Int]
  /// Product of the dimensions.
  let count: Int
  /// Offset of the first element.
  let start: Int

  /// Reads the header of a whole file, whose indices begin at 0.
  ///
  /// - Throws: `DatasetError` for another magic number or type, or a header that claims another size than the file's.
  init<Bytes: RandomAccessCollection<UInt8>>(_ bytes: Bytes, path: String) throws(DatasetError) where Bytes.Index == Int {
    guard bytes.starts(with: NPYHeader.magic) else {
      throw .wrongMagic(path: path, format: Self.format, expected: "byte 93 and 'NUMPY'", found: "\(bytes.count) other bytes")
    }
    guard bytes.count >= 10 else { throw .truncated(path: path, expected: 10, found: bytes.count) }
    let version = bytes[6]
    guard (1...3).contains(version) else {
      throw .unsupported(path: path, format: Self.format, found: "version \(version).\(bytes[7])", supported: "versions 1, 2 and 3")
    }
    let headerStart = version == 1 ? 10 : 12
    guard bytes.count >= headerStart else { throw .truncated(path: path, expected: headerStart, found: bytes.count) }
    let headerSize = bytes[8..<headerStart].reversed().reduce(0) { $0 << 8 | Int($1) }
    start = headerStart + headerSize
    guard start <= bytes.count else { throw .truncated(path: path, expected: start, found: bytes.count) }
    let text = String(decoding: bytes[headerStart..<start], as: UTF8.self)
    guard let header = NPYHeader(parsing: text) else {
      throw .invalidHeader(
        path: path, format: Self.format,
        reason: "expected {'descr': ..., 'fortran_order': ..., 'shape': ...}, found \(text.prefix(80).debugDescription)")
    }
    // '|' stands for types of one byte, '=' for the order of the machine that wrote, which is not known and is taken for little-endian.
    guard let order = header.descr.first, "<>|=".contains(order), let type = Self.types[String(header.descr.dropFirst())] else {
      throw .unsupported(
        path: path, format: Self.format, found: "type '\(header.descr)'", supported: "types u1, u2, u4, u8, i1, i2, i4, i8, f4, f8")
    }
    guard let count = ClaimedSize.elements(header.shape, byteCount: type.byteCount) else {
      throw .invalidHeader(path: path, format: Self.format, reason: "an array of shape \(header.shape) is larger than any memory")
    }
    try ClaimedSize.check(path: path, expected: start + count * type.byteCount, found: bytes.count)
    (self.type, self.count, shape) = (type, count, header.shape)
    (isBigEndian, isFortranOrder) = (order == ">", header.isFortranOrder)
  }
}
