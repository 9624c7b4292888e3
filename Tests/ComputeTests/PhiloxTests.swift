import Compute
import Testing

@Suite struct PhiloxTests {
  /// Random123, tests/kat_vectors: philox4x32 with 10 rounds.
  @Test(arguments: [
    (
      SIMD4<UInt32>(0, 0, 0, 0), SIMD2<UInt32>(0, 0), SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      SIMD4<UInt32>(repeating: 0xffff_ffff), SIMD2<UInt32>(repeating: 0xffff_ffff),
      SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
      SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func tenRoundsGiveTheKnownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
    #expect(philox4x32(counter, key: key) == expected)
  }

  @Test func aStreamIsPhiloxOfSeedBlockAndHash() {
    let stream = RandomStream(seed: 0x299f_31d0_a409_3822, name: "teacher")
    let counter = SIMD4<UInt32>(7, 1, UInt32(truncatingIfNeeded: stream.hash), UInt32(truncatingIfNeeded: stream.hash >> 32))
    #expect(stream.integers(block: 1 << 32 | 7) == philox4x32(counter, key: SIMD2(0xa409_3822, 0x299f_31d0)))
    // FNV-1a of "a", published with the hash.
    #expect(RandomStream(seed: 0, name: "a").hash == 0xaf63_dc4c_8601_ec8c)
  }

  @Test func numbersDependOnTheirPlaceAlone() {
    let stream = RandomStream(seed: 3, name: "draws")
    let whole = stream.normals(101)
    #expect(Array(whole[37...]) == stream.normals(64, from: 37))
    #expect(Array(stream.uniforms(101)[12...]) == stream.uniforms(89, from: 12))
  }

  @Test func normalsHaveTheMomentsOfTheirLaw() {
    let count = 40_000
    let x = RandomStream(seed: 11, name: "moments").normals(count)
    // Standard errors of the mean, the variance and the fourth moment of n standard normals: √(1/n), √(2/n), √(96/n).
    let n = Double(count)
    let sums = x.reduce(into: (mean: 0.0, square: 0.0, fourth: 0.0)) { sums, x in
      sums.mean += x / n
      sums.square += x * x / n
      sums.fourth += x * x * x * x / n
    }
    #expect(abs(sums.mean) < 5 * (1 / n).squareRoot(), "seed 11: mean \(sums.mean)")
    #expect(abs(sums.square - 1) < 5 * (2 / n).squareRoot(), "seed 11: variance \(sums.square)")
    #expect(abs(sums.fourth - 3) < 5 * (96 / n).squareRoot(), "seed 11: fourth moment \(sums.fourth)")
  }

  @Test func streamsOfOtherNamesAndSeedsAreUncorrelated() {
    let count = 20_000
    let base = RandomStream(seed: 5, name: "a").normals(count)
    let others = [RandomStream(seed: 6, name: "a"), RandomStream(seed: 5, name: "b"), RandomStream(seed: 5, name: "a").child("0")]
    for other in others {
      let correlation = zip(base, other.normals(count)).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
      #expect(abs(correlation) < 5 / Double(count).squareRoot(), "seed \(other.seed) \(other.name): \(correlation)")
    }
    let neighbours = zip(base, base.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
    #expect(abs(neighbours) < 5 / Double(count).squareRoot(), "seed 5: neighbours \(neighbours)")
  }

  @Test func uniformsAreInTheHalfOpenUnitIntervalAndEven() {
    let uniforms = RandomStream(seed: 2, name: "uniform").uniforms(10_000)
    #expect(uniforms.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = uniforms.reduce(0, +) / 10_000
    #expect(abs(mean - 0.5) < 5 * (1.0 / 12 / 10_000).squareRoot(), "seed 2: mean \(mean)")
  }

  @Test(arguments: [0, 1, 2, 7, 1000])
  func aPermutationHoldsEveryNumberOnce(count: Int) {
    let order = RandomStream(seed: 9, name: "order").permutation(count)
    #expect(order.sorted() == Array(0..<count))
    if count == 1000 { #expect(order != Array(0..<count)) }
  }

  /// 3! orders, each expected N/6 times with standard deviation √(N · 5/36).
  @Test func permutationsAreUniform() {
    let draws = 6000
    var counts: [[Int]: Int] = [:]
    for seed in 0..<draws { counts[RandomStream(seed: UInt64(seed), name: "order").permutation(3), default: 0] += 1 }
    #expect(counts.count == 6)
    let deviation = (Double(draws) * 5 / 36).squareRoot()
    for (order, count) in counts { #expect(abs(Double(count) - 1000) < 5 * deviation, "seeds 0..<6000: \(order) came \(count) times") }
  }
}
