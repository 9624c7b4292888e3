import WideKernels

/// Two vectors that go through a formula side by side: while one waits for the result of an instruction, the other has work.
struct Twin<V: Vector>: Vector {
  typealias Scalar = V.Scalar
  typealias Functions = V.Functions
  typealias Integers = TwinIntegers<V.Integers>
  var first: V
  var second: V

  @inline(__always) init(_ first: V, _ second: V) {
    self.first = first
    self.second = second
  }
  @inline(__always) init(_ constant: Double) { self.init(V(constant), V(constant)) }
  @inline(__always) init(repeating scalar: Scalar) { self.init(V(repeating: scalar), V(repeating: scalar)) }
  @inline(__always) init(_ pointer: UnsafePointer<Scalar>) { self.init(V(pointer), V(pointer + V.lanes)) }
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Scalar>) {
    first.store(pointer)
    second.store(pointer + V.lanes)
  }
  /// Stores both halves, each to a place of its own.
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Scalar>, _ other: UnsafeMutablePointer<Scalar>) {
    first.store(pointer)
    second.store(other)
  }
  @inline(__always) static var lanes: Int { 2 * V.lanes }

  @inline(__always) static func + (a: Twin, b: Twin) -> Twin { Twin(a.first + b.first, a.second + b.second) }
  @inline(__always) static func - (a: Twin, b: Twin) -> Twin { Twin(a.first - b.first, a.second - b.second) }
  @inline(__always) static func * (a: Twin, b: Twin) -> Twin { Twin(a.first * b.first, a.second * b.second) }
  @inline(__always) static func / (a: Twin, b: Twin) -> Twin { Twin(a.first / b.first, a.second / b.second) }
  @inline(__always) static prefix func - (a: Twin) -> Twin { Twin(-a.first, -a.second) }
  @inline(__always) static func sqrt(_ x: Twin) -> Twin { Twin(V.sqrt(x.first), V.sqrt(x.second)) }
  @inline(__always) static func absolute(_ x: Twin) -> Twin { Twin(V.absolute(x.first), V.absolute(x.second)) }
  @inline(__always) static func fma(_ a: Twin, _ b: Twin, _ c: Twin) -> Twin {
    Twin(V.fma(a.first, b.first, c.first), V.fma(a.second, b.second, c.second))
  }
  @inline(__always) static func select(_ ifTrue: Twin, _ ifFalse: Twin, where x: Twin, isLessThan y: Twin) -> Twin {
    Twin(
      V.select(ifTrue.first, ifFalse.first, where: x.first, isLessThan: y.first),
      V.select(ifTrue.second, ifFalse.second, where: x.second, isLessThan: y.second))
  }
  @inline(__always) static func differenceOfProducts(_ a: Twin, _ b: Twin, _ c: Twin, _ d: Twin) -> Twin {
    Twin(
      V.differenceOfProducts(a.first, b.first, c.first, d.first), V.differenceOfProducts(a.second, b.second, c.second, d.second))
  }

  @inline(__always) var bits: Integers { TwinIntegers(first.bits, second.bits) }
  @inline(__always) init(bits: Integers) { self.init(V(bits: bits.first), V(bits: bits.second)) }
  @inline(__always) init(whole: Integers) { self.init(V(whole: whole.first), V(whole: whole.second)) }
  @inline(__always) static func copySign(_ x: Twin, _ sign: Twin) -> Twin {
    Twin(V.copySign(x.first, sign.first), V.copySign(x.second, sign.second))
  }
  @inline(__always) static func select(_ ifTrue: Twin, _ ifFalse: Twin, whereZero n: Integers) -> Twin {
    Twin(V.select(ifTrue.first, ifFalse.first, whereZero: n.first), V.select(ifTrue.second, ifFalse.second, whereZero: n.second))
  }
  @inline(__always) static func isAnyLess(_ x: Twin, _ y: Twin) -> Bool {
    V.isAnyLess(x.first, y.first) || V.isAnyLess(x.second, y.second)
  }
  @inline(__always) static func reducedAngle(_ x: Twin) -> (n: Integers, high: Twin, low: Twin) {
    let (a, b) = (V.reducedAngle(x.first), V.reducedAngle(x.second))
    return (TwinIntegers(a.n, b.n), Twin(a.high, b.high), Twin(a.low, b.low))
  }
  @inline(__always) static func librarySin(_ x: Twin) -> Twin { Twin(V.librarySin(x.first), V.librarySin(x.second)) }
  @inline(__always) static func libraryCos(_ x: Twin) -> Twin { Twin(V.libraryCos(x.first), V.libraryCos(x.second)) }
}

/// Integers of a `Twin`: those of its first and of its second half.
struct TwinIntegers<I: IntegerVector>: IntegerVector {
  var first: I
  var second: I

  @inline(__always) init(_ first: I, _ second: I) {
    self.first = first
    self.second = second
  }
  @inline(__always) init(_ n: Int) { self.init(I(n), I(n)) }
  @inline(__always) static func &+ (a: Self, b: Self) -> Self { Self(a.first &+ b.first, a.second &+ b.second) }
  @inline(__always) static func &- (a: Self, b: Self) -> Self { Self(a.first &- b.first, a.second &- b.second) }
  @inline(__always) static func & (a: Self, b: Int) -> Self { Self(a.first & b, a.second & b) }
  @inline(__always) static func &<< (a: Self, b: Int) -> Self { Self(a.first &<< b, a.second &<< b) }
  @inline(__always) static func &>> (a: Self, b: Int) -> Self { Self(a.first &>> b, a.second &>> b) }
}
