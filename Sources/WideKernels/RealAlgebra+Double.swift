import Foundation

extension Double: RealAlgebra {
  @inlinable public static func sqrt(_ x: Double) -> Double { x.squareRoot() }
  @inlinable public static func exp(_ x: Double) -> Double { Foundation.exp(x) }
  @inlinable public static func expm1(_ x: Double) -> Double { Foundation.expm1(x) }
  @inlinable public static func log(_ x: Double) -> Double { Foundation.log(x) }
  @inlinable public static func log1p(_ x: Double) -> Double { Foundation.log1p(x) }
  @inlinable public static func erf(_ x: Double) -> Double { Foundation.erf(x) }
  @inlinable public static func sin(_ x: Double) -> Double { Foundation.sin(x) }
  @inlinable public static func cos(_ x: Double) -> Double { Foundation.cos(x) }
  @inlinable public static func atan2(y: Double, x: Double) -> Double { Foundation.atan2(y, x) }
  @inlinable public static func maximum(_ a: Double, _ b: Double) -> Double { a < b ? b : a }
  @inlinable public static func absolute(_ x: Double) -> Double { abs(x) }
  @inlinable public static func fma(_ a: Double, _ b: Double, _ c: Double) -> Double { c.addingProduct(a, b) }
  @inlinable public static func select(_ ifTrue: Double, _ ifFalse: Double, where x: Double, isLessThan y: Double) -> Double {
    x < y ? ifTrue : ifFalse
  }
  /// The mean of both exponents; 1 where one is 0, whose product needs no room.
  @inlinable public static func balance(_ a: Double, _ b: Double) -> (scale: Double, inverse: Double) {
    guard a > 0, b > 0 else { return (1, 1) }
    let exponent = ((a.bitPattern >> 1) + (b.bitPattern >> 1)) & Double.infinity.bitPattern
    return (Double(bitPattern: 2 * Double(1).bitPattern &- exponent), Double(bitPattern: exponent))
  }
}
