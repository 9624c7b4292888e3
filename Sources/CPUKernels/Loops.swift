import CPUKernelInterface

/// The hot loops, written once for both precisions.
///
/// Conforming types are concrete, so that the compiler specialises every loop of the extensions for them.
protocol TileLoops<V>: HotLoops where Scalar == V.Scalar {
  /// Register of the precision and instruction set.
  associatedtype V: Register
}

extension TileLoops {
  var lanes: Int { V.lanes }
  /// The 32 registers of AVX-512 hold 12 × 2 sums, the 16 of older instruction sets 6 × 2.
  var blockRows: Int { Self.isWide ? 12 : 6 }
  var blockColumns: Int { 2 * V.lanes }
  @inline(__always) static var isWide: Bool { V.lanes * MemoryLayout<Scalar>.size == 64 }
}

/// The hot loops in float64.
struct Loops64: TileLoops {
  typealias V = Vector64
  typealias Scalar = Double
  init() {}
}

/// The hot loops in float32.
struct Loops32: TileLoops {
  typealias V = Vector32
  typealias Scalar = Float
  init() {}
}

/// The hot loops of this module's instruction set.
///
/// All that the module shows: what is visible outside would be compiled a second time, for types not known yet.
package enum BuiltLoops {
  /// The loops in float64.
  package static var float64: any HotLoops<Double> { Loops64() }
  /// The loops in float32.
  package static var float32: any HotLoops<Float> { Loops32() }
}
