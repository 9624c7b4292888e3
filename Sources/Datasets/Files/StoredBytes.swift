/// Bytes as they are stored, which can be read at any place: those of a file, or some in memory.
package enum StoredBytes: Sendable {
  /// An open file.
  case file(RegularFile)
  /// Bytes in memory, with the path that they came from.
  case memory(path: String, [UInt8])

  var path: String {
    switch self {
    case .file(let file): file.path
    case .memory(let path, _): path
    }
  }

  var byteCount: Int {
    switch self {
    case .file(let file): file.byteCount
    case .memory(_, let bytes): bytes.count
    }
  }

  /// Fills the buffer with the bytes from `offset` on. Precondition: they lie within `byteCount`.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DatasetError) {
    precondition(offset >= 0 && buffer.count <= byteCount - offset, "bytes outside of the file")
    switch self {
    case .file(let file): try file.read(into: buffer, at: offset)
    case .memory(_, let bytes):
      bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count])) }
    }
  }

  /// Some bytes as an array, with the same precondition.
  func bytes(_ range: Range<Int>) throws(DatasetError) -> [UInt8] {
    try [UInt8].filled(count: range.count) { buffer throws(DatasetError) in try read(into: buffer, at: range.lowerBound) }
  }

  /// - Throws: `DatasetError.changedWhileRead` if the file is not as it was at its opening.
  func checkUnchanged() throws(DatasetError) {
    if case .file(let file) = self { try file.checkUnchanged() }
  }

  /// Reads everything.
  func checksum() throws(DatasetError) -> FileChecksum {
    var crc = RunningCRC32()
    var chunk = [UInt8](repeating: 0, count: min(byteCount, 1 << 20))
    for start in stride(from: 0, to: byteCount, by: 1 << 20) {
      let count = min(1 << 20, byteCount - start)
      try chunk.fill(first: count) { buffer throws(DatasetError) in try read(into: buffer, at: start) }
      chunk.withUnsafeBytes { crc.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
    return FileChecksum(path: path, byteCount: byteCount, crc32: crc.value)
  }
}

extension Array where Element: BitwiseCopyable {
  /// An array whose memory `fill` writes, all of it unless it throws.
  static func filled(
    count: Int, by fill: (UnsafeMutableRawBufferPointer) throws(DatasetError) -> Void
  ) throws(DatasetError) -> [Element] {
    var failure: DatasetError?
    let elements = [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(DatasetError) {
        try fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(count * MemoryLayout<Element>.stride)]))
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return elements
  }

  /// Lets `fill` write the first `first` elements.
  mutating func fill(first: Int, by fill: (UnsafeMutableRawBufferPointer) throws(DatasetError) -> Void) throws(DatasetError) {
    var failure: DatasetError?
    withUnsafeMutableBytes { bytes in
      do throws(DatasetError) {
        try fill(UnsafeMutableRawBufferPointer(rebasing: bytes[..<(first * MemoryLayout<Element>.stride)]))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
