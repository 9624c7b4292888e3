/// NumPy's array format, versions 1 to 3: magic number, version, length of the header, a header that is a Python dictionary, elements.
///
/// Source: NumPy Enhancement Proposal 1, and `numpy.lib.format`.
enum NPYReader {
  /// Arrays of any number of dimensions, both byte orders, C and Fortran order (which is turned to C order).
  ///
  /// - Throws: `DatasetError` for another magic number or type, or a header that claims another size than the file's.
  static func read(_ contents: FileContents) throws(DatasetError) -> ArrayFile {
    let layout = try NPYLayout(contents.bytes, path: contents.path)
    guard let stored = layout.type.decode(contents.bytes, from: layout.start, count: layout.count, isBigEndian: layout.isBigEndian) else {
      throw .unsupported(path: contents.path, format: "an NPY file", found: "an integer beyond 2^53", supported: "smaller integers")
    }
    let storage = layout.isFortranOrder ? rowMajor(stored, shape: layout.shape) : stored
    return ArrayFile(path: contents.path, shape: layout.shape, storage: storage)
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
