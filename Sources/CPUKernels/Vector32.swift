import CVectors
import WideKernels

/// `Float` lanes of one register.
package struct Vector32: Vector {
  package typealias Scalar = Float
  var lanes: vector_f32

  @inline(__always) init(_ lanes: vector_f32) { self.lanes = lanes }
  @inline(__always) package init(repeating scalar: Float) { lanes = f32_broadcast(scalar) }
  @inline(__always) package init(_ constant: Double) { lanes = f32_broadcast(Float(constant)) }
  @inline(__always) package init(_ pointer: UnsafePointer<Float>) { lanes = f32_load(pointer) }
  @inline(__always) package func store(_ pointer: UnsafeMutablePointer<Float>) { f32_store(pointer, lanes) }
  @inline(__always) package static var lanes: Int { Int(LANES32) }

  @inline(__always) package static func + (a: Vector32, b: Vector32) -> Vector32 { Vector32(f32_add(a.lanes, b.lanes)) }
  @inline(__always) package static func - (a: Vector32, b: Vector32) -> Vector32 { Vector32(f32_subtract(a.lanes, b.lanes)) }
  @inline(__always) package static func * (a: Vector32, b: Vector32) -> Vector32 { Vector32(f32_multiply(a.lanes, b.lanes)) }
  @inline(__always) package static func / (a: Vector32, b: Vector32) -> Vector32 { Vector32(f32_divide(a.lanes, b.lanes)) }
  @inline(__always) package static prefix func - (a: Vector32) -> Vector32 { Vector32(f32_negate(a.lanes)) }
  @inline(__always) package static func sqrt(_ x: Vector32) -> Vector32 { Vector32(f32_sqrt(x.lanes)) }
  @inline(__always) package static func absolute(_ x: Vector32) -> Vector32 { Vector32(f32_abs(x.lanes)) }
  @inline(__always) package static func maximum(_ a: Vector32, _ b: Vector32) -> Vector32 { select(b, a, where: a, isLessThan: b) }
  @inline(__always) package static func fma(_ a: Vector32, _ b: Vector32, _ c: Vector32) -> Vector32 {
    Vector32(f32_fma(a.lanes, b.lanes, c.lanes))
  }
  @inline(__always) package static func select(_ ifTrue: Vector32, _ ifFalse: Vector32, where x: Vector32, isLessThan y: Vector32)
    -> Vector32
  {
    Vector32(f32_select(ifTrue.lanes, ifFalse.lanes, x.lanes, y.lanes))
  }
  @inline(__always) package static func differenceOfProducts(_ a: Vector32, _ b: Vector32, _ c: Vector32, _ d: Vector32) -> Vector32 {
    Vector32(f32_difference_of_products(a.lanes, b.lanes, c.lanes, d.lanes))
  }
  /// The sign of `sign` on the magnitude of `x`.
  @inline(__always) static func copySign(_ x: Vector32, _ sign: Vector32) -> Vector32 { Vector32(f32_copysign(x.lanes, sign.lanes)) }
  @inline(__always) package var sum: Float { f32_sum(lanes) }
  @inline(__always) package var largest: Float { f32_largest(lanes) }
  @inline(__always) package static func transpose(
    _ x: UnsafePointer<Float>, rowStep: Int, rows: Int, into out: UnsafeMutablePointer<Float>, outStep: Int
  ) {
    f32_transpose(x, rowStep, rows, out, outStep)
  }
}
