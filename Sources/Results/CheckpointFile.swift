import DurableFiles
import Foundation

/// A checkpoint in one file; the format is described in `Documentation/results-format.md`.
///
/// Neither writing nor reading holds a second copy of the arrays. Cost: one pass over the bytes to write, two to read (the checksum
/// is verified before anything is believed).
package enum CheckpointFile {
  /// First bytes of every checkpoint.
  package static let magic: [UInt8] = [0x89] + Array("ISTHMUS".utf8)
  static let version: UInt64 = 1
  /// Magic, version, bytes of the header, bytes of the file: 8 bytes each.
  private static let prefixBytes = 32
  private static let checksumBytes = 4
  /// Numbers of which a copy is made at a time, where they lie in another order of bytes.
  private static let chunkElements = 1 << 16
  private static let isLittleEndian = 1.littleEndian == 1

  /// Replaces the file at `url` in one go; after a crash or an error it is the old one.
  ///
  /// - Throws: `ResultsError.cannotWrite`.
  package static func write(
    _ checkpoint: Checkpoint, to url: URL, write: @escaping ReplacementFile.Write = ReplacementFile.write
  ) throws(ResultsError) {
    try SystemFile.durably { () throws(FileError) in try replace(url, checkpoint, write) }
  }

  private static func replace(_ url: URL, _ checkpoint: Checkpoint, _ write: @escaping ReplacementFile.Write) throws(FileError) {
    let arrays = checkpoint.arrays.sorted { $0.key < $1.key }
    let header = CheckpointHeader(checkpoint).encoded
    let contentBytes = checkpoint.encodedState.count + arrays.reduce(0) { $0 + 8 * $1.value.values.count }
    let fileBytes = prefixBytes + header.count + contentBytes + checksumBytes
    var file = Writer(try ReplacementFile(of: url, write: write))
    try file.append(magic)
    try file.append([version, UInt64(header.count), UInt64(fileBytes)])
    try file.append(header)
    try file.append(Array(checkpoint.encodedState))
    for array in arrays { try file.append(array.value.values) }
    try file.commit()
  }

  /// - Throws: `ResultsError.cannotRead`, `.unusableCheckpoint`.
  static func read(_ url: URL) throws(ResultsError) -> Checkpoint {
    let file = try SystemFile.mapped(url)
    let result = file.withUnsafeBytes { bytes in Result { () throws(CheckpointFault) in try decode(bytes) } }
    do {
      return try result.get()
    } catch {
      throw .unusableCheckpoint(path: url.path, error)
    }
  }

  /// Reads a checkpoint, whose checksum must hold.
  package static func decode(_ bytes: UnsafeRawBufferPointer) throws(CheckpointFault) -> Checkpoint {
    // A file cut off within the magic number is called truncated.
    let start = bytes.prefix(magic.count)
    guard start.elementsEqual(magic.prefix(start.count)) else { throw .wrongMagic(found: Array(start)) }
    let smallest = prefixBytes + checksumBytes
    guard bytes.count >= smallest else { throw .truncated(expectedBytes: smallest, foundBytes: bytes.count) }
    func number<Number: FixedWidthInteger>(at offset: Int, _: Number.Type = Number.self) -> Number {
      Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
    guard number(at: 8) == version else { throw .unknownVersion(number(at: 8)) }
    let fileBytes = Int(clamping: number(at: 24, UInt64.self)), contentEnd = bytes.count - checksumBytes
    guard bytes.count >= fileBytes else { throw .truncated(expectedBytes: fileBytes, foundBytes: bytes.count) }
    guard bytes.count == fileBytes else { throw .trailingBytes(expectedBytes: fileBytes, foundBytes: bytes.count) }
    var checksum = CRC32()
    checksum.update(UnsafeRawBufferPointer(rebasing: bytes[..<contentEnd]))
    let stored = number(at: contentEnd, UInt32.self)
    guard stored == checksum.value else { throw .wrongChecksum(stored: stored, computed: checksum.value) }

    let headerBytes = Int(clamping: number(at: 16, UInt64.self))
    guard headerBytes <= contentEnd - prefixBytes else { throw .malformedHeader(reason: "it has \(headerBytes) bytes, more than the file") }
    let headerEnd = prefixBytes + headerBytes
    let header = try CheckpointHeader(bytes[prefixBytes..<headerEnd], contentBytes: contentEnd - headerEnd)
    var position = headerEnd + header.stateBytes, arrays: [String: CheckpointArray] = [:]
    for entry in header.arrays {
      let part = UnsafeRawBufferPointer(rebasing: bytes[position..<position + entry.bytes])
      let values = [Double](unsafeUninitializedCapacity: entry.bytes / 8) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: part)
        count = entry.bytes / 8
        if !isLittleEndian { for index in 0..<count { buffer[index] = Double(bitPattern: buffer[index].bitPattern.byteSwapped) } }
      }
      arrays[entry.name] = CheckpointArray(shape: entry.shape, values)
      position += entry.bytes
    }
    return Checkpoint(encodedState: Data(bytes[headerEnd..<headerEnd + header.stateBytes]), arrays: arrays, records: header.records)
  }

  /// Writes numbers, little-endian, and counts them into the checksum.
  private struct Writer: ~Copyable {
    private let file: ReplacementFile
    private var checksum = CRC32()

    init(_ file: consuming ReplacementFile) { self.file = file }

    mutating func append(_ numbers: [some FixedWidthInteger]) throws(FileError) {
      try numbers.map { $0.littleEndian }.withUnsafeBufferPointer { (numbers) throws(FileError) in
        try append(UnsafeRawBufferPointer(numbers))
      }
    }

    /// Appends numbers as they lie in memory, where that is little-endian.
    mutating func append(_ values: [Double]) throws(FileError) {
      guard !isLittleEndian else {
        return try values.withUnsafeBufferPointer { (values) throws(FileError) in try append(UnsafeRawBufferPointer(values)) }
      }
      for start in stride(from: 0, to: values.count, by: chunkElements) {
        try append(values[start..<min(start + chunkElements, values.count)].map { $0.bitPattern })
      }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
      checksum.update(bytes)
      try file.append(bytes)
    }

    consuming func commit() throws(FileError) {
      try append([checksum.value])
      try file.commit()
    }
  }
}
