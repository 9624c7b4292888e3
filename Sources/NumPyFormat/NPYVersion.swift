/// What stands before the header of an NPY file: magic number, version, and how long the header is.
package struct NPYVersion: Equatable, Sendable, CustomStringConvertible {
  /// Bytes of magic number and version.
  package static let end = 8

  private let major, minor: UInt8

  /// Reads the version behind the magic number, which is not looked at.
  ///
  /// - Precondition: at least `end` bytes, the first of a file.
  package init(_ beginning: [UInt8]) { (major, minor) = (beginning[Self.end - 2], beginning[Self.end - 1]) }

  package var description: String { "\(major).\(minor)" }

  /// Bytes that say how long the header is, after `end`; nil for a version that is not known.
  package var sizeByteCount: Int? {
    switch major {
    case 1: 2
    case 2, 3: 4
    default: nil
    }
  }

  /// Length of the header, of the bytes that say it.
  package static func headerSize(_ bytes: some BidirectionalCollection<UInt8>) -> Int {
    bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
