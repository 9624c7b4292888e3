import CZlib

/// CRC-32 (as in gzip and zip) of bytes that arrive in parts. It finds damage; it is no protection from malice.
package struct CRC32 {
  /// Checksum of the bytes so far.
  package private(set) var value: UInt32

  /// - Parameter value: of the bytes before.
  package init(_ value: UInt32 = 0) { self.value = value }

  /// Continues the checksum with more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    // For no buffer zlib would begin again.
    guard let base = bytes.baseAddress else { return }
    value = UInt32(truncatingIfNeeded: crc32_z(UInt(value), base.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
