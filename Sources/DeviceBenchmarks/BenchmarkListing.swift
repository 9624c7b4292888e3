import Compute
import Foundation
import Results

/// Cases as they can be read before anything is measured, and without a device.
public struct BenchmarkListing: Sendable {
  private let cases: [BenchmarkCase]

  /// - Parameter precision: only cases that are measured at it, and their memory there; nil for all, with their memory in float64.
  public init(_ cases: [BenchmarkCase], precision: Precision? = nil) {
    self.cases = cases.filter { precision.map($0.precisions.contains) ?? true }
    self.precision = precision ?? .float64
  }

  private let precision: Precision

  /// Whether no case is left.
  public var isEmpty: Bool { cases.isEmpty }

  /// A line for each case: name, precisions, memory and what is measured.
  public var table: TextTable {
    var table = TextTable(
      columns: [.init("case", .left), .init("precisions", .left), .init("MB, \(precision.rawValue)"), .init("measured", .left)])
    for benchmark in cases {
      table.append([
        benchmark.description, Self.precisions(benchmark).map(\.rawValue).joined(separator: ", "),
        String(format: "%.0f", Double(benchmark.elements * precision.byteCount) / 1e6),
        BenchmarkCatalog.whatIsMeasured(benchmark.family) ?? "",
      ])
    }
    return table
  }

  /// Operations that have no case of their own, with the reasons.
  public var operationsWithoutCases: [(operation: String, reason: String)] {
    BackendOperation.allCases.compactMap { operation in
      operation.reasonWithoutBenchmark.map { (operation.rawValue, $0) }
    }
  }

  /// The cases as JSON: `cases` and `operationsWithoutCases`, whose keys are in `Documentation/benchmarks.md`.
  public var json: JSONValue {
    [
      "cases": .array(
        cases.map { benchmark in
          [
            "name": .string(benchmark.description), "family": .string(benchmark.family), "variant": .string(benchmark.variant),
            "sizes": .array(benchmark.sizes.map { ["name": .string($0.name), "value": .integer(Int128($0.value))] }),
            "precisions": .array(Self.precisions(benchmark).map { .string($0.rawValue) }),
            "elements": .integer(Int128(benchmark.elements)),
            "measured": BenchmarkCatalog.whatIsMeasured(benchmark.family).map { .string($0) } ?? .null,
          ]
        }),
      "operationsWithoutCases": .array(
        operationsWithoutCases.map { ["operation": .string($0.operation), "reason": .string($0.reason)] }),
    ]
  }

  private static func precisions(_ benchmark: BenchmarkCase) -> [Precision] {
    Precision.allCases.filter { benchmark.precisions.contains($0) }
  }
}

extension BenchmarkCatalog {
  /// What a family of cases measures; nil for an unknown one.
  public static func whatIsMeasured(_ family: String) -> String? {
    switch family {
    case "gemm": "a product of matrices, m x k by k x n"
    case "blockKernel": "NNGP and NTK of a block from N inputs of width d"
    case "recursion": "NNGP and NTK of a block from its Gram matrix"
    case "recursionVJP": "derivatives of a block's kernels, backwards"
    case "widePass": "values of a wide function at N points from R centres of width d, with Jacobians where they are read"
    case "featurePass": "values, or values and Jacobians, of M random features at N points of width d"
    case "triangularSolve": "a triangular solve of order R with m right sides"
    case "cholesky": "a Cholesky factor of order n, with the host's part"
    case "trainingStep": "one step of gradient descent of a wide MLP, forward and back"
    case "basisGrowth": "a basis of functions grown by pivots over N points"
    case "limitStep": "one step of training in the limit, N points and a bottleneck of width d"
    default: nil
    }
  }
}
