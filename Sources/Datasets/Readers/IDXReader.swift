/// The IDX format of MNIST: two zero bytes, a byte for the type, a byte for the number of dimensions, the dimensions as big-endian
/// 32-bit numbers, then the elements, big-endian, the last dimension running fastest. Plain or gzipped.
///
/// Source: Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten digits*, section "File formats".
package enum IDXReader {
  private static let types: [UInt8: ElementType] = [
    0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]
  private static let format = "an IDX file"

  /// Reads the heading and the numbers of an IDX file.
  ///
  /// - Throws: `DatasetError` for a wrong magic number, a header that claims another size than the file's, or no elements.
  package static func read(_ stream: DataStream) throws(DatasetError) -> ArrayFile {
    let path = stream.path
    let beginning = Array(try stream.peek(4))
    let isIDX = beginning.count == 4 && beginning.starts(with: [0, 0]) && types[beginning[2]] != nil && beginning[3] > 0
    if !isIDX, let foreign = try stream.foreign(format) { throw foreign }
    let magic = try stream.take(4)
    guard isIDX, let type = types[magic[2]] else {
      throw .wrongMagic(
        path: path, format: format, expected: "00 00, a type 08, 09, 0b, 0c, 0d or 0e, and a number of dimensions",
        found: hexadecimal(magic))
    }
    let dimensions = Int(magic[3])
    let header = try stream.take(4 * dimensions)
    let shape = (0..<dimensions).map { header[(4 * $0)..<(4 * $0 + 4)].reduce(0) { $0 << 8 | Int($1) } }
    guard let count = ClaimedSize.elements(shape, byteCount: type.byteCount) else {
      throw .invalidHeader(path: path, format: format, reason: "an array of shape \(shape) is larger than any memory")
    }
    try stream.checkSize(stream.position + count * type.byteCount, memory: count * type.storedByteCount)
    let storage = try type.read(stream, count: count, isBigEndian: true)
    try stream.finish()
    return ArrayFile(path: path, shape: shape, storage: storage)
  }

  /// A set of points from a file of images (or other points) `[count, ...]` and a file of labels `[count]`.
  ///
  /// Labels of QMNIST, `[count, 8]`, begin with the class; what follows is where the digit comes from.
  ///
  /// - Throws: `DatasetError`, also for labels that are no whole numbers in `0...Dataset.largestLabel`.
  static func dataset(
    name: String, images: DataStream, labels: DataStream, classNames: [String]? = nil, source: String
  ) throws(DatasetError) -> Dataset {
    let points = try read(images)
    try points.checkHoldsPoints(minimumDimensions: 2, format: "IDX images")
    let table = try read(labels)
    guard table.shape.count == 1 || table.shape.count == 2 && table.shape[1] == 8 else {
      throw .unsupported(
        path: labels.path, format: "IDX labels", found: "shape \(table.shape)", supported: "one dimension (or QMNIST's 8 columns)")
    }
    guard points.count == table.count else {
      throw .countMismatch(first: images.path, firstCount: points.count, second: labels.path, secondCount: table.count)
    }
    let classes = table.shape.count == 1 ? table.storage : table.storage.column(0, of: 8)
    guard let integers = classes.labels else {
      let index = classes.firstThatIsNoLabel ?? 0
      throw .invalidLabel(path: labels.path, place: "entry \(index) (from 0)", found: "\(shortest: classes[index])")
    }
    try points.checkIsFinite()
    return try Dataset(
      name: name, storage: points.storage, features: points.features, imageShape: points.imageShape, labels: integers,
      classNames: classNames, values: nil, source: source)
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
