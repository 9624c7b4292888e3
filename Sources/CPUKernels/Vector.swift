import WideKernels

/// Numbers in registers of this instruction set: one register, or several that go through a formula side by side.
///
/// `RealAlgebra` formulas of this type are inlined into the loops of `Loops64` and `Loops32`.
protocol Vector: RealAlgebra {
  /// Type of the numbers.
  associatedtype Scalar: BinaryFloatingPoint & SIMDScalar & BitwiseCopyable & Sendable
  /// Elementary functions of the precision.
  associatedtype Functions: ElementaryFunctions
  /// Integers as wide as the scalar, as many as there are lanes.
  associatedtype Integers: IntegerVector
  /// Numbers side by side.
  static var lanes: Int { get }
  /// One number in every lane.
  init(repeating scalar: Scalar)
  /// Loads `lanes` neighbouring numbers, wherever they begin.
  init(_ pointer: UnsafePointer<Scalar>)
  /// Stores all lanes one after the other.
  func store(_ pointer: UnsafeMutablePointer<Scalar>)

  // MARK: What the elementary functions are made of

  /// The bits of every lane as an integer.
  var bits: Integers { get }
  /// The numbers that have these bits.
  init(bits: Integers)
  /// The numbers that have these whole values.
  init(whole: Integers)
  /// The sign of `sign` on the magnitude of `x`.
  static func copySign(_ x: Self, _ sign: Self) -> Self
  /// `ifTrue` in lanes where n is 0, `ifFalse` in the others.
  static func select(_ ifTrue: Self, _ ifFalse: Self, whereZero n: Integers) -> Self
  /// Whether any lane has x < y.
  static func isAnyLess(_ x: Self, _ y: Self) -> Bool
  /// x = n π/2 + high + low with |high| ≤ π/4, for |x| ≤ 1e5; in float32 `low` is 0.
  static func reducedAngle(_ x: Self) -> (n: Integers, high: Self, low: Self)
  /// Lane by lane, for arguments too large to reduce in a few operations.
  static func librarySin(_ x: Self) -> Self
  /// The cosine lane by lane, for arguments too large to reduce in a few operations.
  static func libraryCos(_ x: Self) -> Self
}

/// One register.
protocol Register: Vector {
  /// The first `count` lanes, at least 1, from memory that may end after them; the others are 0.
  init(_ pointer: UnsafePointer<Scalar>, first count: Int)
  /// The first `count` lanes, at least 1; what lies after them stays.
  func store(_ pointer: UnsafeMutablePointer<Scalar>, first count: Int)
  /// The sum of the lanes, in the order of a binary tree.
  var sum: Scalar { get }
  /// The largest lane.
  var largest: Scalar { get }
  /// out[p·outStep + r] ← x[r·rowStep + p] for p and r below `lanes`; rows from `rows` on are not read and count as 0.
  static func transpose(_ x: UnsafePointer<Scalar>, rowStep: Int, rows: Int, into out: UnsafeMutablePointer<Scalar>, outStep: Int)
  /// Transposes p below `columns` and r below `rows`, 1 … `lanes` each; nothing else is read or written.
  static func transpose(
    _ x: UnsafePointer<Scalar>, rowStep: Int, rows: Int, columns: Int, into out: UnsafeMutablePointer<Scalar>, outStep: Int)
  /// Box-Muller of the four words of Philox blocks `firstBlock ..< firstBlock + lanes`: cosines and sines.
  static func normals(seed: UInt64, stream: UInt64, firstBlock: UInt64) -> (Self, Self)
}

/// Integers side by side, as elementary functions need them.
protocol IntegerVector {
  /// One integer in every lane.
  init(_ n: Int)
  static func &+ (a: Self, b: Self) -> Self
  static func &- (a: Self, b: Self) -> Self
  static func & (a: Self, b: Int) -> Self
  static func &<< (a: Self, b: Int) -> Self
  static func &>> (a: Self, b: Int) -> Self
}

extension IntegerVector {
  @inline(__always) static func &+ (a: Self, b: Int) -> Self { a &+ Self(b) }
}

/// The elementary functions of one precision, for vectors of any length.
protocol ElementaryFunctions {
  /// e^x.
  static func exp<R: Vector>(_ x: R) -> R
  /// e^x − 1 without cancellation near 0.
  static func expm1<R: Vector>(_ x: R) -> R
  /// Natural logarithm.
  static func log<R: Vector>(_ x: R) -> R
  /// log(1 + x) without cancellation near 0.
  static func log1p<R: Vector>(_ x: R) -> R
  /// erf(x) and exp(−x²).
  static func erfAndGaussian<R: Vector>(_ x: R) -> (erf: R, gaussian: R)
  /// Sine and cosine of the same argument.
  static func sineAndCosine<R: Vector>(_ x: R) -> (sine: R, cosine: R)
  /// Angle of the point (x, y) in (-π, π].
  static func atan2<R: Vector>(y: R, x: R) -> R
}

extension Vector {
  @inline(__always) init(_ pointer: UnsafeMutablePointer<Scalar>) { self.init(UnsafePointer(pointer)) }
  @inline(__always) static var zero: Self { Self(repeating: 0) }
  @inline(__always) static var one: Self { Self(repeating: 1) }

  @inline(__always) static func maximum(_ a: Self, _ b: Self) -> Self { select(b, a, where: a, isLessThan: b) }
  /// Nothing to balance: tiles with variances far from 1 never come here (`CPUBackend`: Operations+FarLayers.swift).
  @inline(__always) static func balance(_ a: Self, _ b: Self) -> (scale: Self, inverse: Self) { (one, one) }
  @inline(__always) static func exp(_ x: Self) -> Self { Functions.exp(x) }
  @inline(__always) static func expm1(_ x: Self) -> Self { Functions.expm1(x) }
  @inline(__always) static func log(_ x: Self) -> Self { Functions.log(x) }
  @inline(__always) static func log1p(_ x: Self) -> Self { Functions.log1p(x) }
  @inline(__always) static func erf(_ x: Self) -> Self { Functions.erfAndGaussian(x).erf }
  @inline(__always) static func erfAndGaussian(_ x: Self) -> (erf: Self, gaussian: Self) { Functions.erfAndGaussian(x) }
  @inline(__always) static func sin(_ x: Self) -> Self { Functions.sineAndCosine(x).sine }
  @inline(__always) static func cos(_ x: Self) -> Self { Functions.sineAndCosine(x).cosine }
  @inline(__always) static func atan2(y: Self, x: Self) -> Self { Functions.atan2(y: y, x: x) }
}
