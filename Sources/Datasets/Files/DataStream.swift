/// The contents of a data file, or of a member of an archive, from front to back; what is compressed is inflated on the way.
///
/// Nothing is inflated beyond what is asked for: memory follows what a reader wants, never what a file holds or claims.
package final class DataStream {
  private enum Form {
    case plain
    /// Members one after another, then zeros if any.
    case gzip(Inflater)
    /// A member of a zip archive.
    case deflated(Inflater)
  }

  /// Name for messages: the file's path, with the name of a member.
  let path: String
  /// Bytes in all, after decompression; nil for gzip, which does not say.
  let byteCount: Int?
  /// More bytes than these cannot come.
  let largestByteCount: Int
  /// Bytes handed out.
  private(set) var position = 0
  private let stored: StoredBytes
  private let range: Range<Int>
  private let form: Form
  /// CRC-32 that the archive states for the member.
  private let claimedCRC32: UInt32?
  /// The next stored byte that was not read.
  private var storedPosition: Int
  private var storedCRC = RunningCRC32()
  private var contentCRC = RunningCRC32()
  private var input: [UInt8] = []
  private var inputRange = 0..<0
  private var hasEnded = false
  /// Bytes that were looked at before they were asked for.
  private var ahead: ArraySlice<UInt8> = []

  /// Opens a whole file, which is inflated if it begins with gzip's magic number.
  ///
  /// - Throws: `DatasetError.fileNotFound`, `.isDirectory`, `.unreadable`, `.emptyFile`, `.changedWhileRead`.
  package convenience init(contentsOf path: String) throws(DatasetError) {
    try self.init(.file(try RegularFile(path)))
  }

  /// A stream of bytes that are already in memory.
  package convenience init(path: String, bytes: [UInt8]) throws(DatasetError) {
    guard !bytes.isEmpty else { throw .emptyFile(path: path) }
    try self.init(.memory(path: path, bytes))
  }

  init(_ stored: StoredBytes) throws(DatasetError) {
    (self.stored, path, range, claimedCRC32, storedPosition) = (stored, stored.path, 0..<stored.byteCount, nil, 0)
    let isCompressed = try stored.bytes(0..<min(2, stored.byteCount)) == [0x1f, 0x8b]
    form = isCompressed ? .gzip(try Inflater(.gzip, path: stored.path)) : .plain
    byteCount = isCompressed ? nil : stored.byteCount
    largestByteCount =
      isCompressed ? stored.byteCount.multipliedReportingOverflow(by: Inflater.largestRatio).partialValue : stored.byteCount
    if isCompressed, try peek(1).isEmpty { throw .emptyFile(path: stored.path) }
  }

  /// A member of a zip archive, whose compressed bytes lie in `range`.
  init(_ stored: StoredBytes, member: ZipArchive.Member, range: Range<Int>) throws(DatasetError) {
    (self.stored, path, self.range) = (stored, "\(stored.path):\(member.name)", range)
    (claimedCRC32, storedPosition, byteCount) = (member.crc32, range.lowerBound, member.byteCount)
    form = member.isDeflated ? .deflated(try Inflater(.none, path: "\(stored.path):\(member.name)")) : .plain
    largestByteCount = member.isDeflated ? range.count.multipliedReportingOverflow(by: Inflater.largestRatio).partialValue : range.count
  }

  /// The next bytes without taking them, fewer than asked for only at the end.
  package func peek(_ count: Int) throws(DatasetError) -> ArraySlice<UInt8> {
    if ahead.count < count {
      var bytes = Array(ahead) + [UInt8](repeating: 0, count: count - ahead.count)
      let known = ahead.count
      var got = 0
      try bytes.fill(first: count) { buffer throws(DatasetError) in
        got = try readFresh(UnsafeMutableRawBufferPointer(rebasing: buffer[known...]))
      }
      ahead = bytes[..<(known + got)]
    }
    return ahead.prefix(count)
  }

  /// Fills the buffer as far as there are bytes, and says how many there were.
  ///
  /// - Throws: `DatasetError.damagedStream`, `.unreadable`, `.changedWhileRead`.
  func read(_ buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    let known = min(ahead.count, buffer.count)
    if known > 0 {
      buffer.copyBytes(from: ahead.prefix(known))
      ahead = ahead.dropFirst(known)
    }
    let count = known + (try readFresh(UnsafeMutableRawBufferPointer(rebasing: buffer[known...])))
    position += count
    return count
  }

  /// Fills the whole buffer.
  ///
  /// - Parameter total: bytes that the file should have, for the message.
  /// - Throws: `DatasetError.truncated`, and as `read`.
  func readAll(_ buffer: UnsafeMutableRawBufferPointer, of total: Int) throws(DatasetError) {
    guard try read(buffer) == buffer.count else { throw .truncated(path: path, expected: total, found: position) }
  }

  /// The next `count` bytes. Precondition: `count` is small.
  ///
  /// - Throws: `DatasetError.truncated` where there are fewer.
  package func take(_ count: Int) throws(DatasetError) -> [UInt8] {
    let total = position + count
    return try [UInt8].filled(count: count) { buffer throws(DatasetError) in try readAll(buffer, of: total) }
  }

  /// - Throws: `DatasetError.truncated`, or `.damagedStream` for a compressed file, unless there may be `total` bytes.
  func checkHolds(_ total: Int) throws(DatasetError) {
    if let byteCount, total > byteCount { throw .truncated(path: path, expected: total, found: byteCount) }
    guard total <= largestByteCount else {
      throw .damagedStream(path: path, reason: "its header claims \(total) bytes, which \(range.count) compressed bytes cannot hold")
    }
  }

  /// Compares the size that a header claims with what there is, before anything of that size is allocated or inflated.
  ///
  /// - Parameters:
  ///   - total: bytes from the beginning of the contents.
  ///   - memory: bytes that the reader will allocate; nil stands for more than any number.
  /// - Throws: as `checkHolds`, and `DatasetError.trailingBytes`, `.needsMemory`.
  func checkSize(_ total: Int, memory: Int?) throws(DatasetError) {
    try checkHolds(total)
    if let byteCount, total < byteCount { throw .trailingBytes(path: path, expected: total, found: byteCount) }
    try MemoryBudget.check(memory, path: path)
  }

  /// Reads past the end, so that what comes last is verified too.
  ///
  /// - Throws: `DatasetError.trailingBytes` where contents are left; `.damagedStream`, `.changedWhileRead`.
  package func finish() throws(DatasetError) {
    let expected = position
    guard try peek(1).isEmpty else {
      throw .trailingBytes(path: path, expected: expected, found: byteCount.flatMap { $0 > expected ? $0 : nil })
    }
    if let claimedCRC32, claimedCRC32 != contentCRC.value {
      throw .damagedArchive(path: path, reason: "its CRC-32 is not that of its contents")
    }
    try stored.checkUnchanged()
  }

  /// Checksum of the file as it is stored. Precondition: `finish` has returned.
  package var checksum: FileChecksum { FileChecksum(path: path, byteCount: range.count, crc32: storedCRC.value) }

  // Beyond `ahead`.
  private func readFresh(_ buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    guard !buffer.isEmpty, !hasEnded else { return 0 }
    let count: Int
    switch form {
    case .plain: count = try readStored(into: buffer)
    case .gzip(let inflater): count = try inflate(inflater, into: buffer, areMembersMany: true)
    case .deflated(let inflater): count = try inflate(inflater, into: buffer, areMembersMany: false)
    }
    if claimedCRC32 != nil { contentCRC.add(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
    return count
  }

  private func readStored(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    let count = min(buffer.count, range.upperBound - storedPosition)
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    // In pieces that a cache holds, for the checksum.
    for start in stride(from: 0, to: count, by: 1 << 18) {
      let piece = UnsafeMutableRawBufferPointer(rebasing: part[start..<min(start + 1 << 18, count)])
      try stored.read(into: piece, at: storedPosition)
      storedPosition += piece.count
      storedCRC.add(UnsafeRawBufferPointer(piece))
    }
    return count
  }

  private func inflate(
    _ inflater: Inflater, into buffer: UnsafeMutableRawBufferPointer, areMembersMany: Bool
  ) throws(DatasetError) -> Int {
    var produced = 0
    while produced < buffer.count, !hasEnded {
      if inputRange.isEmpty { try refill() }
      var step: (consumed: Int, produced: Int, status: Inflater.Status) = (0, 0, .goesOn)
      var failure: DatasetError?
      input.withUnsafeBytes { bytes in
        do throws(DatasetError) {
          step = try inflater.inflate(
            from: UnsafeRawBufferPointer(rebasing: bytes[inputRange]), into: UnsafeMutableRawBufferPointer(rebasing: buffer[produced...]))
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      inputRange = inputRange.lowerBound + step.consumed..<inputRange.upperBound
      produced += step.produced
      if step.status == .ended {
        hasEnded = areMembersMany ? !(try startsNextMember(inflater)) : true
      } else if step.consumed == 0, step.produced == 0, !inputRange.isEmpty || storedPosition == range.upperBound {
        throw .damagedStream(path: path, reason: "it is cut off")
      }
    }
    return produced
  }

  /// Behind a member of a gzip file: false at the end of the file. Zeros, which fill up blocks of tapes and devices, belong to nothing.
  private func startsNextMember(_ inflater: Inflater) throws(DatasetError) -> Bool {
    while true {
      if inputRange.isEmpty { try refill() }
      guard let first = input[inputRange].first else { return false }
      if first == 0x1f, inputRange.count == 1, storedPosition < range.upperBound { try refill() }
      if input[inputRange].starts(with: [0x1f, 0x8b]) {
        inflater.restart()
        return true
      }
      guard let other = input[inputRange].firstIndex(where: { $0 != 0 }) else {
        inputRange = 0..<0
        continue
      }
      let left = inputRange.upperBound - other + range.upperBound - storedPosition
      throw .damagedStream(
        path: path, reason: "\(left) other bytes follow its end; `gzip -dc FILE > NEW` keeps what lies before them, if that is all of it")
    }
  }

  /// Reads more of the file behind what is left of the input.
  private func refill() throws(DatasetError) {
    let left = Array(input[inputRange])
    let count = min(1 << 18, range.upperBound - storedPosition)
    input = left + [UInt8](repeating: 0, count: count)
    try input.fill(first: input.count) { buffer throws(DatasetError) in
      _ = try readStored(into: UnsafeMutableRawBufferPointer(rebasing: buffer[left.count...]))
    }
    inputRange = 0..<input.count
  }
}
