import Compute
import FiniteNetworks
import LinearAlgebra
import Matrices
import Testing
import WideKernels

/// Change and alignment of kernels against their definitions on the host, on every backend.
@Suite struct KernelMeasureTests {
  private func norm(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// Sums of at most 45² numbers of one sign, or of 45² whose magnitudes add up to at most the denominator: γ_2025 = 2.3e-13.
  private let bound = 1e-12

  private func kernel(_ name: String, _ size: Int, on engine: Engine) throws -> Tensor {
    let factors = try engine.normal(batch: 2, rows: size, columns: 7, stream: RandomStream(seed: 5, name: name))
    return try engine.gemm(factors, factors, transposeB: true)
  }

  /// An engine whose kernels of 45 rows come in tiles.
  private func engines() throws -> [Engine] { try Samples.engines().map { try Engine($0.backend, memoryBudget: 1 << 16) } }

  @Test func changeIsTheRelativeDistance() throws {
    for engine in try engines() {
      let (a, b) = (try kernel("a", 45, on: engine), try kernel("b", 45, on: engine))
      #expect(engine.measureTiles(a).count > 1)
      let got = try engine.kernelChange(a, from: b)
      #expect(got.count == 2)
      for (member, (first, second)) in zip(try engine.matrices(a), try engine.matrices(b)).enumerated() {
        let expected = norm((first - second).values) / norm(second.values)
        #expect(abs(got[member] - expected) < bound * expected, "\(engine.device.identifier)")
      }
      #expect(try engine.kernelChange(a, from: a) == [0, 0])
    }
  }

  @Test func alignmentIsTheCosineWithTheTargets() throws {
    for engine in try engines() {
      for (outputs, batch) in [(1, 1), (3, 1), (3, 2)] {
        let targets = try engine.normal(batch: batch, rows: 15, columns: outputs, stream: RandomStream(seed: 5, name: "y"))
        let y = try engine.matrices(targets)
        for size in [15, 15 * outputs] {
          let theta = try kernel("theta", size, on: engine)
          let got = try engine.kernelAlignment(theta, with: targets)
          #expect(got.count == 2)
          for (member, kernel) in try engine.matrices(theta).enumerated() {
            let own = y[batch == 1 ? 0 : member].values
            func target(_ place: Int) -> Double {
              let (i, j) = (place / size, place % size)
              // With a full kernel one column with output o of point i at o·n + i; that of one output is both.
              if size > 15 { return own[i % 15 * outputs + i / 15] * own[j % 15 * outputs + j / 15] }
              return (0..<outputs).reduce(0) { $0 + own[i * outputs + $1] * own[j * outputs + $1] }
            }
            let products = (0..<size * size).map(target)
            let cosine = zip(products, kernel.values).reduce(0) { $0 + $1.0 * $1.1 } / (norm(products) * norm(kernel.values))
            #expect(abs(got[member] - cosine) < bound, "\(size) of \(outputs) outputs, \(engine.device.identifier)")
            #expect(abs(cosine) > 1e-3)
          }
        }
      }
    }
  }

  @Test func alignmentOfTheTargetsThemselvesIsOne() throws {
    for engine in try engines() {
      let y = try engine.normal(batch: 2, rows: 20, columns: 3, stream: RandomStream(seed: 5, name: "y"))
      let got = try engine.kernelAlignment(engine.gemm(y, y, transposeB: true, alpha: 4), with: y)
      #expect(got.count == 2 && got.allSatisfy { abs($0 - 1) < bound }, "\(got) on \(engine.device.identifier)")
    }
  }

  @Test func kernelsWithoutAnAnswerAreRefused() throws {
    let engine = try #require(engines().first)
    let (theta, zero) = (try kernel("theta", 6, on: engine), try engine.zeros(batch: 2, rows: 6, columns: 6))
    #expect(throws: FiniteNetworkError.self) { try engine.kernelChange(theta, from: zero) }
    #expect(throws: FiniteNetworkError.self) { try engine.kernelChange(theta, from: theta.rows(0..<5)) }
    #expect(throws: FiniteNetworkError.self) { try engine.kernelAlignment(theta, with: engine.zeros(rows: 6, columns: 1)) }
    #expect(throws: FiniteNetworkError.self) { try engine.kernelAlignment(theta, with: engine.zeros(rows: 4, columns: 1)) }
    #expect(throws: FiniteNetworkError.self) { try engine.kernelAlignment(zero, with: engine.ones(6).reshaped(rows: 6, columns: 1)) }
  }
}
