import Foundation

/// `records.crc`: for every line of `records.jsonl` the CRC-32 of that file up to the end of the line, eight hexadecimal digits and a
/// line feed each. It tells a line that was changed or lost, wherever it stood.
package enum RecordChecksums {
  /// Bytes of one.
  static let width = 9

  static func file(in directory: URL) -> URL { directory.appendingPathComponent("records.crc") }

  /// Checksums of a run's records; nil where there is no such file: records of an older version. A last one that is torn is left out.
  static func read(_ directory: URL) throws(ResultsError) -> [UInt32]? {
    let url = file(in: directory)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let bytes = try SystemFile.contents(of: url)
    var checksums: [UInt32] = []
    checksums.reserveCapacity(bytes.count / width)
    for start in stride(from: 0, through: bytes.count - width, by: width) {
      let digits = bytes[start..<start + width - 1]
      guard let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), bytes[start + width - 1] == 0x0A else {
        throw .malformedFile(
          path: url.path,
          reason: "line \(start / width + 1) is no checksum. Restore the file from a copy, or delete it: the records are then read without")
      }
      checksums.append(value)
    }
    return checksums
  }

  /// The bytes of a checksum's line.
  package static func line(_ checksum: UInt32) -> [UInt8] {
    let digits = String(checksum, radix: 16)
    return Array((String(repeating: "0", count: width - 1 - digits.utf8.count) + digits + "\n").utf8)
  }
}

/// The first lines of a run's records: how many, and their CRC-32. What a checkpoint and an ended run build on.
public struct RecordPrefix: Equatable, Sendable {
  /// Number of lines.
  public let count: Int
  /// CRC-32 of the lines, line feeds included.
  public let checksum: UInt32

  public init(count: Int, checksum: UInt32) { (self.count, self.checksum) = (count, checksum) }

  var json: JSONValue { ["count": .integer(Int128(count)), "crc": .integer(Int128(checksum))] }

  /// Reads what `json` gave; nil for anything else.
  init?(_ json: JSONValue?) {
    guard case .integer(let count)? = json?["count"], let count = Int(exactly: count), count >= 0,
      case .integer(let checksum)? = json?["crc"],
      let checksum = UInt32(exactly: checksum)
    else { return nil }
    self.init(count: count, checksum: checksum)
  }

  /// Whether lines with these running checksums begin with it.
  func begins(_ checksums: [UInt32]) -> Bool {
    count <= checksums.count && checksum == (count == 0 ? 0 : checksums[count - 1])
  }
}
