import PrintableText
import Sizes

/// An amount of memory as a user writes it: 8GB, 500MB, 12GiB, 1e9.
public struct ByteCount: Sendable, Codable, Comparable, CustomStringConvertible {
  /// The amount in bytes.
  public var bytes: Int

  /// The most that a setting may say.
  public static let largest = ByteCount(bytes: 1_000_000_000_000_000)

  public static func < (a: ByteCount, b: ByteCount) -> Bool { a.bytes < b.bytes }

  public init(bytes: Int) { self.bytes = bytes }

  /// Reads a positive number with one of the units B, KB, MB, GB, TB (powers of 1000), KiB … TiB (of 1024) or none; nil for other text.
  public init?(_ text: String) {
    let units: [(String, Double)] = [
      ("KiB", 0x1p10), ("MiB", 0x1p20), ("GiB", 0x1p30), ("TiB", 0x1p40), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1),
      ("", 1),
    ]
    for (unit, size) in units where text.lowercased().hasSuffix(unit.lowercased()) {
      guard let number = NumberText.number(text.dropLast(unit.count).filter { $0 != " " }), number > 0, number * size < 0x1p62 else {
        return nil
      }
      bytes = Int(saturating: number * size)
      return
    }
    return nil
  }

  public init(from decoder: any Decoder) throws { bytes = try decoder.singleValueContainer().decode(Int.self) }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bytes)
  }

  /// The amount with a unit and two digits at least, such as 3.2 GB.
  public var description: String { bytes.byteText }
}
