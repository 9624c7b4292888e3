import Compute
import ReferenceBackend
import Testing
import WideKernels

/// Kernels of which rounding, or the range of numbers, would leave nothing are refused before they are computed, and no others.
@Suite struct DigitsTests {
  private func program(_ activation: ActivationKind, layers: Int = 1, weightVariance: Double = 1) -> CovarianceProgram {
    CovarianceProgram(
      chain: (0..<layers).flatMap { _ in
        [CovarianceProgram.Element.affine(weightVariance: weightVariance, biasVariance: 0), .activation(activation)]
      } + [.affine(weightVariance: 1, biasVariance: 0)])
  }

  /// Normal numbers, seed 5, plus an offset.
  private func points(_ count: Int = 6, offset: Double) -> [Double] {
    RandomStream(seed: 5, name: "points").normals(4 * count).map { offset + $0 }
  }

  private func refusal(
    _ program: CovarianceProgram, _ values: [Double], _ precision: Precision, _ kinds: [KernelKind] = KernelKind.allCases,
    y: [Double]? = nil
  ) throws -> ComputeError? {
    let engine = try Engine(ReferenceBackend(), precision: precision)
    let x = try engine.tensor(values, rows: values.count / 4, columns: 4)
    let other = try y.map { try engine.tensor($0, rows: $0.count / 4, columns: 4) }
    do {
      try engine.requireDigits(kinds, program, x, other)
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    ("erf", Precision.float64, 1e8), ("erf", .float32, 1e4), ("gaussian(1.0,1.0)", .float64, 1e8), ("cos(1.0,1.0,0.0)", .float64, 1e8),
    ("rbf(1.0)", .float64, 1e10), ("sin(1.0,1.0,0.0)", .float32, 1e4),
  ])
  func longPointsThatAreNearlyParallelAreRefused(_ text: String, _ precision: Precision, _ offset: Double) throws {
    let activation = try ActivationKind(text)
    let error = try refusal(program(activation), points(offset: offset), precision)
    guard case .unresolvedPair(_, precision, let first, let second, let change) = error else {
      Issue.record("\(text) at \(offset) in \(precision): \(error.map { "\($0)" } ?? "not refused")")
      return
    }
    #expect(first.hasSuffix("of x") && second.hasSuffix("of x") && first != second && change > 1e-4)
    let message = error?.description ?? ""
    #expect(message.contains("Centre the inputs"), "\(message)")
    #expect(message.contains("compute in float64") == (precision == .float32), "\(message)")
  }

  @Test func whatRoundingLeavesAloneIsComputed() throws {
    let far = try ActivationKind("cos(1.0,1.0,0.0)")
    #expect(try refusal(program(.erf), points(offset: 1e4), .float64) == nil, "not long enough")
    // 1 − ρ² is 1e-12, 1,500 times what it may be off by, and the kernel a fiftieth of its bound.
    #expect(try refusal(program(.erf), [1e8, 0, 0, 0, 1e8, 100, 0, 0], .float64) == nil, "not parallel enough")
    // A kernel of e^-1000, of which rounding changes a thousandth: nothing beside K(x, x).
    #expect(try refusal(program(Rbf(parameters: [1]).kind), [1e6, 0, 0, 0, 1e6, 64, 0, 0], .float64) == nil, "too far apart to matter")
    #expect(try refusal(program(.erf), [1e8, 0, 0, 0, 1e8, 1, 0, 0], .float64) != nil, "parallel up to rounding")
    #expect(try refusal(program(.relu, layers: 3), points(offset: 1e10), .float64) == nil, "a kernel of angles")
    #expect(try refusal(program(.erf), points(offset: 1e8), .float64, [.nngp]) == nil, "the NNGP kernel of erf tends to a constant")
    let one = [1e8, 2e8, -1e8, 3e8]
    #expect(try refusal(program(far), one + one + one.map { -$0 }, .float64) == nil, "equal points and opposite ones")
    #expect(try refusal(program(far), [1e8, 0, 0, 0, 0, 1e8, 0, 0, 1, 2, 3, 4], .float64) == nil, "long points that are not parallel")
    #expect(try refusal(program(far), one, .float64, y: one) == nil)
    #expect(try refusal(program(far), one, .float64, y: [1, 1, 1, 1] + one.map { $0 + 1 }) != nil)
  }

  /// ReLU without a factor halves its kernel: 2^-200 is below float32, 2^-1100 below float64.
  @Test func kernelsThatVanishAreRefused() throws {
    let ones = [Double](repeating: 1, count: 12)
    #expect(try refusal(program(.relu, layers: 200), ones, .float64) == nil)
    #expect(
      try refusal(program(.relu, layers: 200), ones, .float32)
        == .vanishingKernel(kernel: .nngp, precision: .float32, count: 3, of: 3, first: 0, set: "x"))
    let deep = try refusal(program(.relu, layers: 1100), ones, .float64)
    let message = deep?.description ?? ""
    #expect(message.contains("weight variances") && !message.contains("Compute in float64"), "\(message)")
    // 2^-120 holds its digits, points shorter by 1e-4 do not; a point of 0 has a kernel of 0.
    let mixed = ones + [Double](repeating: 1e-4, count: 4) + [0, 0, 0, 0]
    #expect(
      try refusal(program(.relu, layers: 120), mixed, .float32)
        == .vanishingKernel(kernel: .nngp, precision: .float32, count: 1, of: 5, first: 3, set: "x"))
    #expect(try refusal(program(.relu, layers: 200, weightVariance: 2), ones, .float32) == nil)
    // Squares that vanish before any layer.
    #expect(try refusal(program(.identity), [Double](repeating: 1e-30, count: 4), .float32) != nil)
    #expect(try refusal(program(.identity), [Double](repeating: 1e-170, count: 4), .float64) != nil)
    // Kernels that are zero by themselves: weights of variance 0, and the tangent kernel below a layer that jumps.
    #expect(try refusal(program(.relu, weightVariance: 0), ones, .float32) == nil)
    #expect(try refusal(program(.sign, layers: 2), ones, .float32) == nil)
  }
}
