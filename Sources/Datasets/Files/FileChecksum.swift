import CZlib

/// What identifies a file in a manifest.
public struct FileChecksum: Sendable, Hashable, Codable {
  /// Path of the file, as it was given.
  public let path: String
  /// Size on disk, not decompressed.
  public let byteCount: Int
  /// CRC-32 (as in gzip and zip) of the bytes on disk. It finds changes and damage; it is no protection from malice.
  public let crc32: UInt32
}

/// CRC-32 of bytes that arrive in parts.
struct RunningCRC32 {
  private(set) var value: UInt32 = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    value = UInt32(truncatingIfNeeded: crc32_z(UInt(value), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
  }
}
