import Foundation

#if arch(x86_64)
/// The oracle's numbers: 64 bits of significand, so that the oracle's own rounding is 2⁻¹¹ of a float64 target's.
package typealias WideReal = Float80
#else
/// The oracle's numbers where nothing wider exists: bounds of float64 targets are doubled (see `WideReal.roundoff`).
typealias WideReal = Double
#endif

extension WideReal {
  /// The oracle's own relative error in one operation, as far as it counts against a float64 target.
  static var roundoff: Double { WideReal.significandBitCount > 60 ? 0 : 0x1p-53 }

  static func exponential(_ x: WideReal) -> WideReal { Foundation.exp(x) }
  static func exponentialMinusOne(_ x: WideReal) -> WideReal { Foundation.expm1(x) }
  static func logarithm(_ x: WideReal) -> WideReal { Foundation.log(x) }
  static func logarithmOfOnePlus(_ x: WideReal) -> WideReal { Foundation.log1p(x) }
  static func errorFunction(_ x: WideReal) -> WideReal { Foundation.erf(x) }
  static func sine(_ x: WideReal) -> WideReal { Foundation.sin(x) }
  static func cosine(_ x: WideReal) -> WideReal { Foundation.cos(x) }
  static func angle(y: WideReal, x: WideReal) -> WideReal { Foundation.atan2(y, x) }
}
