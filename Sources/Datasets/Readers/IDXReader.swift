/// The IDX format of MNIST: two zero bytes, a byte for the type, a byte for the number of dimensions, the dimensions as big-endian
/// 32-bit numbers, then the elements, big-endian, the last dimension running fastest. Plain or gzipped.
///
/// Source: Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten digits*, section "File formats".
enum IDXReader {
  private static let types: [UInt8: ElementType] = [
    0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]
  private static let format = "an IDX file"

  /// - Throws: `DatasetError` for a wrong magic number, a header that claims another size than the file's, or no elements.
  static func read(_ contents: FileContents) throws(DatasetError) -> ArrayFile {
    let bytes = contents.bytes
    let path = contents.path
    guard bytes.count >= 4 else { throw .truncated(path: path, expected: 4, found: bytes.count) }
    guard bytes[0] == 0, bytes[1] == 0, let type = types[bytes[2]], bytes[3] > 0 else {
      throw .wrongMagic(
        path: path, format: format, expected: "00 00, a type 08, 09, 0b, 0c, 0d or 0e, and a number of dimensions",
        found: hexadecimal(bytes.prefix(4)))
    }
    let dimensions = Int(bytes[3])
    let headerSize = 4 + 4 * dimensions
    guard bytes.count >= headerSize else { throw .truncated(path: path, expected: headerSize, found: bytes.count) }
    let shape = (0..<dimensions).map { dimension in
      bytes[(4 + 4 * dimension)..<(8 + 4 * dimension)].reduce(0) { $0 << 8 | Int($1) }
    }
    guard let count = ClaimedSize.elements(shape, byteCount: type.byteCount) else {
      throw .invalidHeader(path: path, format: format, reason: "an array of shape \(shape) is larger than any memory")
    }
    try ClaimedSize.check(path: path, expected: headerSize + count * type.byteCount, found: bytes.count)
    guard let storage = type.decode(bytes, from: headerSize, count: count, isBigEndian: true) else {
      throw .unsupported(path: path, format: format, found: "an integer beyond 2^53", supported: "smaller integers")
    }
    return ArrayFile(path: path, shape: shape, storage: storage)
  }

  /// A set of points from a file of images (or other points) `[count, ...]` and a file of labels `[count]`.
  ///
  /// - Throws: `DatasetError`, also for labels that are no whole numbers in `0...Dataset.largestLabel`.
  static func dataset(
    name: String, images: FileContents, labels: FileContents, classNames: [String]? = nil, source: String
  ) throws(DatasetError) -> Dataset {
    let points = try read(images)
    try points.checkHoldsPoints(minimumDimensions: 2, format: "IDX images")
    let classes = try read(labels)
    guard classes.shape.count == 1 else {
      throw .unsupported(path: labels.path, format: "IDX labels", found: "\(classes.shape.count) dimensions", supported: "one dimension")
    }
    guard points.count == classes.count else {
      throw .countMismatch(first: images.path, firstCount: points.count, second: labels.path, secondCount: classes.count)
    }
    let numbers = classes.storage.all
    for (index, number) in numbers.enumerated() where !(0...Double(Dataset.largestLabel)).contains(number) {
      guard let label = Int(exactly: number.rounded()) else { throw .notFinite(name: labels.path, row: index, column: 0) }
      throw .labelOutOfRange(name: labels.path, index: index, label: label, classCount: Dataset.largestLabel + 1)
    }
    guard let integers = classes.storage.integers(in: 0...Dataset.largestLabel) else {
      throw .unsupported(path: labels.path, format: "IDX labels", found: "fractions", supported: "whole numbers")
    }
    return try Dataset(
      name: name, storage: points.storage, features: points.features, imageShape: points.imageShape, labels: integers,
      classNames: classNames, values: nil, source: source)
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
