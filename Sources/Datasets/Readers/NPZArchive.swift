/// NumPy's archive of arrays by name, as `numpy.savez` and `savez_compressed` write it.
package struct NPZArchive {
  typealias Names = DataSource.ArrayNames

  /// Names in use for inputs and targets, in the order in which they are looked for. The test set's stand beside those of the training set.
  private static let customary: [(train: Names, test: Names?)] = [
    (.init(inputs: "x_train", targets: "y_train"), .init(inputs: "x_test", targets: "y_test")),
    (.init(inputs: "X_train", targets: "y_train"), .init(inputs: "X_test", targets: "y_test")),
    (.init(inputs: "train_x", targets: "train_y"), .init(inputs: "test_x", targets: "test_y")),
    (.init(inputs: "train_images", targets: "train_labels"), .init(inputs: "test_images", targets: "test_labels")),
    (.init(inputs: "x", targets: "y"), .init(inputs: "x_test", targets: "y_test")),
    (.init(inputs: "X", targets: "y"), .init(inputs: "X_test", targets: "y_test")),
    (.init(inputs: "X", targets: "Y"), .init(inputs: "X_test", targets: "Y_test")),
    (.init(inputs: "images", targets: "labels"), nil), (.init(inputs: "features", targets: "labels"), nil),
    (.init(inputs: "data", targets: "target"), nil), (.init(inputs: "data", targets: "labels"), nil),
    (.init(inputs: "arr_0", targets: "arr_1"), nil),
  ]

  /// Names of the arrays, without `.npy`, in the order of the file.
  package let names: [String]
  let stored: StoredBytes
  private let archive: ZipArchive

  /// - Throws: `DatasetError.foreignFormat`, `.wrongMagic`, `.damagedArchive`, also where no member is an array.
  package init(_ stored: StoredBytes) throws(DatasetError) {
    let format = "an archive of NumPy arrays (.npz)"
    guard try stored.bytes(0..<min(4, stored.byteCount)) == ZipArchive.magic else {
      let stream = try DataStream(stored)
      if try stream.peek(4).elementsEqual(ZipArchive.magic) {
        throw .foreignFormat(path: stored.path, expected: format, found: "one in a gzip file", advice: "Decompress it with gzip -d")
      }
      if let foreign = try stream.foreign(format) { throw foreign }
      throw .wrongMagic(path: stored.path, format: format, expected: "'PK' and the bytes 03 04", found: "others")
    }
    archive = try ZipArchive(stored)
    self.stored = stored
    names = archive.members.compactMap { $0.name.hasSuffix(".npy") ? String($0.name.dropLast(4)) : nil }
    guard !names.isEmpty else {
      let members = archive.members.prefix(5).map(\.name).joined(separator: ", ")
      throw .foreignFormat(
        path: stored.path, expected: format, found: "a zip archive without arrays (\(members.isEmpty ? "empty" : members))",
        advice: "Unpack it and name what it holds")
    }
  }

  /// Bytes of the array of this name.
  ///
  /// - Throws: `DatasetError.noArray` where there is none of this name, or two.
  package func array(_ name: String) throws(DatasetError) -> ArrayFile {
    let members = archive.members.filter { $0.name == "\(name).npy" || $0.name == name }
    guard members.count == 1 else { throw .noArray(path: archive.path, name: name, names: names) }
    return try NPYReader.read(try archive.open(members[0]))
  }

  /// The names that are in use for a training set and a test set, as far as the archive has them.
  ///
  /// - Throws: `DatasetError.severalArrays` without such names.
  func customaryNames() throws(DatasetError) -> (train: Names, test: Names?) {
    func has(_ pair: Names) -> Bool { names.contains(pair.inputs) && names.contains(pair.targets) }
    guard let found = Self.customary.first(where: { has($0.train) }) else { throw .severalArrays(path: archive.path, names: names) }
    return (found.train, found.test.flatMap { has($0) ? $0 : nil })
  }
}
