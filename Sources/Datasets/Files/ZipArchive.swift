/// A zip archive: its members by name. NumPy's `.npz` files are such, with one `.npy` file for each array.
///
/// Stored and deflated members, zip64. Sizes are those of the central directory; nothing is inflated here.
///
/// Source: PKWARE, *.ZIP File Format Specification*, 6.3.10, sections 4.3 and 4.5.3.
struct ZipArchive {
  struct Member {
    let name: String
    let isDeflated: Bool
    let crc32: UInt32
    let byteCount: Int
    fileprivate let storedByteCount, headerOffset, method: Int
    fileprivate let isEncrypted: Bool
  }

  static let magic: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
  private static let largestDirectory = 1 << 26

  let path: String
  let members: [Member]
  private let stored: StoredBytes

  /// Reads the directory at the end of the file.
  ///
  /// - Throws: `DatasetError.damagedArchive`.
  init(_ stored: StoredBytes) throws(DatasetError) {
    (self.stored, path) = (stored, stored.path)
    let path = stored.path
    func damaged(_ reason: String) -> DatasetError { .damagedArchive(path: path, reason: reason) }
    // The last record is followed by a comment of at most 65535 bytes.
    let tailStart = max(0, stored.byteCount - 22 - 65535)
    let tail = LittleEndianBytes(try stored.bytes(tailStart..<stored.byteCount))
    guard
      let end = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
        tail.number($0, 4) == 0x0605_4B50 && tail.number($0 + 20, 2) == tail.count - $0 - 22
      })
    else { throw damaged("it has no directory at its end: it is cut off or no zip archive") }
    var (count, size, offset) = (tail.number(end + 10, 2), tail.number(end + 12, 4), tail.number(end + 16, 4))
    let locator = tailStart + end - 20
    if locator >= 0, count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      let bytes = LittleEndianBytes(try stored.bytes(locator..<locator + 20))
      let record = bytes.number(8, 8)
      if bytes.number(0, 4) == 0x0706_4B50 {
        guard record >= 0, record <= locator - 56 else { throw damaged("its directory lies outside of it") }
        let fields = LittleEndianBytes(try stored.bytes(record..<record + 56))
        guard fields.number(0, 4) == 0x0606_4B50 else { throw damaged("its zip64 record is missing") }
        (count, size, offset) = (fields.number(32, 8), fields.number(40, 8), fields.number(48, 8))
      }
    }
    guard size >= 0, size <= min(Self.largestDirectory, stored.byteCount), offset >= 0, offset <= stored.byteCount - size, count >= 0 else {
      throw damaged("its directory lies outside of it")
    }
    let directory = LittleEndianBytes(try stored.bytes(offset..<offset + size))
    var members: [Member] = []
    var start = 0
    while members.count < count {
      guard let (member, length) = Self.member(directory, at: start) else {
        throw damaged("entry \(members.count + 1) of its directory is no entry")
      }
      members.append(member)
      start += length
    }
    self.members = members
  }

  /// The contents of a member.
  ///
  /// - Throws: `DatasetError.unsupported` for encryption and other compression, `.damagedArchive`.
  func open(_ member: Member) throws(DatasetError) -> DataStream {
    let name = "\(path):\(member.name)"
    guard !member.isEncrypted, member.method == 0 || member.method == 8 else {
      throw .unsupported(
        path: name, format: "a member of a zip archive", found: member.isEncrypted ? "encrypted" : "compressed by method \(member.method)",
        supported: "stored or deflated")
    }
    guard member.headerOffset >= 0, member.headerOffset <= stored.byteCount - 30 else {
      throw .damagedArchive(path: name, reason: "its header lies outside of the archive")
    }
    let header = LittleEndianBytes(try stored.bytes(member.headerOffset..<member.headerOffset + 30))
    let start = member.headerOffset + 30 + header.number(26, 2) + header.number(28, 2)
    guard header.number(0, 4) == 0x0403_4B50, start <= stored.byteCount, member.storedByteCount <= stored.byteCount - start else {
      throw .damagedArchive(path: name, reason: "its contents lie outside of the archive")
    }
    guard member.isDeflated || member.storedByteCount == member.byteCount else {
      throw .damagedArchive(path: name, reason: "its sizes differ though it is not compressed")
    }
    return try DataStream(stored, member: member, range: start..<start + member.storedByteCount)
  }

  private static func member(_ directory: LittleEndianBytes, at start: Int) -> (Member, length: Int)? {
    guard directory.count - start >= 46, directory.number(start, 4) == 0x0201_4B50 else { return nil }
    let (nameLength, extraLength) = (directory.number(start + 28, 2), directory.number(start + 30, 2))
    let length = 46 + nameLength + extraLength + directory.number(start + 32, 2)
    guard directory.count - start >= length else { return nil }
    var sizes = [directory.number(start + 24, 4), directory.number(start + 20, 4), directory.number(start + 42, 4)]
    // Numbers that are all ones lie in the zip64 field, in this order.
    var extra = start + 46 + nameLength
    let extraEnd = extra + extraLength
    while extra + 4 <= extraEnd {
      let (kind, size) = (directory.number(extra, 2), directory.number(extra + 2, 2))
      var place = extra + 4
      extra = place + size
      guard extra <= extraEnd else { return nil }
      guard kind == 1 else { continue }
      for index in sizes.indices where sizes[index] == 0xFFFF_FFFF {
        guard place + 8 <= extra else { return nil }
        sizes[index] = directory.number(place, 8)
        place += 8
      }
    }
    guard sizes.allSatisfy({ $0 >= 0 }) else { return nil }
    let method = directory.number(start + 10, 2)
    return (
      Member(
        name: directory.text(start + 46, nameLength), isDeflated: method == 8, crc32: UInt32(directory.number(start + 16, 4)),
        byteCount: sizes[0], storedByteCount: sizes[1], headerOffset: sizes[2], method: method,
        isEncrypted: directory.number(start + 8, 2) & 1 == 1), length
    )
  }
}

private struct LittleEndianBytes {
  private let bytes: [UInt8]
  var count: Int { bytes.count }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// An unsigned number; one of eight bytes that `Int` does not hold is negative, and refused where it is used.
  func number(_ start: Int, _ width: Int) -> Int { bytes[start..<start + width].reversed().reduce(0) { $0 << 8 | Int($1) } }

  func text(_ start: Int, _ count: Int) -> String { String(decoding: bytes[start..<start + count], as: UTF8.self) }
}
