import BackendCatalog
import Compute
import Testing

@testable import DeviceBenchmarks

@Suite struct CatalogTests {
  /// Every device of this machine at every precision it has.
  static let targets: [(any Backend, Precision)] = BackendCatalog.all().compactMap { try? $0.backend.get() }.flatMap { backend in
    backend.device.precisions.map { (backend, $0) }
  }

  @Test func everyCaseHasAName() {
    for form in BenchmarkCatalog.Form.allCases {
      let names = BenchmarkCatalog.cases(form).map(\.description)
      #expect(Set(names).count == names.count && !names.isEmpty, "\(form)")
    }
  }

  /// The smoke form, once each.
  @Test(arguments: targets.indices) func everyResultIsRight(_ index: Int) {
    let (backend, precision) = Self.targets[index]
    var runner = BenchmarkRunner(backend, limits: DeviceLimits(multiplyAdds: [precision: 1e9], bandwidth: 1e9))
    (runner.repetitions, runner.leastSeconds) = (1, 0)
    for benchmark in BenchmarkCatalog.cases(.smoke) where benchmark.precisions.contains(precision) {
      let row = runner.run(benchmark, precision)
      #expect(row.failure == nil, "\(row.name) on \(row.device) \(precision)")
      #expect(row.seconds.count == 1 && (row.leastSeconds ?? 0) > 0 && (row.work?.bytes ?? 0) > 0, "\(row.name): \(row)")
    }
  }
}
