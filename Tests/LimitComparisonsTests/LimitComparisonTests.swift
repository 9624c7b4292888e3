import BackendCatalog
import Compute
import FiniteNetworks
import Learning
import LimitComparisons
import Losses
import Matrices
import Networks
import Testing
import WideKernels

/// Finite networks beside their limits, where the comparison can be checked exactly. That they approach is a matter of `TheoryTests`.
@Suite struct LimitComparisonTests {
  /// Every backend present, in float64.
  private static func engines() throws -> [Engine] {
    let backends = BackendCatalog.all().compactMap { try? $0.backend.get() }.filter { $0.device.precisions.contains(.float64) }
    try #require(backends.count >= 2, "\(backends.map(\.device.identifier))")
    return try backends.map { try Engine($0) }
  }

  private static let hidden = Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25)

  private func chain(_ widths: [Int], outputs: Int = 1) -> Network {
    Network(inputs: 4, blocks: (widths + [outputs]).map { WideBlock(hidden: [Self.hidden], outputs: $0) })
  }

  private func comparison(
    _ network: Network, _ loss: Loss = .squared, batch: Int? = nil, rate: Double = 0.2, history: HistoryKind = .exact, on engine: Engine
  ) throws -> LimitComparison {
    let (train, test, steps) = (6, 3, 8)
    let outputs = network.blocks[network.blocks.count - 1].outputs
    let random = RandomStream(seed: 5, name: "comparison")
    let classes = random.child("classes").uniforms(train + test)
    let targets: [Double] =
      loss == .softmax
      ? classes.flatMap { share in (0..<outputs).map { $0 == Int(share * Double(outputs)) ? 1 : 0 } }
      : random.child("signs").uniforms((train + test) * outputs).map { $0 < 0.5 ? -1 : 1 }
    return try LimitComparison(
      network, inputs: Matrix(rows: train + test, columns: 4, values: random.child("x").normals(4 * (train + test))),
      targets: Matrix(rows: train + test, columns: outputs, values: targets), trainCount: train, loss: loss, rate: rate,
      readings: [0, 3, steps], kernelReadings: [0, steps],
      batches: batch.map { size in (0..<steps).map { Array(random.child("batch/\($0)").permutation(train).prefix(size)) } },
      history: history,
      on: engine)
  }

  private func streams(_ count: Int) -> [RandomStream] { (0..<count).map { RandomStream(seed: 6, name: "draw/\($0)") } }

  @Test func bothStartAsTheSameFunction() throws {
    for engine in try Self.engines() {
      let draws = try comparison(chain([2, 3], outputs: 2), on: engine).draws(width: 50, streams: streams(2))
      #expect(draws.count == 2)
      for draw in draws {
        let start = try #require(draw.readings.first)
        // Sums of 50 terms in another order, twice.
        #expect(([start.train, start.test] + start.bottlenecks).allSatisfy { $0 < 1e-13 }, "\(start), \(engine.device.identifier)")
        #expect(start.frozenTrain == 0 && start.frozenTest == 0 && start.movement == [0, 0] && start.kernelChange == 0)
        #expect(draw.readings.map(\.step) == [0, 3, 8] && draw.readings.map { $0.kernel != nil } == [true, false, true])
        #expect(draw.readings[2].train > 1e-3 && draw.readings[2].movement.count == 2 && draw.readings[2].movement.allSatisfy { $0 > 1e-3 })
        #expect(draw.amplification > 0.01 && draw.amplification < 100)
      }
    }
  }

  /// Without a bottleneck the limit's kernel is the one at the start: the network with a frozen kernel is the limit, exactly.
  @Test(arguments: [(Loss.squared, nil), (.softmax, nil), (.squared, 4), (.softmax, 4)] as [(Loss, Int?)])
  func withoutABottleneckTheFrozenKernelIsExact(_ loss: Loss, _ batch: Int?) throws {
    for engine in try Self.engines() {
      let draws = try comparison(chain([], outputs: loss == .softmax ? 3 : 1), loss, batch: batch, on: engine)
        .draws(width: 30, streams: streams(2))
      #expect(draws.map(\.readings.count) == [3, 3])
      for reading in draws.flatMap(\.readings) {
        #expect(reading.frozenTrain < 1e-12 && reading.frozenTest < 1e-12, "step \(reading.step), \(engine.device.identifier)")
      }
      #expect(draws.map { $0.readings.compactMap(\.kernelChange) } == [[0, 0], [0, 0]], "\(engine.device.identifier)")
      #expect(draws.allSatisfy { $0.readings[2].test > 1e-3 }, "finite networks differ from it")
    }
  }

  /// The empirical kernel's outputs and points are in the limit's order: another order is off by the size of the kernel.
  @Test func kernelsOfSeveralOutputsAreComparedEntryByEntry() throws {
    let engine = try #require(Self.engines().first)
    let draws = try comparison(chain([2], outputs: 3), .softmax, on: engine).draws(width: 4000, streams: streams(1))
    // 1/√4000 = 0.016 for each of a few sums.
    let kernels = draws[0].readings.compactMap(\.kernel)
    #expect(kernels.count == 2 && kernels.allSatisfy { $0 > 1e-4 && $0 < 0.1 }, "\(kernels)")
  }

  @Test func drawsDoNotDependOnOneAnother() throws {
    for engine in try Self.engines() {
      let comparison = try comparison(chain([2]), batch: 4, on: engine)
      let together = try comparison.draws(width: 40, streams: streams(3))
      let alone = try comparison.draws(width: 40, streams: [streams(3)[1]])
      #expect(together[1].readings.map(\.step) == [0, 3, 8] && alone[0].readings.map(\.step) == [0, 3, 8])
      for (a, b) in zip(together[1].readings, alone[0].readings) where a.step > 0 {
        // Roundings of 1e-16, amplified by at most 100, against distances above 1e-3.
        #expect(abs(a.train - b.train) < 1e-10 * b.train && abs(a.test - b.test) < 1e-10 * b.test, "\(engine.device.identifier)")
      }
      #expect(together[0].readings[2].test != together[1].readings[2].test)
    }
  }

  @Test func theBasisGivesTheSameAsTheExactHistory() throws {
    let engine = try #require(Self.engines().first)
    let exact = try comparison(chain([2]), on: engine).draws(width: 40, streams: streams(1))[0]
    let basis = try comparison(chain([2]), history: .basis(tolerance: 1e-8, rankLimit: 1000), on: engine)
      .draws(width: 40, streams: streams(1))[0]
    #expect(exact.readings[2].test > 1e-2)
    #expect(abs(exact.readings[2].test - basis.readings[2].test) < 1e-4 * exact.readings[2].test)
  }

  @Test func aLimitThatDivergesEndsItsDrawAlone() throws {
    let engine = try #require(Self.engines().first)
    let draws = try comparison(chain([2]), rate: 60, on: engine).draws(width: 40, streams: streams(2))
    #expect(draws.count == 2)
    for draw in draws {
      let failure = try #require(draw.failure)
      guard case .diverged = failure else {
        Issue.record("\(failure)")
        continue
      }
      #expect(draw.readings.first?.step == 0 && draw.readings.last.map { $0.step < 8 } == true)
      #expect(draw.largest(at: [0, 8], \.train) == .infinity)
    }
  }

  @Test func settingsThatDoNotFitAreRefused() throws {
    let engine = try #require(Self.engines().first)
    let (x, y) = (Matrix(zeros: 5, 4), Matrix(zeros: 5, 1))
    func make(_ targets: Matrix, train: Int, readings: Set<Int>, kernels: Set<Int> = [], batches: [[Int]]? = nil) throws {
      _ = try LimitComparison(
        chain([2]), inputs: x, targets: targets, trainCount: train, rate: 0.1, readings: readings, kernelReadings: kernels,
        batches: batches,
        on: engine)
    }
    #expect(throws: FiniteNetworkError.self) { try make(y, train: 5, readings: [0]) }
    #expect(throws: FiniteNetworkError.self) { try make(Matrix(zeros: 4, 1), train: 3, readings: [0]) }
    #expect(throws: FiniteNetworkError.self) { try make(y, train: 3, readings: []) }
    #expect(throws: FiniteNetworkError.self) { try make(y, train: 3, readings: [0, 2], kernels: [1]) }
    #expect(throws: FiniteNetworkError.self) { try make(y, train: 3, readings: [0, 2], batches: [[0]]) }
  }
}
