import CPUKernelInterface

/// The hot loops, written once for both precisions.
///
/// Conforming types are concrete, so that the compiler specialises every loop of the extensions for them.
package protocol TileLoops<V>: HotLoops where Scalar == V.Scalar {
  /// Register of the precision and instruction set.
  associatedtype V: Register
}

extension TileLoops {
  package var lanes: Int { V.lanes }
  /// The 32 registers of AVX-512 hold 12 × 2 sums, the 16 of older instruction sets 6 × 2.
  package var blockRows: Int { Self.isWide ? 12 : 6 }
  package var blockColumns: Int { 2 * V.lanes }
  @inline(__always) static var isWide: Bool { V.lanes * MemoryLayout<Scalar>.size == 64 }
}

/// The hot loops in float64.
package struct Loops64: TileLoops {
  package typealias V = Vector64
  package typealias Scalar = Double
  package init() {}
}

/// The hot loops in float32.
package struct Loops32: TileLoops {
  package typealias V = Vector32
  package typealias Scalar = Float
  package init() {}
}
