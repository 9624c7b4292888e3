import CZlib

/// Decompression by zlib, as far as it is asked for.
final class Inflater {
  enum Wrapping: Int32 {
    /// RFC 1952: zlib verifies the CRC and the length at the end.
    case gzip = 31
    /// RFC 1951 alone, as in zip archives.
    case none = -15
  }

  enum Status {
    /// The output is full, or more input is needed.
    case goesOn
    /// The end of a stream.
    case ended
  }

  /// Deflate cannot write more bytes for one: a match of 258 bytes takes at least two bits.
  static let largestRatio = 1032

  // zlib keeps the address of its state.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let path: String

  /// - Throws: `DatasetError.damagedStream` if zlib cannot start.
  init(_ wrapping: Wrapping, path: String) throws(DatasetError) {
    self.path = path
    stream.initialize(to: z_stream())
    let status = inflateInit2_(stream, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw .damagedStream(path: path, reason: "zlib cannot start (status \(status))") }
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Begins another stream.
  func restart() { inflateReset(stream) }

  /// Takes some input and gives some output.
  ///
  /// - Throws: `DatasetError.damagedStream`.
  func inflate(
    from input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(DatasetError) -> (consumed: Int, produced: Int, status: Status) {
    let (available, room) = (min(input.count, 1 << 30), min(output.count, 1 << 30))
    stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress.map { UnsafeMutablePointer(mutating: $0) }
    stream.pointee.avail_in = UInt32(available)
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(room)
    let status = CZlib.inflate(stream, Z_NO_FLUSH)
    // Z_BUF_ERROR: nothing could be done without more input or room, which is for the caller to see.
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib reports status \(status)"
      throw .damagedStream(path: path, reason: "it is damaged (\(reason))")
    }
    return (
      available - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out), status == Z_STREAM_END ? .ended : .goesOn
    )
  }
}
