import NumPyFormat

/// NumPy's array format, versions 1 to 3: magic number, version, length of the header, a header that is a Python dictionary, elements.
///
/// Source: NumPy Enhancement Proposal 1, and `numpy.lib.format`.
enum NPYReader {
  private static let format = "an NPY file"
  private static let types: [String: ElementType] = [
    "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32, "i4": .int32, "u8": .uint64, "i8": .int64, "f4": .float32,
    "f8": .float64,
  ]

  /// Arrays of any number of dimensions, both byte orders, C and Fortran order (which is turned to C order).
  ///
  /// - Throws: `DatasetError` for another magic number or type, or a header that claims another size than the file's.
  static func read(_ contents: FileContents) throws(DatasetError) -> ArrayFile {
    let bytes = contents.bytes
    let path = contents.path
    guard bytes.starts(with: NPYHeader.magic) else {
      throw .wrongMagic(path: path, format: format, expected: "byte 93 and 'NUMPY'", found: "\(bytes.count) other bytes")
    }
    guard bytes.count >= 10 else { throw .truncated(path: path, expected: 10, found: bytes.count) }
    let version = bytes[6]
    guard (1...3).contains(version) else {
      throw .unsupported(path: path, format: format, found: "version \(version).\(bytes[7])", supported: "versions 1, 2 and 3")
    }
    let start = version == 1 ? 10 : 12
    guard bytes.count >= start else { throw .truncated(path: path, expected: start, found: bytes.count) }
    let headerSize = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard headerSize <= bytes.count - start else {
      throw .truncated(path: path, expected: start + headerSize, found: bytes.count)
    }
    let text = String(decoding: bytes[start..<start + headerSize], as: UTF8.self)
    guard let header = NPYHeader(parsing: text) else {
      throw .invalidHeader(
        path: path, format: format,
        reason: "expected {'descr': ..., 'fortran_order': ..., 'shape': ...}, found \(text.prefix(80).debugDescription)")
    }
    // '|' stands for types of one byte, '=' for the order of the machine that wrote, which is not known and is taken for little-endian.
    guard let order = header.descr.first, "<>|=".contains(order), let type = types[String(header.descr.dropFirst())] else {
      throw .unsupported(
        path: path, format: format, found: "type '\(header.descr)'", supported: "types u1, u2, u4, u8, i1, i2, i4, i8, f4, f8")
    }
    guard let count = ClaimedSize.elements(header.shape, byteCount: type.byteCount) else {
      throw .invalidHeader(path: path, format: format, reason: "an array of shape \(header.shape) is larger than any memory")
    }
    try ClaimedSize.check(contents, expected: start + headerSize + count * type.byteCount)
    guard let stored = type.decode(bytes, from: start + headerSize, count: count, isBigEndian: order == ">") else {
      throw .unsupported(path: path, format: format, found: "an integer beyond 2^53", supported: "smaller integers")
    }
    let storage = header.isFortranOrder ? rowMajor(stored, shape: header.shape) : stored
    return ArrayFile(path: path, shape: header.shape, storage: storage)
  }

  /// Elements with the first dimension fastest, put in the order with the last dimension fastest.
  private static func rowMajor(_ storage: PointStorage, shape: [Int]) -> PointStorage {
    guard shape.count > 1, storage.count > 0 else { return storage }
    var strides = [Int](repeating: 1, count: shape.count)
    for dimension in shape.indices.dropFirst() { strides[dimension] = strides[dimension - 1] * shape[dimension - 1] }
    var sources: [Int] = []
    sources.reserveCapacity(storage.count)
    var index = [Int](repeating: 0, count: shape.count)
    var source = 0
    for _ in 0..<storage.count {
      sources.append(source)
      for dimension in shape.indices.reversed() {
        index[dimension] += 1
        source += strides[dimension]
        if index[dimension] < shape[dimension] { break }
        source -= strides[dimension] * shape[dimension]
        index[dimension] = 0
      }
    }
    return storage.rows(sources, width: 1)
  }
}
