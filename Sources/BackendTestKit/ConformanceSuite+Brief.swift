import Compute
import WideKernels

extension ConformanceSuite {
  /// A few of the cases, for a device that is about to be used: products beyond the edges of tiles, a recursion, and kernels from
  /// inputs and on a basis. Milliseconds on a processor.
  public static var briefCases: [ConformanceCase] {
    func first<Body: CaseBody>(
      _ operation: BackendOperation, _ all: [any CaseBody], _ type: Body.Type, where isWanted: (Body) -> Bool
    ) -> ConformanceCase? {
      for (index, body) in all.enumerated() {
        // With the seed that it has in the whole suite, so that its line `again:` finds it.
        if let own = body as? Body, isWanted(own) {
          return ConformanceCase(operation: .job(operation), label: body.label, seed: UInt64(index + 1), body: body)
        }
      }
      return nil
    }
    // What most results hang on comes first.
    let cases = [
      first(.gemm, GEMMCase.all, GEMMCase.self) { $0.m > 30 && $0.n > 30 && $0.k > 60 && $0.operation.transposeB },
      first(.blockKernel, BlockKernelCase.all, BlockKernelCase.self) { $0.program == ProgramSample.twoReLU && $0.n == 33 },
      first(.widePass, WidePassCase.all, WidePassCase.self) { $0.program == ProgramSample.twoReLU && $0.n > 30 && $0.hasJacobian },
      first(.recursion, RecursionCase.all, RecursionCase.self) { $0.program == ProgramSample.twoReLU && $0.n > 8 && $0.kinds.count == 2 },
      first(.gemm, GEMMCase.all, GEMMCase.self) { $0.m > 60 && $0.n > 60 && !$0.operation.transposeA && !$0.operation.transposeB },
    ]
    return cases.compactMap { $0 }
  }

  /// Runs those of `briefCases` that are not `passed` yet, until `seconds` have gone by: a driver may take that long to build one program.
  ///
  /// - Parameter passed: descriptions of cases.
  public static func runBriefly(on engine: Engine, passed: Set<String> = [], seconds: Double = .infinity) -> ConformanceReport {
    let start = ContinuousClock.now
    var results: [ConformanceResult] = []
    for one in briefCases where !passed.contains(one.description) {
      guard results.isEmpty || (ContinuousClock.now - start) / .seconds(1) < seconds else { break }
      results.append(run(one, on: engine))
    }
    return ConformanceReport(device: engine.device, precision: engine.precision, fallbacks: engine.backend.fallbacks, results: results)
  }
}
