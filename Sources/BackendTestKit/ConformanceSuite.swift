import Compute
import Foundation

/// Whether a backend computes what `Backend` promises: every operation, against oracles in more than float64, within
/// bounds that are derived and not guessed.
public enum ConformanceSuite {
  /// All cases whose description contains `filter`; nil for all.
  public static func cases(filter: String? = nil) -> [ConformanceCase] {
    let cases = ConformanceOperation.allCases.flatMap { operation in
      bodies(operation).enumerated().map { index, body in
        ConformanceCase(operation: operation, label: body.label, seed: UInt64(index + 1), body: body)
      }
    }
    guard let filter else { return cases }
    return cases.filter { $0.description.contains(filter) }
  }

  private static func bodies(_ operation: ConformanceOperation) -> [any CaseBody] {
    switch operation {
    case .copy: CopyCase.all
    case .job(.copyRows): RowCopyCase.all
    case .job(.gemm): GEMMCase.all
    case .job(.recursion): RecursionCase.all
    case .job(.recursionVJP): RecursionVJPCase.all
    case .job(.blockKernel): BlockKernelCase.all + EqualPointsCase.all
    case .job(.widePass): WidePassCase.all
    case .job(.featurePass): FeaturePassCase.all
    case .job(.map): MapCase.all
    case .job(.reduceRows): ReduceRowsCase.all
    case .job(.fillNormal): FillNormalCase.all
    case .job(.triangularSolve): TriangularSolveCase.all
    }
  }

  /// Cases of what a number's neighbours may not change; see Documentation/numerics.md, "Neighbours", for which operations there are any.
  static var neighbourBodies: [NeighbourCase] {
    NeighbourCase.products + NeighbourCase.solves + NeighbourCase.kernels + NeighbourCase.passes + NeighbourCase.elements
  }

  /// Runs one case. A device that throws has failed it; nothing is thrown.
  public static func run(_ conformanceCase: ConformanceCase, on engine: Engine) -> ConformanceResult {
    let probe = Probe(engine: engine, seed: conformanceCase.seed)
    do {
      switch engine.precision {
      case .float32: try conformanceCase.body.run(probe, Float32Rounding.self)
      case .float64: try conformanceCase.body.run(probe, Float64Rounding.self)
      }
    } catch {
      probe.fail("\(error)")
    }
    return ConformanceResult(
      operation: conformanceCase.operation, caseText: conformanceCase.description, device: engine.device.identifier,
      precision: engine.precision, worstRatio: probe.worst.ratio, worstPlace: probe.worst.place, elements: probe.elements,
      unbounded: probe.unbounded, digest: probe.digest.text, failures: probe.failures)
  }

  /// Runs all cases that the filter lets through.
  ///
  /// - Parameter progress: called after every case.
  public static func run(on engine: Engine, filter: String? = nil, progress: (ConformanceResult) -> Void = { _ in }) -> ConformanceReport {
    let results = cases(filter: filter).map { conformanceCase in
      let result = run(conformanceCase, on: engine)
      progress(result)
      return result
    }
    return ConformanceReport(device: engine.device, precision: engine.precision, fallbacks: engine.backend.fallbacks, results: results)
  }
}
