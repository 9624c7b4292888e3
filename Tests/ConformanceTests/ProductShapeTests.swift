import BackendTestKit
import CPUBackend
import Compute
import Testing

/// Products of shapes that nobody chose: the CPU backend has loops for many kinds of them, and edges where one kind begins.
@Suite struct ProductShapeTests {
  private static let seed = "product shapes"
  /// Sizes lie close around these, and often on them.
  private static let sizes = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 384, 1024, 6000]

  @Test(arguments: InstructionSet.allCases) func everyShapeIsRight(_ set: InstructionSet) throws {
    guard let backend = try? CPUBackend(instructionSet: set, threads: 2) else { return print("products of any shape: no \(set) here") }
    let numbers = RandomStream(seed: 11, name: Self.seed).uniforms(20_000)
    var next = 0
    func below(_ count: Int) -> Int {
      defer { next += 1 }
      return Int(numbers[next] * Double(count))
    }
    func size() -> Int { max(1, Self.sizes[below(Self.sizes.count)] + (below(2) == 0 ? 0 : below(7) - 3)) }
    var cases = 0
    while cases < 400 {
      let (m, n, k, batch) = (size(), size(), size(), below(3) == 0 ? [2, 3, 17, 40][below(4)] : 1)
      let operation = GEMM(transposeA: below(2) == 0, transposeB: below(2) == 0, alpha: 0.5, beta: Double(below(3) - 1), lowerOnly: false)
      let layout = below(2) == 0 ? Layout.dense : .strided
      // What the oracle adds up in a few milliseconds.
      guard batch * m * n * k <= 1 << 19, batch * (m * n + m * k + n * k) <= 1 << 18 else { continue }
      let body = GEMMCase(
        batch: batch, m: m, n: n, k: k, operation: operation, sharesA: batch > 1 && below(4) == 0, sharesB: batch > 1 && below(4) == 0,
        layout: layout)
      let sample = ConformanceCase(operation: .job(.gemm), label: body.label, seed: UInt64(cases), body: body)
      for precision in Precision.allCases {
        let result = ConformanceSuite.run(sample, on: try Engine(backend, precision: precision))
        #expect(result.failures.isEmpty && result.worstRatio <= 1, "\(set) \(precision) \(sample): \(result.failures)")
      }
      cases += 1
    }
  }
}
