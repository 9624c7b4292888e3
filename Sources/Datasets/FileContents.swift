import CZlib
import Foundation

/// What identifies a file in a manifest.
public struct FileChecksum: Sendable, Hashable, Codable {
  /// As it was given.
  public let path: String
  /// Size on disk, not decompressed.
  public let byteCount: Int
  /// CRC-32 (as in gzip and zip) of the bytes on disk. It finds changes and damage; it is no protection from malice.
  public let crc32: UInt32

  init(path: String, bytes: some ContiguousBytes) {
    self.path = path
    (byteCount, crc32) = bytes.withUnsafeBytes { bytes in
      (bytes.count, UInt32(truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)))
    }
  }
}

/// The bytes of a data file, decompressed if it begins with gzip's magic number.
struct FileContents {
  let path: String
  let bytes: [UInt8]
  let checksum: FileChecksum

  /// Wraps bytes that are already in memory; they are decompressed as those of a file are.
  ///
  /// - Throws: `DatasetError.emptyFile`, `.damagedGzip`, `.tooLarge`.
  init(path: String, bytes: [UInt8]) throws(DatasetError) {
    guard !bytes.isEmpty else { throw .emptyFile(path: path) }
    self.path = path
    self.checksum = FileChecksum(path: path, bytes: bytes)
    if bytes.starts(with: Gzip.magic) {
      self.bytes = try Gzip.decompress(bytes, path: path)
      guard !self.bytes.isEmpty else { throw .emptyFile(path: path) }
    } else {
      self.bytes = bytes
    }
  }

  /// Reads a whole regular file.
  ///
  /// - Throws: `DatasetError.fileNotFound`, `.isDirectory`, `.unreadable`, `.emptyFile`, `.damagedGzip`, `.tooLarge`.
  init(contentsOf path: String) throws(DatasetError) {
    try self.init(path: path, bytes: try RegularFile(path).contents())
  }
}
