import BackendTestKit
import Compute
import OpenCLBackend
import Testing
import WideKernels

/// The kernels of GPUs, on whatever device there is, under the suite that ConformanceTests run on its own.
@Suite(.needsOpenCL) struct GPUKernelTests {
  /// All cases of what is not generated, but few products of few columns, which are a program for each number of them. Of what is
  /// generated a few formulas, with a kink and smooth: every program takes the driver a second or so to build, and that formulas are
  /// right is seen with the tiles of the device.
  static let cases: [ConformanceCase] = ConformanceSuite.cases().filter { sample in
    switch sample.body {
    case let body as GEMMCase: body.operation.lowerOnly || ![2, 4, 5, 7, 8, 11, 13].contains(min(body.m, body.n))
    case let body as RecursionCase: programs.contains("\(body.program)")
    case let body as RecursionVJPCase: programs.contains("\(body.program)")
    case let body as BlockKernelCase: body.program == ProgramSample.twoReLU
    case let body as EqualPointsCase: body.program == ProgramSample.plainReLU
    case let body as WidePassCase: body.width > 16 || (body.program == ProgramSample.twoReLU && body.outputs < 3)
    case let body as FeaturePassCase: sample.label.hasPrefix("erf b") && (body.n > 8 || body.width > 32)
    case is MapCase: functions.contains { sample.label.hasPrefix($0 + " b") }
    default: true
    }
  }

  private static let programs = Set(
    (ProgramSample.deepPrograms.filter { !$0.hasKink } + [ProgramSample.twoReLU]).map { "\($0)" })

  /// As labels of cases begin.
  private static let functions = [
    "activation:erf", "slope:erf", "vjp:erf", "curvature:erf", "sum", "quotient", "exponential", "logarithm", "squareRoot",
  ]

  @Test(arguments: OpenCLTarget.gpu)
  func everyOperationIsWithinItsDerivedBound(_ target: OpenCLTarget) throws {
    let engine = try target.engine
    let start = ContinuousClock.now
    let results = Self.cases.map { ConformanceSuite.run($0, on: engine) }
    let report = ConformanceReport(device: engine.device, precision: engine.precision, fallbacks: [], results: results)
    let passed = report.passed
    #expect(passed, "\(report.text)")
    let seconds = Int((ContinuousClock.now - start) / .seconds(1))
    print("gpu tiles: \(report.summary), \(target.backend.compiledPrograms) programs so far, \(seconds) s")
  }

  @Test func casesCoverEveryOperationAndKindOfFormula() {
    for operation in ConformanceOperation.allCases {
      #expect(Self.cases.count { $0.operation == operation } >= 8, "cases of \(operation.rawValue)")
    }
    #expect(Self.programs.count == 3)
    for function in Self.functions {
      #expect(Self.cases.contains { $0.label.hasPrefix(function + " b") }, "\(function)")
    }
  }

  @Test(arguments: OpenCLTarget.gpu)
  func aNumberIsTheSameBesideAnyOthers(_ target: OpenCLTarget) throws {
    // One program: other formulas are in the same kernels.
    for neighbours in ConformanceSuite.neighbourCases
    where !neighbours.label.contains("affine") || neighbours.label.contains("\(ProgramSample.twoReLU) ") {
      let result = ConformanceSuite.run(neighbours, on: try target.engine)
      #expect(result.failures == [], "\(neighbours) on \(target.testDescription)")
      #expect(result.elements > 0)
    }
  }

  /// Documentation/numerics.md says of these that they are left open, so that few rows or points keep a GPU busy.
  @Test(arguments: OpenCLTarget.gpu)
  func splitSumsDependOnHowManyThereAre(_ target: OpenCLTarget) throws {
    for split in ["gemm neighbours tn b6 m40 n3 k600", "triangularSolve neighbours", "n600 R130 w2", "n100 R50 w40"] {
      let cases = ConformanceSuite.closeNeighbourCases.filter { $0.description.contains(split) }
      let results = try cases.map { ConformanceSuite.run($0, on: try target.engine) }
      #expect(results.contains { !$0.passed }, "\(split) splits no sums by now: promise it")
    }
  }
}
