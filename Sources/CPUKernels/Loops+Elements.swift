import CPUKernelInterface
import Compute
import WideKernels

extension Vector {
  /// out[e] ← body(a[e], b[e]); the last, partial vector goes through a copy.
  @inline(__always)
  static func forEach(
    _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, into out: UnsafeMutablePointer<Scalar>, count: Int, _ body: (Self, Self) -> Self
  ) {
    withUnsafeTemporaryAllocation(byteCount: 3 * 64, alignment: 64) { memory in
      guard let base = memory.baseAddress else { return }
      let copies = base.bindMemory(to: Scalar.self, capacity: 3 * lanes)
      let whole = count - count % lanes
      // The body stands here once: it may be thousands of instructions.
      var (x, y, target) = (a, b, out)
      var e = 0
      while e < count {
        if e == whole {
          for lane in 0..<lanes {
            let source = min(e + lane, count - 1)
            copies[lane] = a[source]
            copies[lanes + lane] = b[source]
          }
          (x, y, target) = (UnsafePointer(copies), UnsafePointer(copies + lanes), copies + 2 * lanes)
        }
        body(Self(x), Self(y)).store(target)
        x += lanes
        y += lanes
        target += lanes
        e += lanes
      }
      for lane in 0..<count - whole { out[whole + lane] = copies[2 * lanes + lane] }
    }
  }
}

private struct ValueLoop<V: Vector>: ActivationVisitor {
  let a: UnsafePointer<V.Scalar>
  let out: UnsafeMutablePointer<V.Scalar>
  let count: Int

  @inline(never) func visit<A: Activation>(_ activation: A) { V.forEach(a, a, into: out, count: count) { x, _ in activation.value(x) } }
}

private struct SlopeLoop<V: Vector>: ActivationVisitor {
  let a: UnsafePointer<V.Scalar>
  /// Multiplied onto the slope.
  let cotangent: UnsafePointer<V.Scalar>?
  let out: UnsafeMutablePointer<V.Scalar>
  let count: Int

  @inline(never) func visit<A: Activation>(_ activation: A) {
    let hasCotangent = cotangent != nil
    V.forEach(a, cotangent ?? a, into: out, count: count) { x, y in
      let slope = activation.value(PairJet<V>.q12(x)).d12
      return hasCotangent ? slope * y : slope
    }
  }
}

private struct CurvatureLoop<V: Vector>: ActivationVisitor {
  let a: UnsafePointer<V.Scalar>
  let out: UnsafeMutablePointer<V.Scalar>
  let count: Int

  @inline(never) func visit<A: Activation>(_ activation: A) { V.forEach(a, a, into: out, count: count) { x, _ in activation.curvature(x) } }
}

extension TileLoops {
  @inline(never)
  func map(
    _ function: PointFunction, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, into out: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    switch function {
    case .sum: V.forEach(a, b, into: out, count: count) { $0 + $1 }
    case .difference: V.forEach(a, b, into: out, count: count) { $0 - $1 }
    case .product: V.forEach(a, b, into: out, count: count) { $0 * $1 }
    case .quotient: V.forEach(a, b, into: out, count: count) { $0 / $1 }
    case .scaled(let factor, let constant):
      V.forEach(a, a, into: out, count: count) { x, _ in V.fma(V(factor), x, V(constant)) }
    case .addScaled(let factor): V.forEach(a, b, into: out, count: count) { V.fma(V(factor), $1, $0) }
    case .combination(let first, let second): V.forEach(a, b, into: out, count: count) { V.fma(V(first), $0, V(second) * $1) }
    case .activation(let activation): activation.visit(ValueLoop<V>(a: a, out: out, count: count))
    case .activationSlope(let activation):
      activation.visit(SlopeLoop<V>(a: a, cotangent: nil, out: out, count: count))
    case .activationVJP(let activation): activation.visit(SlopeLoop<V>(a: a, cotangent: b, out: out, count: count))
    case .activationCurvature(let activation): activation.visit(CurvatureLoop<V>(a: a, out: out, count: count))
    case .square: V.forEach(a, a, into: out, count: count) { x, _ in x * x }
    case .squareRoot: V.forEach(a, a, into: out, count: count) { x, _ in V.sqrt(x) }
    case .exponential: V.forEach(a, a, into: out, count: count) { x, _ in V.exp(x) }
    case .logarithm: V.forEach(a, a, into: out, count: count) { x, _ in V.log(x) }
    }
  }

  @inline(never)
  func reduce(_ reduction: Reduction, _ x: UnsafePointer<Scalar>, count: Int) -> Scalar {
    @inline(__always) func run(_ start: V, _ step: (V, V) -> V, _ join: (V, V) -> V) -> (V, Int) {
      var (s0, s1, s2, s3) = (start, start, start, start)
      var e = 0
      while e + 4 * V.lanes <= count {
        s0 = step(s0, V(x + e))
        s1 = step(s1, V(x + e + V.lanes))
        s2 = step(s2, V(x + e + 2 * V.lanes))
        s3 = step(s3, V(x + e + 3 * V.lanes))
        e += 4 * V.lanes
      }
      while e + V.lanes <= count {
        s0 = step(s0, V(x + e))
        e += V.lanes
      }
      return (join(join(s0, s1), join(s2, s3)), e)
    }
    switch reduction {
    case .sum:
      let (sums, end) = run(.zero, { $0 + $1 }, { $0 + $1 })
      var total = sums.sum
      for e in end..<count { total += x[e] }
      return total
    case .sumOfSquares:
      let (sums, end) = run(.zero, { V.fma($1, $1, $0) }, { $0 + $1 })
      var total = sums.sum
      for e in end..<count { total += x[e] * x[e] }
      return total
    case .maximum:
      let (maxima, end) = run(V(repeating: -.infinity), { V.maximum($0, $1) }, { V.maximum($0, $1) })
      var largest = maxima.largest
      for e in end..<count where largest < x[e] { largest = x[e] }
      return largest
    }
  }

  @inline(never)
  func normals(seed: UInt64, stream: UInt64, firstBlock: UInt64, blocks: Int, into out: UnsafeMutablePointer<Scalar>) {
    withUnsafeTemporaryAllocation(byteCount: 2 * 64, alignment: 64) { memory in
      guard let base = memory.baseAddress else { return }
      let pair = base.bindMemory(to: Scalar.self, capacity: 2 * V.lanes)
      var block = 0
      while block < blocks {
        let (first, second) = V.normals(seed: seed, stream: stream, firstBlock: firstBlock &+ UInt64(block))
        first.store(pair)
        second.store(pair + V.lanes)
        for lane in 0..<min(V.lanes, blocks - block) {
          out[2 * (block + lane)] = pair[lane]
          out[2 * (block + lane) + 1] = pair[V.lanes + lane]
        }
        block += V.lanes
      }
    }
  }

  @inline(never)
  func evaluate(
    _ function: VectorFunction, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, into out: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    switch function {
    case .sqrt: V.forEach(a, b, into: out, count: count) { x, _ in V.sqrt(x) }
    case .exp: V.forEach(a, b, into: out, count: count) { x, _ in V.exp(x) }
    case .expm1: V.forEach(a, b, into: out, count: count) { x, _ in V.expm1(x) }
    case .log: V.forEach(a, b, into: out, count: count) { x, _ in V.log(x) }
    case .log1p: V.forEach(a, b, into: out, count: count) { x, _ in V.log1p(x) }
    case .erf: V.forEach(a, b, into: out, count: count) { x, _ in V.erf(x) }
    case .gaussian: V.forEach(a, b, into: out, count: count) { x, _ in V.erfAndGaussian(x).gaussian }
    case .sin: V.forEach(a, b, into: out, count: count) { x, _ in V.sin(x) }
    case .cos: V.forEach(a, b, into: out, count: count) { x, _ in V.cos(x) }
    case .atan2: V.forEach(a, b, into: out, count: count) { V.atan2(y: $0, x: $1) }
    case .selfDeterminant: V.forEach(a, b, into: out, count: count) { V.differenceOfProducts($0, $0, $1, $1) }
    }
  }
}
