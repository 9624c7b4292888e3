import BackendCatalog
import BackendTestKit
import Compute
import Foundation
import Synchronization
import Testing

@Suite struct ConformanceTests {
  private static let counts = Mutex<[Int]>([])

  @Test(arguments: Target.all)
  func everyOperationIsWithinItsDerivedBound(_ target: Target) {
    let report = ConformanceSuite.run(on: target.engine)
    let passed = report.passed
    #expect(passed, "\(report.text)")
    print(report.summary)
    let counts = Self.counts.withLock { counts in
      counts.append(report.results.count)
      return counts
    }
    if counts.count == Target.all.count {
      print("conformance: \(counts.reduce(0, +)) cases in all on \(Target.all.map(\.testDescription).joined(separator: ", "))")
    }
  }

  @Test func everyRequiredBackendIsPresent() {
    let present = Set(Target.all.map(\.engine.device.backend))
    for entry in Target.entries {
      if case .failure(let reason) = entry.backend { print("conformance: \(entry.identifier) is not covered: \(reason)") }
    }
    for name in Target.required {
      #expect(present.contains(name), "ISTHMUS_REQUIRE asks for \(name); present are \(present.sorted().joined(separator: ", "))")
    }
    #expect(present.contains("reference"))
  }

  @Test func everyOperationAndActivationHasCases() {
    let cases = ConformanceSuite.cases()
    for operation in ConformanceOperation.allCases {
      #expect(cases.filter { $0.operation == operation }.count >= 8, "cases of \(operation.rawValue)")
    }
    #expect(Set(cases.map(\.description)).count == cases.count, "two cases have the same description")
  }
}
