import CPUBackend
import CPUKernelInterface
import Foundation
import TestSupport
import Testing

/// A vector function beside the C library in at least one precision more, over the range of its arguments.
struct FunctionRange: Sendable, CustomTestStringConvertible {
  var function: VectorFunction
  var first: Double
  var last: Double
  /// Whether arguments are spread evenly in the logarithm, of both signs where `isSigned`.
  var isLogarithmic = false
  var isSigned = true
  var bound = 2.0

  var testDescription: String { "\(function) \(first)...\(last)\(isLogarithmic ? " logarithmic" : "")" }

  static let all: [FunctionRange] = [
    FunctionRange(function: .sqrt, first: 1e-30, last: 1e30, isLogarithmic: true, isSigned: false, bound: 0.51),
    FunctionRange(function: .exp, first: -100, last: 88),
    FunctionRange(function: .exp, first: 1e-20, last: 1, isLogarithmic: true),
    FunctionRange(function: .expm1, first: -40, last: 88, bound: 3),
    FunctionRange(function: .expm1, first: 1e-30, last: 2, isLogarithmic: true, bound: 3),
    FunctionRange(function: .log, first: 0.5, last: 2),
    FunctionRange(function: .log, first: 1e-30, last: 1e30, isLogarithmic: true, isSigned: false),
    FunctionRange(function: .log1p, first: -0.99, last: 100),
    FunctionRange(function: .log1p, first: 1e-30, last: 1e30, isLogarithmic: true, isSigned: false),
    FunctionRange(function: .log1p, first: 1e-30, last: 0.9, isLogarithmic: true),
    FunctionRange(function: .erf, first: -7, last: 7, bound: 2.5),
    FunctionRange(function: .erf, first: 1e-30, last: 5, isLogarithmic: true, bound: 2.5),
    // Beyond 2 ulp the rounding of the square: x² units of roundoff.
    FunctionRange(function: .gaussian, first: -2, last: 2, bound: 6),
    FunctionRange(function: .gaussian, first: -9, last: 9, bound: 83),
    FunctionRange(function: .gaussian, first: 1e-30, last: 1e-2, isLogarithmic: true),
    FunctionRange(function: .sin, first: -1e5, last: 1e5),
    FunctionRange(function: .sin, first: -10, last: 10),
    FunctionRange(function: .sin, first: 1e-30, last: 1e10, isLogarithmic: true),
    FunctionRange(function: .cos, first: -1e5, last: 1e5),
    FunctionRange(function: .cos, first: 1e-30, last: 1e10, isLogarithmic: true),
    FunctionRange(function: .atan2, first: 1e-20, last: 1e20, isLogarithmic: true, bound: 2.5),
    FunctionRange(function: .atan2, first: -2, last: 2, bound: 2.5),
  ]

  /// What float64 has beyond the exponents of float32.
  static let wide: [FunctionRange] = [
    FunctionRange(function: .sqrt, first: 1e-307, last: 1e307, isLogarithmic: true, isSigned: false, bound: 0.51),
    FunctionRange(function: .exp, first: -745, last: 709.7),
    FunctionRange(function: .expm1, first: -745, last: 709.7, bound: 3),
    FunctionRange(function: .log, first: 1e-308, last: 1e308, isLogarithmic: true, isSigned: false),
    FunctionRange(function: .log1p, first: 1e-300, last: 1e308, isLogarithmic: true, isSigned: false),
    FunctionRange(function: .erf, first: 1e-300, last: 1e300, isLogarithmic: true, bound: 2.5),
    // Half the rounding of the square at its end, 707 units, and the exponential's own error.
    FunctionRange(function: .gaussian, first: -26.5, last: 26.5, bound: 705),
    FunctionRange(function: .sin, first: 1e-300, last: 1e300, isLogarithmic: true),
    FunctionRange(function: .cos, first: 1e-300, last: 1e300, isLogarithmic: true),
    FunctionRange(function: .atan2, first: 1e-300, last: 1e300, isLogarithmic: true, bound: 2.5),
  ]

  func arguments(_ count: Int, seed: UInt64) -> [Double] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      let u = Double(random.next() >> 11) * 0x1p-53
      guard isLogarithmic else { return first + u * (last - first) }
      let magnitude = Foundation.exp(Foundation.log(first) + u * (Foundation.log(last) - Foundation.log(first)))
      return isSigned && random.next() % 2 == 0 ? -magnitude : magnitude
    }
  }
}

#if arch(x86_64)
private typealias Wide = Float80
#else
private typealias Wide = Double
#endif

@Suite struct VectorFunctionTests {
  @Test(arguments: CPUBackend.available, FunctionRange.all + FunctionRange.wide)
  func isWithinAFewUlpInFloat64(_ set: InstructionSet, _ range: FunctionRange) {
    let (a, b) = (range.arguments(200_003, seed: 1), range.arguments(200_003, seed: 2))
    let worst = worstError(set.loops64, range.function, a, b) {
      Double(reference(range.function, Wide($0), Wide($1)))
    } exact: {
      reference(range.function, Wide($0), Wide($1))
    }
    // A library of no more precision has an error of its own.
    let allowance = MemoryLayout<Wide>.size == 8 ? 0.6 : 0
    #expect(worst.ulp <= range.bound + allowance, "\(set) \(range.testDescription), seed 1: \(worst)")
  }

  @Test(arguments: CPUBackend.available, FunctionRange.all)
  func isWithinAFewUlpInFloat32(_ set: InstructionSet, _ range: FunctionRange) {
    let (a, b) = (range.arguments(200_003, seed: 1).map(Float.init), range.arguments(200_003, seed: 2).map(Float.init))
    let worst = worstError(set.loops32, range.function, a, b) {
      Float(reference(range.function, Wide($0), Wide($1)))
    } exact: {
      reference(range.function, Wide($0), Wide($1))
    }
    #expect(worst.ulp <= range.bound, "\(set) \(range.testDescription), seed 1: \(worst)")
  }

  private func worstError<S: BinaryFloatingPoint>(
    _ loops: any HotLoops<S>, _ function: VectorFunction, _ a: [S], _ b: [S], rounded: (S, S) -> S, exact: (S, S) -> Wide
  ) -> (ulp: Double, argument: S, second: S, got: S, expected: S) {
    var out = [S](repeating: .nan, count: a.count)
    loops.evaluate(function, a, b, into: &out, count: a.count)
    var worst = (ulp: 0.0, argument: S.zero, second: S.zero, got: S.zero, expected: S.zero)
    for i in a.indices {
      let expected = rounded(a[i], b[i])
      let ulp = Wide(max(expected.magnitude, S.leastNormalMagnitude).ulp)
      let error = expected == out[i] ? 0 : Double((Wide(out[i]) - exact(a[i], b[i])).magnitude / ulp)
      if !(error <= worst.ulp) { worst = (error.isNaN ? .infinity : error, a[i], b[i], out[i], expected) }
    }
    return worst
  }

  @Test(arguments: CPUBackend.available)
  func specialValuesFollowTheLibrary(_ set: InstructionSet) {
    let values = [0, -0.0, 1, -1, 800, -800, .infinity, -.infinity, .nan, 1e300, -1e300, Double.leastNonzeroMagnitude]
    for function in [VectorFunction.exp, .expm1, .erf, .gaussian, .sqrt, .log, .log1p] {
      var out = [Double](repeating: 7, count: values.count)
      set.loops64.evaluate(function, values, values, into: &out, count: values.count)
      for (x, got) in zip(values, out) where !(function == .log1p && x < -1) && !(function == .sqrt && x < 0) {
        let expected = Double(reference(function, Wide(x), Wide(x)))
        #expect(
          got == expected || (got.isNaN && expected.isNaN) || abs(got - expected) <= expected.ulp, "\(set) \(function)(\(x)) = \(got)")
      }
    }
    var logarithms = [Float](repeating: 7, count: 5)
    let singles: [Float] = [0, -1, .infinity, .nan, .leastNonzeroMagnitude]
    set.loops32.evaluate(.log, singles, singles, into: &logarithms, count: 5)
    #expect(logarithms[0] == -.infinity && logarithms[1].isNaN && logarithms[2] == .infinity && logarithms[3].isNaN, "\(set)")
    #expect(logarithms[4] == -103.27893, "\(set) log(2^-149) = \(logarithms[4])")
    // The origin has angle 0, and the negative axis π.
    var angles = [Double](repeating: 7, count: 3)
    set.loops64.evaluate(.atan2, [0, 0, 0], [0, -1, 1], into: &angles, count: 3)
    #expect(angles == [0, Double.pi, 0], "\(set)")
  }

  /// Arguments beyond the range reduction go to the library, one by one: no number depends on those that share its register.
  @Test(arguments: CPUBackend.available)
  func largeArgumentsLeaveTheirNeighboursAlone(_ set: InstructionSet) {
    let plain = FunctionRange(function: .sin, first: -1000, last: 1000).arguments(256, seed: 4)
    var mixed = plain
    for i in stride(from: 3, to: mixed.count, by: 5) { mixed[i] = 1e9 }
    for function in [VectorFunction.sin, .cos] {
      var (expected, got) = (plain, plain)
      set.loops64.evaluate(function, plain, plain, into: &expected, count: plain.count)
      set.loops64.evaluate(function, mixed, mixed, into: &got, count: plain.count)
      for i in plain.indices where mixed[i] == plain[i] { #expect(got[i] == expected[i], "\(set) \(function)(\(plain[i])), seed 4") }
      let (single, mixedSingle) = (plain.map(Float.init), mixed.map(Float.init))
      var (expectedSingle, gotSingle) = (single, single)
      set.loops32.evaluate(function, single, single, into: &expectedSingle, count: plain.count)
      set.loops32.evaluate(function, mixedSingle, mixedSingle, into: &gotSingle, count: plain.count)
      for i in plain.indices where mixed[i] == plain[i] {
        #expect(gotSingle[i] == expectedSingle[i], "\(set) \(function)(\(single[i])) in float32, seed 4")
      }
    }
  }

  /// a² − b² for neighbouring numbers, where the rounded squares alone would leave no digit.
  @Test(arguments: CPUBackend.available)
  func determinantKeepsDigitsThatCancel(_ set: InstructionSet) {
    var random = SplitMix64(seed: 3)
    let a = (0..<1001).map { _ in Double.random(in: 1...2, using: &random) }
    let b = a.map { $0 + 3 * $0.ulp }
    var out = [Double](repeating: .nan, count: a.count)
    set.loops64.evaluate(.selfDeterminant, a, b, into: &out, count: a.count)
    for i in a.indices {
      let exact = -(b[i] - a[i]) * (b[i] + a[i])
      #expect(abs(out[i] - exact) <= 4 * exact.ulp.magnitude, "\(set), seed 3, \(a[i])")
    }
    let (c, d) = (a.map(Float.init), a.map { Float($0).nextUp })
    var single = [Float](repeating: .nan, count: a.count)
    set.loops32.evaluate(.selfDeterminant, c, d, into: &single, count: a.count)
    for i in a.indices {
      let exact = Float(Double(c[i]) * Double(c[i]) - Double(d[i]) * Double(d[i]))
      #expect(abs(single[i] - exact) <= 2 * exact.ulp, "\(set), seed 3, \(c[i])")
    }
  }
}

private func reference(_ function: VectorFunction, _ x: Wide, _ y: Wide) -> Wide {
  switch function {
  case .sqrt: x.squareRoot()
  case .exp: Foundation.exp(x)
  case .expm1: Foundation.expm1(x)
  case .log: Foundation.log(x)
  case .log1p: Foundation.log1p(x)
  case .erf: Foundation.erf(x)
  case .gaussian: Foundation.exp(-x * x)
  case .sin: Foundation.sin(x)
  case .cos: Foundation.cos(x)
  case .atan2: Foundation.atan2(x, y)
  case .selfDeterminant: x * x - y * y
  }
}
