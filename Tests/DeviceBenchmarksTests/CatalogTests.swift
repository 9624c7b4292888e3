import BackendCatalog
import Compute
import DeviceBenchmarks
import Foundation
import Testing

@Suite struct CatalogTests {
  /// Every device of this machine at every precision it has.
  static let targets: [(any Backend, Precision)] = BackendCatalog.all().compactMap { try? $0.backend.get() }.flatMap { backend in
    backend.device.precisions.map { (backend, $0) }
  }

  @Test func everyPrecisionHasTargets() {
    for precision in Precision.allCases {
      #expect(Self.targets.count { $0.1 == precision } >= 2, "the reference and the processor at least")
    }
  }

  private static func runner(_ backend: any Backend) -> BenchmarkRunner {
    var runner = BenchmarkRunner(backend, limits: DeviceLimits(multiplyAdds: [.float32: 1e9, .float64: 1e9], bandwidth: 1e9))
    (runner.repetitions, runner.leastSeconds) = (1, 0)
    return runner
  }

  @Test func everyCaseHasItsOwnName() {
    for form in BenchmarkCatalog.Form.allCases {
      let names = BenchmarkCatalog.cases(form).map(\.description)
      #expect(Set(names).count == names.count && !names.isEmpty, "\(form)")
    }
    let families = Set(BenchmarkCatalog.cases(.standard).map(\.family))
    #expect(families == Set(BenchmarkCatalog.cases(.smoke).map(\.family)), "what is not in the smoke form is not tested")
    #expect(families.isSuperset(of: BenchmarkCatalog.cases(.scaling).map(\.family)))
  }

  @Test(arguments: BackendOperation.allCases) func everyOperationHasCasesOrAReason(_ operation: BackendOperation) {
    let hasCases = BenchmarkCatalog.cases(.smoke).contains { $0.family == operation.rawValue }
    #expect(hasCases == (operation.reasonWithoutBenchmark == nil), "\(operation)")
  }

  /// The smoke form, once each.
  @Test(arguments: targets.indices) func everyResultIsRight(_ index: Int) {
    let (backend, precision) = Self.targets[index]
    for benchmark in BenchmarkCatalog.cases(.smoke) where benchmark.precisions.contains(precision) {
      let row = Self.runner(backend).run(benchmark, precision)
      #expect(row.failure == nil, "\(row.name) on \(row.device) \(precision)")
      #expect(row.seconds.count == 1 && (row.leastSeconds ?? 0) > 0 && (row.work?.bytes ?? 0) > 0, "\(row.name): \(row)")
    }
  }

  /// One number that is wrong in each result of an operation.
  @Test(arguments: [
    ("gemm", "gemm"), ("blockKernel", "blockKernel"), ("recursion ", "recursion"), ("recursionVJP", "recursionVJP"),
    ("widePass", "widePass"),
    ("featurePass", "featurePass"), ("triangularSolve", "triangularSolve"), ("cholesky", "gemm"), ("trainingStep", "gradient"),
  ])
  func aWrongNumberIsAFailedRow(_ filter: String, _ operation: String) {
    let cases = BenchmarkCatalog.cases(.smoke, filter: filter)
    #expect(!cases.isEmpty)
    for benchmark in cases {
      let row = Self.runner(SpoiledBackend(operation)).run(benchmark, .float64)
      #expect(row.failure?.contains("residual") == true, "\(row.name): \(String(describing: row.verification))")
    }
  }

  @Test func theScalingFormGoesAsFarAsExperimentsDo() throws {
    let device = DeviceDescription(backend: "none", identifier: "none", name: "", driver: "", precisions: [])
    let rows = BenchmarkCatalog.cases(.scaling).map { BenchmarkRow($0, device: device, .float64) }
    for (size, largest) in [("N", 20_000), ("depth", 50), ("d", 256), ("T", 2000), ("width", 16_384), ("n", 8192)] {
      let curves = rows.curves.filter { $0.size == size }
      #expect(curves.contains { $0.rows.last?.value(of: size) == largest }, "\(size): \(curves.map(\.label))")
      for curve in curves {
        let values = curve.rows.compactMap { $0.value(of: size) }
        #expect(values.count > 2 && values == Array(Set(values)).sorted(), "\(curve.label): \(values)")
      }
    }
  }

  /// What is declared without a device is what the meter finds on one.
  @Test func plansKnowTheWork() throws {
    let runner = Self.runner(SpoiledBackend("none"))
    for benchmark in BenchmarkCatalog.cases(.smoke, filter: "gemm") {
      // 1e9 a second in each run and preparation at a third of it, one run more than timed behind the meter and one to warm up.
      let row = runner.run(benchmark, .float32)
      let least = try #require(row.leastSeconds)
      #expect(runner.plannedSeconds([benchmark], .float32) >= 9 * least)
      #expect(runner.plannedSeconds([benchmark], .float32) <= 9 * least + 1e-3)
    }
    for form in BenchmarkCatalog.Form.allCases {
      for benchmark in BenchmarkCatalog.cases(form) where benchmark.precisions.contains(.float64) {
        let seconds = runner.plannedSeconds([benchmark], .float64)
        #expect(seconds > 0 && seconds.isFinite, "\(benchmark)")
      }
    }
  }
}
