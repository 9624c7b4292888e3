/// The binary format of CIFAR-10: records of 3073 bytes, a label 0...9 and three planes (red, green, blue) of 32 x 32 bytes. No header.
///
/// Source: A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, 2009, and the data's page.
enum CIFAR10Reader {
  static let classNames = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
  static let source = "CIFAR-10, A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009"
  private static let image = ImageShape(channels: 3, height: 32, width: 32)

  /// One set from the records of all files, in order.
  ///
  /// - Throws: `DatasetError.truncated` unless every file is a whole number of records, `.labelOutOfRange`, `.noPoints`.
  static func dataset(name: String, files: [FileContents]) throws(DatasetError) -> Dataset {
    let recordSize = 1 + image.features
    var labels: [Int] = []
    var pixels: [UInt8] = []
    pixels.reserveCapacity(files.reduce(0) { $0 + $1.bytes.count })
    for file in files {
      let records = file.bytes.count / recordSize
      guard file.bytes.count == records * recordSize else {
        throw .truncated(path: file.path, expected: (records + 1) * recordSize, found: file.bytes.count)
      }
      for record in 0..<records {
        let start = record * recordSize
        let label = Int(file.bytes[start])
        guard label < classNames.count else {
          throw .labelOutOfRange(name: file.path, index: record, label: label, classCount: classNames.count)
        }
        labels.append(label)
        pixels.append(contentsOf: file.bytes[(start + 1)..<(start + recordSize)])
      }
    }
    return try Dataset(
      name: name, storage: .bytes(pixels), features: image.features, imageShape: image, labels: labels, classNames: classNames,
      values: nil, source: source)
  }
}
