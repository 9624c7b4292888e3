import CVectors
import WideKernels

/// `Float` lanes of one register.
struct Vector32: Register {
  typealias Scalar = Float
  typealias Functions = Functions32
  typealias Integers = Integers32
  var lanes: vector_f32

  @inline(__always) init(_ lanes: vector_f32) { self.lanes = lanes }
  @inline(__always) init(repeating scalar: Float) { lanes = vector_f32(repeating: scalar) }
  @inline(__always) init(_ constant: Double) { lanes = vector_f32(repeating: Float(constant)) }
  @inline(__always) init(_ pointer: UnsafePointer<Float>) { lanes = UnsafeRawPointer(pointer).loadUnaligned(as: vector_f32.self) }
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: vector_f32.self)
  }
  @inline(__always) init(_ pointer: UnsafePointer<Float>, first count: Int) { lanes = f32_load_first(pointer, count) }
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Float>, first count: Int) { f32_store_first(pointer, lanes, count) }
  @inline(__always) static var lanes: Int { Int(LANES32) }

  @inline(__always) static func + (a: Vector32, b: Vector32) -> Vector32 { Vector32(f32_add(a.lanes, b.lanes)) }
  @inline(__always) static func - (a: Vector32, b: Vector32) -> Vector32 { Vector32(f32_subtract(a.lanes, b.lanes)) }
  @inline(__always) static func * (a: Vector32, b: Vector32) -> Vector32 { Vector32(f32_multiply(a.lanes, b.lanes)) }
  @inline(__always) static func / (a: Vector32, b: Vector32) -> Vector32 { Vector32(f32_divide(a.lanes, b.lanes)) }
  @inline(__always) static prefix func - (a: Vector32) -> Vector32 { Vector32(f32_negate(a.lanes)) }
  @inline(__always) static func sqrt(_ x: Vector32) -> Vector32 { Vector32(f32_sqrt(x.lanes)) }
  @inline(__always) static func absolute(_ x: Vector32) -> Vector32 { Vector32(f32_abs(x.lanes)) }
  @inline(__always) static func fma(_ a: Vector32, _ b: Vector32, _ c: Vector32) -> Vector32 {
    Vector32(f32_fma(a.lanes, b.lanes, c.lanes))
  }
  @inline(__always) static func select(_ ifTrue: Vector32, _ ifFalse: Vector32, where x: Vector32, isLessThan y: Vector32)
    -> Vector32
  {
    Vector32(f32_select(ifTrue.lanes, ifFalse.lanes, x.lanes, y.lanes))
  }
  @inline(__always) static func differenceOfProducts(_ a: Vector32, _ b: Vector32, _ c: Vector32, _ d: Vector32) -> Vector32 {
    Vector32(f32_difference_of_products(a.lanes, b.lanes, c.lanes, d.lanes))
  }
  @inline(__always) static func copySign(_ x: Vector32, _ sign: Vector32) -> Vector32 {
    Vector32(f32_copysign(x.lanes, sign.lanes))
  }
  @inline(__always) var sum: Float { f32_sum(lanes) }
  @inline(__always) var largest: Float { f32_largest(lanes) }
  @inline(__always) static func transpose(
    _ x: UnsafePointer<Float>, rowStep: Int, rows: Int, into out: UnsafeMutablePointer<Float>, outStep: Int
  ) {
    f32_transpose(x, rowStep, rows, out, outStep)
  }
  @inline(__always) static func transpose(
    _ x: UnsafePointer<Float>, rowStep: Int, rows: Int, columns: Int, into out: UnsafeMutablePointer<Float>, outStep: Int
  ) {
    f32_transpose_part(x, rowStep, rows, columns, out, outStep)
  }

  @inline(__always) var bits: Integers32 { Integers32(f32_bits(lanes)) }
  @inline(__always) init(bits: Integers32) { lanes = f32_from_bits(bits.lanes) }
  @inline(__always) init(whole: Integers32) { lanes = f32_from_integer(whole.lanes) }
  @inline(__always) static func select(_ ifTrue: Vector32, _ ifFalse: Vector32, whereZero n: Integers32) -> Vector32 {
    Vector32(f32_select_zero(ifTrue.lanes, ifFalse.lanes, n.lanes))
  }
  @inline(__always) static func isAnyLess(_ x: Vector32, _ y: Vector32) -> Bool { f32_any_less(x.lanes, y.lanes) != 0 }

  // By way of float64: the reduction needs more digits than float32 has.
  @inline(__always) static func reducedAngle(_ x: Vector32) -> (n: Integers32, high: Vector32, low: Vector32) {
    let magic = Vector64(6755399441055744.0)
    @inline(__always) func half(_ x: Vector64) -> (n: vector_i64, rest: vector_f64) {
      let shifted = Vector64.fma(x, Vector64(0.6366197723675814), magic)
      let whole = shifted - magic
      // π/2 in two pieces, products with the first of which are exact.
      let first = Vector64.fma(whole, Vector64(-1.57079632673412561417e+00), x)
      return (f64_bits(shifted.lanes), Vector64.fma(whole, Vector64(-6.07710050650619224932e-11), first).lanes)
    }
    let (low, high) = (half(Vector64(f32_low(x.lanes))), half(Vector64(f32_high(x.lanes))))
    return (Integers32(f32_integers_from_halves(low.n, high.n)), Vector32(f32_from_halves(low.rest, high.rest)), .zero)
  }
  @inline(__always) static func librarySin(_ x: Vector32) -> Vector32 {
    Vector32(f32_from_halves(f64_library_sin(f32_low(x.lanes)), f64_library_sin(f32_high(x.lanes))))
  }
  @inline(__always) static func libraryCos(_ x: Vector32) -> Vector32 {
    Vector32(f32_from_halves(f64_library_cos(f32_low(x.lanes)), f64_library_cos(f32_high(x.lanes))))
  }
}

/// Integers side by side, as many as a register of `Vector32` has lanes.
struct Integers32: IntegerVector {
  var lanes: vector_i32

  @inline(__always) init(_ lanes: vector_i32) { self.lanes = lanes }
  @inline(__always) init(_ n: Int) { lanes = vector_i32(repeating: Int32(truncatingIfNeeded: n)) }
  @inline(__always) static func &+ (a: Self, b: Self) -> Self { Self(a.lanes &+ b.lanes) }
  @inline(__always) static func &- (a: Self, b: Self) -> Self { Self(a.lanes &- b.lanes) }
  @inline(__always) static func & (a: Self, b: Int) -> Self { Self(a.lanes & Int32(truncatingIfNeeded: b)) }
  @inline(__always) static func &<< (a: Self, b: Int) -> Self { Self(a.lanes &<< Int32(truncatingIfNeeded: b)) }
  @inline(__always) static func &>> (a: Self, b: Int) -> Self { Self(a.lanes &>> Int32(truncatingIfNeeded: b)) }
}
