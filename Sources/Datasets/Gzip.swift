import CZlib

/// Decompression of gzip files (RFC 1952) by zlib, which verifies length and CRC.
enum Gzip {
  static let magic: [UInt8] = [0x1f, 0x8b]
  /// A file may not decompress to more than this: 8 GiB.
  static let largestByteCount = 8 << 30

  /// All members of the file, one after another.
  ///
  /// Memory grows with what is decompressed, never with a length that the file claims.
  ///
  /// - Throws: `DatasetError.damagedGzip` for a bad header, CRC or length, a stream that is cut off, or bytes after the last member;
  ///   `.tooLarge` above `limit` bytes.
  static func decompress(_ compressed: [UInt8], path: String, limit: Int = largestByteCount) throws(DatasetError) -> [UInt8] {
    var stream = z_stream()
    // 16: expect a gzip header and trailer. 15: the largest window.
    guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .damagedGzip(path: path, reason: "zlib could not start")
    }
    defer { inflateEnd(&stream) }

    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var consumed = 0
    var isAtEnd = false
    while !isAtEnd {
      let available = min(compressed.count - consumed, 1 << 30)
      var status: Int32 = Z_OK
      var used = 0
      var produced = 0
      compressed.withUnsafeBufferPointer { input in
        chunk.withUnsafeMutableBufferPointer { chunk in
          stream.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
          stream.avail_in = UInt32(available)
          stream.next_out = chunk.baseAddress
          stream.avail_out = UInt32(chunk.count)
          status = inflate(&stream, Z_NO_FLUSH)
          used = available - Int(stream.avail_in)
          produced = chunk.count - Int(stream.avail_out)
        }
      }
      consumed += used
      guard output.count + produced <= limit else { throw .tooLarge(path: path, limit: limit) }
      output.append(contentsOf: chunk[..<produced])

      switch status {
      case Z_OK:
        continue
      case Z_STREAM_END:
        isAtEnd = consumed == compressed.count
        if !isAtEnd {
          guard compressed[consumed...].starts(with: magic) else {
            throw .damagedGzip(path: path, reason: "\(compressed.count - consumed) bytes follow its end")
          }
          inflateReset(&stream)
        }
      case Z_BUF_ERROR:
        throw .damagedGzip(path: path, reason: "it is cut off")
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "zlib reports status \(status)"
        throw .damagedGzip(path: path, reason: "it is damaged (\(reason))")
      }
    }
    return output
  }
}
