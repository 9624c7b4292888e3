import CVectors
import WideKernels

/// `Double` lanes of one register.
struct Vector64: Register {
  typealias Scalar = Double
  typealias Functions = Functions64
  typealias Integers = Integers64
  var lanes: vector_f64

  @inline(__always) init(_ lanes: vector_f64) { self.lanes = lanes }
  @inline(__always) init(repeating scalar: Double) { lanes = vector_f64(repeating: scalar) }
  @inline(__always) init(_ constant: Double) { lanes = vector_f64(repeating: Double(constant)) }
  @inline(__always) init(_ pointer: UnsafePointer<Double>) { lanes = UnsafeRawPointer(pointer).loadUnaligned(as: vector_f64.self) }
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: vector_f64.self)
  }
  @inline(__always) init(_ pointer: UnsafePointer<Double>, first count: Int) { lanes = f64_load_first(pointer, count) }
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Double>, first count: Int) { f64_store_first(pointer, lanes, count) }
  @inline(__always) static var lanes: Int { Int(LANES64) }

  @inline(__always) static func + (a: Vector64, b: Vector64) -> Vector64 { Vector64(f64_add(a.lanes, b.lanes)) }
  @inline(__always) static func - (a: Vector64, b: Vector64) -> Vector64 { Vector64(f64_subtract(a.lanes, b.lanes)) }
  @inline(__always) static func * (a: Vector64, b: Vector64) -> Vector64 { Vector64(f64_multiply(a.lanes, b.lanes)) }
  @inline(__always) static func / (a: Vector64, b: Vector64) -> Vector64 { Vector64(f64_divide(a.lanes, b.lanes)) }
  @inline(__always) static prefix func - (a: Vector64) -> Vector64 { Vector64(f64_negate(a.lanes)) }
  @inline(__always) static func sqrt(_ x: Vector64) -> Vector64 { Vector64(f64_sqrt(x.lanes)) }
  @inline(__always) static func absolute(_ x: Vector64) -> Vector64 { Vector64(f64_abs(x.lanes)) }
  @inline(__always) static func fma(_ a: Vector64, _ b: Vector64, _ c: Vector64) -> Vector64 {
    Vector64(f64_fma(a.lanes, b.lanes, c.lanes))
  }
  @inline(__always) static func select(_ ifTrue: Vector64, _ ifFalse: Vector64, where x: Vector64, isLessThan y: Vector64)
    -> Vector64
  {
    Vector64(f64_select(ifTrue.lanes, ifFalse.lanes, x.lanes, y.lanes))
  }
  @inline(__always) static func differenceOfProducts(_ a: Vector64, _ b: Vector64, _ c: Vector64, _ d: Vector64) -> Vector64 {
    Vector64(f64_difference_of_products(a.lanes, b.lanes, c.lanes, d.lanes))
  }
  @inline(__always) static func copySign(_ x: Vector64, _ sign: Vector64) -> Vector64 {
    Vector64(f64_copysign(x.lanes, sign.lanes))
  }
  @inline(__always) var sum: Double { f64_sum(lanes) }
  @inline(__always) var largest: Double { f64_largest(lanes) }
  @inline(__always) static func transpose(
    _ x: UnsafePointer<Double>, rowStep: Int, rows: Int, into out: UnsafeMutablePointer<Double>, outStep: Int
  ) {
    f64_transpose(x, rowStep, rows, out, outStep)
  }
  @inline(__always) static func transpose(
    _ x: UnsafePointer<Double>, rowStep: Int, rows: Int, columns: Int, into out: UnsafeMutablePointer<Double>, outStep: Int
  ) {
    f64_transpose_part(x, rowStep, rows, columns, out, outStep)
  }

  @inline(__always) var bits: Integers64 { Integers64(f64_bits(lanes)) }
  @inline(__always) init(bits: Integers64) { lanes = f64_from_bits(bits.lanes) }
  @inline(__always) init(whole: Integers64) { lanes = f64_from_integer(whole.lanes) }
  @inline(__always) static func select(_ ifTrue: Vector64, _ ifFalse: Vector64, whereZero n: Integers64) -> Vector64 {
    Vector64(f64_select_zero(ifTrue.lanes, ifFalse.lanes, n.lanes))
  }
  @inline(__always) static func isAnyLess(_ x: Vector64, _ y: Vector64) -> Bool { f64_any_less(x.lanes, y.lanes) != 0 }

  // Source: fdlibm's e_rem_pio2.c, with π/2 in pieces of 33 bits.
  @inline(__always) static func reducedAngle(_ x: Vector64) -> (n: Integers64, high: Vector64, low: Vector64) {
    let magic = Vector64(6755399441055744.0)
    let shifted = fma(x, Vector64(0.6366197723675814), magic)
    let whole = shifted - magic
    let first = x - whole * Vector64(1.57079632673412561417e+00)
    let piece = whole * Vector64(6.07710050630396597660e-11)
    let second = first - piece
    let rest = (first - second) - piece
    let tail = rest - fma(whole, Vector64(2.02226624871116645580e-21), whole * Vector64(8.47842766036889956997e-32))
    let high = second + tail
    return (shifted.bits, high, (second - high) + tail)
  }
  @inline(__always) static func librarySin(_ x: Vector64) -> Vector64 { Vector64(f64_library_sin(x.lanes)) }
  @inline(__always) static func libraryCos(_ x: Vector64) -> Vector64 { Vector64(f64_library_cos(x.lanes)) }
}

/// Integers side by side, as many as a register of `Vector64` has lanes.
struct Integers64: IntegerVector {
  var lanes: vector_i64

  @inline(__always) init(_ lanes: vector_i64) { self.lanes = lanes }
  @inline(__always) init(_ n: Int) { lanes = vector_i64(repeating: Int64(truncatingIfNeeded: n)) }
  @inline(__always) static func &+ (a: Self, b: Self) -> Self { Self(a.lanes &+ b.lanes) }
  @inline(__always) static func &- (a: Self, b: Self) -> Self { Self(a.lanes &- b.lanes) }
  @inline(__always) static func & (a: Self, b: Int) -> Self { Self(a.lanes & Int64(truncatingIfNeeded: b)) }
  @inline(__always) static func &<< (a: Self, b: Int) -> Self { Self(a.lanes &<< Int64(truncatingIfNeeded: b)) }
  @inline(__always) static func &>> (a: Self, b: Int) -> Self { Self(a.lanes &>> Int64(truncatingIfNeeded: b)) }
}
