import CVectors
import WideKernels

/// `Double` lanes of one register.
package struct Vector64: Vector {
  package typealias Scalar = Double
  var lanes: vector_f64

  @inline(__always) init(_ lanes: vector_f64) { self.lanes = lanes }
  @inline(__always) package init(repeating scalar: Double) { lanes = f64_broadcast(scalar) }
  @inline(__always) package init(_ constant: Double) { lanes = f64_broadcast(Double(constant)) }
  @inline(__always) package init(_ pointer: UnsafePointer<Double>) { lanes = f64_load(pointer) }
  @inline(__always) package func store(_ pointer: UnsafeMutablePointer<Double>) { f64_store(pointer, lanes) }
  @inline(__always) package static var lanes: Int { Int(LANES64) }

  @inline(__always) package static func + (a: Vector64, b: Vector64) -> Vector64 { Vector64(f64_add(a.lanes, b.lanes)) }
  @inline(__always) package static func - (a: Vector64, b: Vector64) -> Vector64 { Vector64(f64_subtract(a.lanes, b.lanes)) }
  @inline(__always) package static func * (a: Vector64, b: Vector64) -> Vector64 { Vector64(f64_multiply(a.lanes, b.lanes)) }
  @inline(__always) package static func / (a: Vector64, b: Vector64) -> Vector64 { Vector64(f64_divide(a.lanes, b.lanes)) }
  @inline(__always) package static prefix func - (a: Vector64) -> Vector64 { Vector64(f64_negate(a.lanes)) }
  @inline(__always) package static func sqrt(_ x: Vector64) -> Vector64 { Vector64(f64_sqrt(x.lanes)) }
  @inline(__always) package static func absolute(_ x: Vector64) -> Vector64 { Vector64(f64_abs(x.lanes)) }
  @inline(__always) package static func maximum(_ a: Vector64, _ b: Vector64) -> Vector64 { select(b, a, where: a, isLessThan: b) }
  @inline(__always) package static func fma(_ a: Vector64, _ b: Vector64, _ c: Vector64) -> Vector64 {
    Vector64(f64_fma(a.lanes, b.lanes, c.lanes))
  }
  @inline(__always) package static func select(_ ifTrue: Vector64, _ ifFalse: Vector64, where x: Vector64, isLessThan y: Vector64)
    -> Vector64
  {
    Vector64(f64_select(ifTrue.lanes, ifFalse.lanes, x.lanes, y.lanes))
  }
  @inline(__always) package static func differenceOfProducts(_ a: Vector64, _ b: Vector64, _ c: Vector64, _ d: Vector64) -> Vector64 {
    Vector64(f64_difference_of_products(a.lanes, b.lanes, c.lanes, d.lanes))
  }
  /// The sign of `sign` on the magnitude of `x`.
  @inline(__always) static func copySign(_ x: Vector64, _ sign: Vector64) -> Vector64 { Vector64(f64_copysign(x.lanes, sign.lanes)) }
  @inline(__always) package var sum: Double { f64_sum(lanes) }
  @inline(__always) package var largest: Double { f64_largest(lanes) }
  @inline(__always) package static func transpose(
    _ x: UnsafePointer<Double>, rowStep: Int, rows: Int, into out: UnsafeMutablePointer<Double>, outStep: Int
  ) {
    f64_transpose(x, rowStep, rows, out, outStep)
  }
}
