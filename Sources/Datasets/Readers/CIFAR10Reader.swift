/// The binary format of CIFAR-10: records of 3073 bytes, a label 0...9 and three planes (red, green, blue) of 32 x 32 bytes. No header.
///
/// Source: A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, 2009, and the data's page.
package enum CIFAR10Reader {
  static let classNames = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
  static let source = "CIFAR-10, A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009"
  private static let image = ImageShape(channels: 3, height: 32, width: 32)
  private static let recordSize = 1 + image.features
  private static let format = "records of CIFAR-10 (binary version)"

  /// One set from the records of all files, in order.
  ///
  /// - Throws: `DatasetError.truncated` unless every file is a whole number of records, `.foreignFormat` for what is known to be something
  ///   else, such as CIFAR-100, `.invalidLabel`, `.needsMemory`.
  package static func dataset(name: String, files: [DataStream]) throws(DatasetError) -> Dataset {
    var labels: [Int] = []
    var pixels: [UInt8] = []
    if let size = files.reduce(0, { total, file in total.flatMap { total in file.byteCount.map { total + $0 } } }) {
      try MemoryBudget.check(size, path: files[0].path)
      pixels.reserveCapacity(size)
    }
    for file in files { try read(file, &labels, &pixels) }
    return try Dataset(
      name: name, storage: .bytes(pixels), features: image.features, imageShape: image, labels: labels, classNames: classNames,
      values: nil, source: source)
  }

  private static func read(_ file: DataStream, _ labels: inout [Int], _ pixels: inout [UInt8]) throws(DatasetError) {
    let isHundred = try isCIFAR100(file)
    func refusal(_ otherwise: DatasetError) throws(DatasetError) -> DatasetError {
      guard isHundred else { return otherwise }
      return .foreignFormat(
        path: file.path, expected: format, found: "a file of CIFAR-100 (records of 3074 bytes, with two labels)",
        advice: "Take CIFAR-10, or save images and fine labels as NumPy arrays and name npz:FILE")
    }
    if let size = file.byteCount, !size.isMultiple(of: recordSize) {
      if !isHundred, let foreign = try file.foreign(format) { throw foreign }
      throw try refusal(.truncated(path: file.path, expected: (size / recordSize + 1) * recordSize, found: size))
    }
    let foreign = try file.foreign(format)
    let first = labels.count
    var chunk = [UInt8](repeating: 0, count: 256 * recordSize)
    var got = chunk.count
    while got == chunk.count {
      // Beside the old block the array takes a new one of twice the size, where it grows.
      if pixels.count + chunk.count > pixels.capacity { try MemoryBudget.check(3 * (pixels.count + chunk.count), path: file.path) }
      try chunk.fill(first: chunk.count) { buffer throws(DatasetError) in got = try file.read(buffer) }
      guard got.isMultiple(of: recordSize) else {
        let found = file.position
        throw try foreign ?? refusal(.truncated(path: file.path, expected: (found / recordSize + 1) * recordSize, found: found))
      }
      for start in stride(from: 0, to: got, by: recordSize) {
        guard chunk[start] < classNames.count else {
          throw try foreign
            ?? refusal(
              .invalidLabel(
                path: file.path, place: "record \(labels.count - first) (from 0)", found: "\(chunk[start]), and CIFAR-10's are 0...9"))
        }
        labels.append(Int(chunk[start]))
        pixels.append(contentsOf: chunk[(start + 1)..<(start + recordSize)])
      }
    }
    try file.finish()
  }

  /// Whether the file begins like CIFAR-100: a label 0...19, a label 0...99 and 3072 pixels, again and again.
  private static func isCIFAR100(_ file: DataStream) throws(DatasetError) -> Bool {
    let size = recordSize + 1
    if let byteCount = file.byteCount, !byteCount.isMultiple(of: size) { return false }
    let beginning = Array(try file.peek(64 * size))
    guard beginning.count >= size else { return false }
    return stride(from: 0, through: beginning.count - size, by: size).allSatisfy { beginning[$0] < 20 && beginning[$0 + 1] < 100 }
  }
}
