/// Files of text that may be gzip's, such as records: their contents in one piece.
package enum InflatedBytes {
  /// The bytes themselves, or what they hold where they begin with gzip's magic number.
  ///
  /// - Parameters:
  ///   - path: name for messages.
  ///   - limit: the most bytes that are inflated.
  /// - Returns: nil where there are more.
  /// - Throws: `DatasetError.damagedStream`, `.emptyFile`.
  package static func contents(_ bytes: [UInt8], path: String, atMost limit: Int) throws(DatasetError) -> [UInt8]? {
    let stream = try DataStream(path: path, bytes: bytes)
    var contents: [UInt8] = []
    while contents.count <= limit {
      var part = [UInt8](repeating: 0, count: min(1 << 20, limit + 1 - contents.count))
      var count = 0
      try part.fill(first: part.count) { buffer throws(DatasetError) in count = try stream.read(buffer) }
      guard count > 0 else {
        try stream.finish()
        return contents
      }
      contents += part.prefix(count)
    }
    return nil
  }
}
