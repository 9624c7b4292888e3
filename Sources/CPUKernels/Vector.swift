import WideKernels

/// As many numbers as a register of this instruction set holds.
///
/// `RealAlgebra` formulas of this type are inlined into the loops of `Loops64` and `Loops32`.
package protocol Vector: RealAlgebra {
  associatedtype Scalar: BinaryFloatingPoint & SIMDScalar & BitwiseCopyable & Sendable
  static var lanes: Int { get }
  init(repeating scalar: Scalar)
  init(_ pointer: UnsafePointer<Scalar>)
  func store(_ pointer: UnsafeMutablePointer<Scalar>)
  /// The sum of the lanes, in the order of a binary tree.
  var sum: Scalar { get }
  var largest: Scalar { get }
  /// out[p·outStep + r] ← x[r·rowStep + p] for p and r below `lanes`; rows from `rows` on are not read and count as 0.
  static func transpose(_ x: UnsafePointer<Scalar>, rowStep: Int, rows: Int, into out: UnsafeMutablePointer<Scalar>, outStep: Int)
  /// Box-Muller of the four words of Philox blocks `firstBlock ..< firstBlock + lanes`: cosines and sines.
  static func normals(seed: UInt64, stream: UInt64, firstBlock: UInt64) -> (Self, Self)
}

extension Vector {
  @inline(__always) init(_ pointer: UnsafeMutablePointer<Scalar>) { self.init(UnsafePointer(pointer)) }
  @inline(__always) static var zero: Self { Self(repeating: 0) }
  @inline(__always) static var one: Self { Self(repeating: 1) }

  /// Σ coefficients[k] x^k by Horner's scheme; a literal list is unrolled by the compiler.
  @inline(__always) static func horner(_ x: Self, _ highest: Self, _ rest: Self...) -> Self {
    var sum = highest
    for coefficient in rest { sum = fma(sum, x, coefficient) }
    return sum
  }
}
