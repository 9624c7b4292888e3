import Compute
import ReferenceBackend
import Testing
import WideKernels

/// What a meter adds up: declared work, parts, time.
@Suite struct MeterTests {
  private let meter: Meter
  private let engine: Engine

  init() throws {
    let backend = MeteredBackend(ReferenceBackend())
    meter = backend.meter
    engine = try Engine(backend)
  }

  private func total(_ name: String, in path: Profile.Path = []) -> Profile.Total {
    meter.profile.operations.reduce(into: Profile.Total()) { sum, entry in
      guard entry.key.name == name, entry.key.path == path else { return }
      sum.calls += entry.value.calls
      sum.seconds += entry.value.seconds
      sum.work += entry.value.work
    }
  }

  @Test func countsTheDeclaredWorkOfAKnownSequence() throws {
    let (a, b) = (try engine.zeros(batch: 2, rows: 3, columns: 5), try engine.zeros(rows: 7, columns: 5))
    let identity = try engine.tensor([1, 0, 0, 2, 1, 0, 3, 4, 1], rows: 3, columns: 3)
    meter.reset()

    let product = try engine.gemm(a, b, transposeB: true)
    // 2 items of 3 × 7 sums of 5 products; the operand that the items share is read once: 30 + 35 + 42 numbers.
    #expect(total("gemm").work.flops == 420)
    #expect(total("gemm").work.bytes == 8 * 107)
    #expect(total("allocate").work.bytes == 8 * 42)
    try engine.gemm(GEMM(transposeB: true, beta: 1, lowerOnly: true), b, b, into: engine.empty(rows: 7, columns: 7))
    // 28 of 49 entries.
    #expect(total("gemm").calls == 2 && total("gemm").work.flops == 420 + 280)

    try engine.triangularSolve(TriangularSolve(), identity, product)
    // 9 flops for each of 14 columns; 6 numbers of L, 42 of B read and written.
    #expect(total("triangularSolve").work.flops == 126)
    #expect(total("triangularSolve").work.bytes == 8 * 90)

    try engine.copy(product.rows(0..<2), into: engine.empty(batch: 2, rows: 2, columns: 7))
    #expect(total("copyRows").work == DeclaredWork(bytes: 16 * 28))
    // The second input is one number.
    try engine.map(.sum, [product, engine.tensor([1], rows: 1, columns: 1)], into: product)
    #expect(total("map").work == DeclaredWork(bytes: 8 * 85))
    _ = try engine.rows(.sum, product)
    #expect(total("reduceRows").work == DeclaredWork(bytes: 8 * 48))
    _ = try engine.read(product)
    #expect(total("copyOut").work == DeclaredWork(bytes: 8 * 42))
  }

  @Test func countsPairsOfPointsAndCentres() throws {
    let program = CovarianceProgram(
      chain: [.affine(weightVariance: 2, biasVariance: 0.1), .activation(.erf), .affine(weightVariance: 1, biasVariance: 0)])
    let (points, centres) = (try engine.zeros(batch: 2, rows: 6, columns: 3), try engine.zeros(batch: 2, rows: 4, columns: 3))
    let coefficients = try engine.zeros(batch: 2, rows: 4, columns: 2)
    let costs = PairCosts()
    meter.reset()

    _ = try engine.widePass(
      .ntk, program, points: points, centres: centres, centreCounts: [4, 1], coefficients: coefficients, jacobian: true)
    let pass = total("widePass").work
    #expect(pass.pairs == 30, "6 points with 4 centres and with 1")
    // 3 for x·y, 2 for the sums of values, for each of two outputs one for the sum of K_q11 and 3 for the coordinates.
    #expect(pass.multiplyAdds == 30 * (costs.kernel(program, .ntk, isJet: true) + 13))
    // Of each item 18 + 12 numbers of points and centres, 8 of coefficients, 12 + 36 of results.
    #expect(pass.bytes == 16 * 86)

    _ = try engine.featurePass(
      .erf, points: points, weights: centres, biases: nil, coefficients: coefficients, jacobian: false)
    #expect(total("featurePass").work.pairs == 48)
    _ = try engine.kernel(program, points)
    #expect(total("blockKernel").work.pairs == 42, "a symmetric kernel is one triangle")
    _ = try engine.kernel(program, points, centres)
    #expect(total("blockKernel").work.pairs == 42 + 48)
    let gram = try engine.gram(points, centres)
    _ = try engine.recursion(
      program, gram: gram, rowDiagonal: engine.gramDiagonal(points), columnDiagonal: engine.gramDiagonal(centres))
    #expect(total("recursion").work.pairs == 48)
    #expect(total("recursion").work.multiplyAdds == 48 * costs.kernels(program, nngp: true, ntk: true))
  }

  @Test func sizesOfOneOperationAreKeptApart() throws {
    for size in [1, 10, 12] { try engine.copy(engine.zeros(rows: 1, columns: size), into: engine.empty(rows: 1, columns: size)) }
    let copies = meter.profile.operations.filter { $0.key.name == "copyRows" }
    #expect(copies.mapValues(\.calls).map { "\($0.key.magnitude): \($0.value)" }.sorted() == ["1: 1", "2: 2"])
  }

  @Test func partsNestAndTheirTimesAddUpToTheWallTime() throws {
    struct Failure: Error {}
    let clock = ContinuousClock.now
    meter.reset()
    let small = try engine.zeros(rows: 1, columns: 1)
    try engine.part(ProfilePart("outer")) {
      _ = try engine.gemm(small, small)
      for _ in 0..<2 { try engine.part(ProfilePart("inner")) { _ = try engine.gemm(small, small) } }
      // A part that fails has ended all the same.
      #expect(throws: Failure.self) { try engine.part(ProfilePart("failing")) { throw Failure() } }
      _ = try engine.rows(.sum, small)
    }
    _ = try engine.rows(.sum, small)
    let (profile, wall) = (meter.profile, (ContinuousClock.now - clock) / .seconds(1))

    #expect(total("gemm", in: ["outer"]).calls == 1 && total("gemm", in: ["outer", "inner"]).calls == 2)
    #expect(total("reduceRows", in: ["outer"]).calls == 1 && total("reduceRows").calls == 1)
    #expect(profile.parts.mapValues(\.calls) == [[]: 0, ["outer"]: 1, ["outer", "inner"]: 2, ["outer", "failing"]: 1])
    #expect(profile.seconds <= wall, "\(profile.seconds) s of \(wall) s")
    let inner = profile.seconds(within: ["outer", "inner"])
    #expect(inner > 0 && inner < profile.seconds(within: ["outer"]) && profile.seconds(within: ["outer"]) < profile.seconds)
    for path in profile.parts.keys { #expect(profile.hostSeconds(of: path) >= 0, "\(path)") }
  }

  @Test func withoutAMeterAPartIsItsBody() throws {
    let bare = try Engine(ReferenceBackend())
    #expect(bare.meter == nil && bare.part(ProfilePart("any")) { 7 } == 7)
    #expect(try engine.with(precision: .float32).meter === meter)
  }

  @Test func limitsAreThoseOfTheSlowerUnit() throws {
    let limits = DeviceLimits(multiplyAdds: [.float64: 1e9], bandwidth: 1e8)
    var work = DeclaredWork(bytes: 1000)
    work.multiplyAdds = 5000
    #expect(limits.leastSeconds(work, .float64) == 1e-5)
    work.multiplyAdds = 50_000
    #expect(limits.leastSeconds(work, .float64) == 5e-5)
    #expect(limits.leastSeconds(work, nil) == nil && limits.leastSeconds(work, .float32) == nil)

    let measured = try DeviceLimits.measure(ReferenceBackend(), precisions: Precision.allCases, seconds: 0.01)
    #expect(Set(measured.multiplyAdds.keys) == Set(Precision.allCases))
    for speed in Array(measured.multiplyAdds.values) + [measured.bandwidth] { #expect(speed.isFinite && speed > 1e5) }
  }
}
