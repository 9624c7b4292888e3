/// A colour, as sRGB.
public struct Color: Equatable, Hashable, Sendable {
  /// `0xRRGGBB`.
  public let rgb: UInt32

  public init(rgb: UInt32) { self.rgb = rgb & 0xFF_FFFF }

  /// Black, for axes and references.
  public static let black = Color(rgb: 0)

  /// Six colours that people with any common colour blindness can tell apart; yellow, too faint on white, and black are left out.
  ///
  /// Ordered from warm to cool, for series that have an order.
  /// Source: Okabe & Ito, "Color Universal Design", 2008.
  public static let palette = [0xD55E00, 0xE69F00, 0x009E73, 0x56B4E9, 0x0072B2, 0xCC79A7].map { Color(rgb: $0) }

  /// `#RRGGBB`.
  var hexadecimal: String {
    let digits = String(rgb, radix: 16, uppercase: true)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
