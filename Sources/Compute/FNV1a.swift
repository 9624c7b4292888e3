/// The 64-bit FNV-1a hash, the same on every machine and in every version, unlike `Hasher`.
///
/// It tells texts and numbers apart that differ by accident, not by intent. Source: Fowler, Noll & Vo.
public struct FNV1a: Sendable {
  @usableFromInline var state: UInt64 = 0xcbf2_9ce4_8422_2325
  /// The hash of all that was combined.
  public var value: UInt64 { state }

  /// A hash of nothing yet.
  public init() {}

  /// The hash of bytes.
  @inlinable public init(_ bytes: some Sequence<UInt8>) {
    self.init()
    combine(bytes)
  }

  /// Goes on with further bytes.
  @inlinable public mutating func combine(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// Goes on with the bits of a number, from the lowest byte on.
  public mutating func combine(_ number: Double) {
    let bits = number.bitPattern
    combine((0..<8).lazy.map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) })
  }

  /// 16 hexadecimal digits.
  public var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
