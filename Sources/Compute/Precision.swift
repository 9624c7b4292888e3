/// The floating-point format of a tensor. float64 is the default everywhere; float32 is asked for.
public enum Precision: String, Sendable, Codable, CaseIterable, CustomStringConvertible {
  /// The binary formats of IEEE 754 with 32 and 64 bits.
  case float32, float64

  /// Bytes of one number.
  public var byteCount: Int { self == .float32 ? 4 : 8 }
  /// Half the distance from 1 to the next number: the largest relative error of one rounding.
  public var unitRoundoff: Double { self == .float32 ? 0x1p-24 : 0x1p-53 }
  /// The least number with all its digits; smaller ones lose them bit by bit.
  public var leastNormal: Double { self == .float32 ? 0x1p-126 : 0x1p-1022 }
  public var description: String { rawValue }
}
