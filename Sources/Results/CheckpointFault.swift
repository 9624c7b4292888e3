/// Why a file cannot be used as a checkpoint.
public enum CheckpointFault: Error, Equatable, CustomStringConvertible {
  /// A file that does not begin as a checkpoint does.
  case wrongMagic(found: [UInt8])
  /// A format that this version does not know.
  case unknownVersion(UInt64)
  /// A file that ends before its stated length.
  case truncated(expectedBytes: Int, foundBytes: Int)
  /// A file that goes on after its stated length.
  case trailingBytes(expectedBytes: Int, foundBytes: Int)
  /// CRC-32 as stored and as computed from what lies before it.
  case wrongChecksum(stored: UInt32, computed: UInt32)
  /// A file whose checksum holds, but whose header makes no sense.
  case malformedHeader(reason: String)

  public var description: String {
    switch self {
    case .wrongMagic(let found):
      "is none: expected it to begin with \(CheckpointFile.magic), found \(found)"
    case .unknownVersion(let version):
      "has format version \(version); this program reads version \(CheckpointFile.version)"
    case .truncated(let expected, let found):
      "is cut off: expected \(expected) bytes, found \(found)"
    case .trailingBytes(let expected, let found):
      "is too long: expected \(expected) bytes, found \(found)"
    case .wrongChecksum(let stored, let computed):
      "is damaged: expected the CRC-32 \(stored), found \(computed)"
    case .malformedHeader(let reason):
      "has a header that makes no sense: \(reason)"
    }
  }
}
