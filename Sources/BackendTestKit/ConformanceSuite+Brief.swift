import Compute
import WideKernels

extension ConformanceSuite {
  /// A few of the cases, for a device that is about to be used: products beyond the edges of tiles, a recursion, and kernels from
  /// inputs and on a basis. Milliseconds on a processor.
  public static var briefCases: [ConformanceCase] {
    func first<Body: CaseBody>(
      _ operation: ConformanceOperation, _ all: [any CaseBody], _ type: Body.Type, where isWanted: (Body) -> Bool
    ) -> ConformanceCase? {
      for (index, body) in all.enumerated() {
        // With the seed that it has in the whole suite, so that its line `again:` finds it.
        if let own = body as? Body, isWanted(own) {
          return ConformanceCase(operation: operation, label: body.label, seed: UInt64(index + 1), body: body)
        }
      }
      return nil
    }
    let cases = [
      first(.gemm, GEMMCase.all, GEMMCase.self) { $0.m > 30 && $0.n > 30 && $0.k > 60 && $0.operation.transposeB },
      first(.gemm, GEMMCase.all, GEMMCase.self) { $0.m > 60 && $0.n > 60 && !$0.operation.transposeA && !$0.operation.transposeB },
      first(.recursion, RecursionCase.all, RecursionCase.self) { $0.program == ProgramSample.twoReLU && $0.n > 8 && $0.kinds.count == 2 },
      first(.blockKernel, BlockKernelCase.all, BlockKernelCase.self) { $0.program == ProgramSample.twoReLU && $0.n == 33 },
      first(.widePass, WidePassCase.all, WidePassCase.self) { $0.program == ProgramSample.twoReLU && $0.n > 30 && $0.hasJacobian },
    ]
    return cases.compactMap { $0 }
  }

  /// Runs `briefCases`.
  public static func runBriefly(on engine: Engine) -> ConformanceReport {
    ConformanceReport(
      device: engine.device, precision: engine.precision, fallbacks: engine.backend.fallbacks,
      results: briefCases.map { run($0, on: engine) })
  }
}
