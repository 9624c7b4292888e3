import BackendCatalog
import Compute
import Foundation
import Learning
import Networks
import Statistics
import Testing
import WideKernels

/// Finite networks approach the limit like 1/√width, and a kernel frozen at the start does not describe them.
///
/// The short version is part of every test run; `make verify-limit` (ISTHMUS_LONG=1) goes to width 16384 with more draws.
@Suite(.serialized) struct LimitTests {
  static let isLong = ProcessInfo.processInfo.environment["ISTHMUS_LONG"] == "1"
  private static let hidden = Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25)

  private func chain(_ widths: [Int], firstDepth: Int = 1, outputs: Int = 1) -> Network {
    let blocks = (widths + [outputs]).enumerated().map { index, width in
      WideBlock(hidden: Array(repeating: Self.hidden, count: index == 0 ? firstDepth : 1), outputs: width)
    }
    return Network(inputs: 6, blocks: blocks)
  }

  private func engine() throws -> Engine { try Engine(BackendCatalog.backend()) }

  @Test func oneBottleneck() throws {
    let comparison = WidthComparison(
      network: chain([2]), rate: 0.7, times: Self.isLong ? [0, 20, 100, 300] : [0, 20, 60], draws: Self.isLong ? 8 : 5, engine: try engine()
    )
    let rows = try (Self.isLong ? [256, 1024, 4096, 16384] : [64, 256, 1024]).map {
      try comparison.row(width: $0, comparesKernel: $0 <= 4096)
    }
    WidthComparison.print("one bottleneck, d = 2, squared error, full batch", rows)
    let last = try #require(rows.last)
    let slope = WidthComparison.slope(rows, \.test)
    // Theory −1/2; medians of few draws over two decades of width scatter by about 0.1, over 1.2 decades by 0.2.
    #expect(abs(slope + 0.5) < (Self.isLong ? 0.1 : 0.25), "slope \(slope)")
    #expect(last.median(\.test) < (Self.isLong ? 0.03 : 0.15), "test error of F at width \(last.width): \(last.median(\.test))")
    #expect(last.median(\.frozenTest) > 3 * last.median(\.test), "a frozen kernel would pass: \(last.median(\.frozenTest))")
    #expect(last.median(\.frozenTest) > 0.25, "a frozen kernel would pass: \(last.median(\.frozenTest))")
    let kernels = rows.filter { $0.width <= 4096 }.map { $0.median { $0.kernel ?? .infinity } }
    #expect(kernels[kernels.count - 1] < (Self.isLong ? 0.1 : 0.2), "Θ: \(kernels)")
  }

  @Test func softmaxWithMiniBatches() throws {
    let comparison = WidthComparison(
      network: chain([2], outputs: 3), points: 18, loss: .softmax, rate: 0.7, times: Self.isLong ? [0, 20, 100, 300] : [0, 20, 60],
      batch: 6,
      draws: Self.isLong ? 8 : 5, engine: try engine())
    let rows = try (Self.isLong ? [256, 1024, 4096, 16384] : [64, 256, 1024]).map { try comparison.row(width: $0) }
    WidthComparison.print("three outputs, softmax, batches of 6 of 18", rows)
    let last = try #require(rows.last)
    #expect(last.median(\.test) < (Self.isLong ? 0.05 : 0.2), "test error of the logits at width \(last.width): \(last.median(\.test))")
    #expect(last.median(\.frozenTest) > 2 * last.median(\.test), "a frozen kernel would pass: \(last.median(\.frozenTest))")
    #expect(WidthComparison.slope(rows, \.test) < -0.25, "slope \(WidthComparison.slope(rows, \.test))")
  }

  @Test func twoHiddenLayersInTheFirstBlock() throws {
    let comparison = WidthComparison(
      network: chain([2], firstDepth: 2), rate: 0.7, times: Self.isLong ? [0, 20, 100] : [0, 20], draws: Self.isLong ? 4 : 3,
      engine: try engine())
    let rows = try (Self.isLong ? [256, 1024, 4096] : [64, 256]).map { try comparison.row(width: $0) }
    WidthComparison.print("two hidden layers in the first block", rows)
    #expect(rows[rows.count - 1].median(\.test) < rows[0].median(\.test), "no approach: \(rows.map { $0.median(\.test) })")
    #expect(rows[rows.count - 1].median(\.test) < (Self.isLong ? 0.08 : 0.3), "\(rows.map { $0.median(\.test) })")
  }

  @Test(arguments: [[2, 2], [3, 2, 2]])
  func chains(_ widths: [Int]) throws {
    let comparison = WidthComparison(
      network: chain(widths), rate: 0.1, times: Self.isLong ? [0, 20, 100, 200] : [0, 20, 60], draws: Self.isLong ? 24 : 7,
      engine: try engine())
    let rows = try (Self.isLong ? [256, 1024, 4096, 16384] : [64, 256, 1024]).map {
      try comparison.row(width: $0, draws: Self.isLong && $0 == 16384 ? 20 : nil)
    }
    WidthComparison.print("bottlenecks \(widths)", rows)
    let slopes =
      [WidthComparison.slope(rows, \.train), WidthComparison.slope(rows, \.test)]
      + widths.indices.map { index in
        WidthComparison.slope(rows) { $0.bottlenecks[index] }
      }
    let median = try #require(Quartiles(slopes).median)
    Swift.print(
      "theory:   slopes of F and every bottleneck \(slopes.map { String(format: "%.2f", $0) }), median \(String(format: "%.2f", median))")
    #expect(abs(median + 0.5) < (Self.isLong ? 0.15 : 0.25), "median slope \(median) of \(slopes)")
    #expect(rows[rows.count - 1].movement > 0.1, "the bottlenecks hardly moved")
  }
}
