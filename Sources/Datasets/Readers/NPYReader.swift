/// NumPy's array format, versions 1 to 3: magic number, version, length of the header, a header that is a Python dictionary, elements.
///
/// Source: NumPy Enhancement Proposal 1, and `numpy.lib.format`.
package enum NPYReader {
  /// Arrays of any number of dimensions, both byte orders, C and Fortran order (which is turned to C order).
  ///
  /// - Throws: `DatasetError` for another magic number or type, or a header that claims another size than the file's.
  package static func read(_ stream: DataStream) throws(DatasetError) -> ArrayFile {
    let layout = try NPYLayout(stream)
    // Another order needs the array twice.
    try stream.checkSize(layout.end, memory: layout.count * layout.type.storedByteCount * (layout.isFortranOrder ? 2 : 1))
    let stored = try layout.type.read(stream, count: layout.count, isBigEndian: layout.isBigEndian)
    try stream.finish()
    return ArrayFile(path: stream.path, shape: layout.shape, storage: layout.isFortranOrder ? stored.rowMajor(shape: layout.shape) : stored)
  }

  /// The array of a `.npy` file, or of an `.npz` file that holds one array alone.
  ///
  /// - Throws: as `read`, and `DatasetError.severalArrays` for an archive of other size.
  static func read(contentsOf path: String) throws(DatasetError) -> (array: ArrayFile, checksum: FileChecksum) {
    let file = StoredBytes.file(try RegularFile(path))
    guard try file.bytes(0..<min(4, file.byteCount)) == ZipArchive.magic else {
      let stream = try DataStream(file)
      return (try read(stream), stream.checksum)
    }
    let archive = try NPZArchive(file)
    guard archive.names.count == 1 else { throw .severalArrays(path: path, names: archive.names) }
    return (try archive.array(archive.names[0]), try file.checksum())
  }
}
