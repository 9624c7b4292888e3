import NumPyFormat

/// Where the elements of an NPY file lie, checked against the size of the file.
struct NPYLayout {
  private static let format = "an NPY file"
  private static let types: [String: ElementType] = [
    "b1": .bool, "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32, "i4": .int32, "u8": .uint64, "i8": .int64,
    "f2": .float16, "f4": .float32, "f8": .float64,
  ]
  /// NumPy itself takes no longer ones unless it is told to.
  private static let largestHeader = 1 << 20

  let type: ElementType
  let isBigEndian, isFortranOrder: Bool
  let shape: [Int]
  /// Product of the dimensions.
  let count: Int
  /// Offset of the first element.
  let start: Int
  /// Offset behind the last element.
  var end: Int { start + count * type.byteCount }

  /// Reads the header, so that the stream stands before the first element.
  ///
  /// - Throws: `DatasetError` for another magic number or type, or a shape that no memory holds. The size of the file is not compared.
  init(_ stream: DataStream) throws(DatasetError) {
    let path = stream.path
    let beginning = try stream.peek(NPYHeader.magic.count)
    guard beginning.elementsEqual(NPYHeader.magic) else {
      if let foreign = try stream.foreign(Self.format) { throw foreign }
      throw .wrongMagic(
        path: path, format: Self.format, expected: "byte 93 and 'NUMPY'",
        found: beginning.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " "))
    }
    let version = NPYVersion(try stream.take(NPYVersion.end))
    guard let sizeByteCount = version.sizeByteCount else {
      throw .unsupported(path: path, format: Self.format, found: "version \(version)", supported: "versions 1, 2 and 3")
    }
    let headerSize = NPYVersion.headerSize(try stream.take(sizeByteCount))
    start = stream.position + headerSize
    try stream.checkHolds(start)
    guard headerSize <= Self.largestHeader else {
      throw .invalidHeader(
        path: path, format: Self.format, reason: "it claims to be \(headerSize) bytes long, expected at most \(Self.largestHeader)")
    }
    let text = String(decoding: try stream.take(headerSize), as: UTF8.self)
    guard let header = NPYHeader(parsing: text) else {
      throw .invalidHeader(
        path: path, format: Self.format,
        reason: "expected {'descr': ..., 'fortran_order': ..., 'shape': ...}, found \(text.prefix(80).debugDescription)")
    }
    // '|' stands for types of one byte, '=' for the order of the machine that wrote, which is not known and is taken for little-endian.
    guard let order = header.descr.first, "<>|=".contains(order), let type = Self.types[String(header.descr.dropFirst())] else {
      throw .unsupported(
        path: path, format: Self.format, found: Self.kind(header.descr),
        supported: "types b1, u1, u2, u4, u8, i1, i2, i4, i8, f2, f4, f8 (in NumPy: array.astype('f8'))")
    }
    guard let count = ClaimedSize.elements(header.shape, byteCount: type.byteCount) else {
      throw .invalidHeader(path: path, format: Self.format, reason: "an array of shape \(header.shape) is larger than any memory")
    }
    (self.type, self.count, shape) = (type, count, header.shape)
    (isBigEndian, isFortranOrder) = (order == ">", header.isFortranOrder)
  }

  /// A type that is not read, in words.
  private static func kind(_ descr: String) -> String {
    let name = "type '\(descr.prefix(80))'"
    guard !descr.hasPrefix("[") else { return "\(name), records with fields" }
    let meaning: String? =
      switch descr.drop(while: { "<>|=".contains($0) }).first {
      case "O": "Python objects, which only Python can load"
      case "c": "complex numbers"
      case "U", "S", "a": "text"
      case "V": "bytes without a type"
      case "M", "m": "times"
      case "f", "g": "floats of another size"
      default: nil
      }
    return meaning.map { "\(name), \($0)" } ?? name
  }
}
