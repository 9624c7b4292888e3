import BackendTestKit
import Compute
import ReferenceBackend
import Testing

/// The suite is worth what it catches.
@Suite struct SabotageTests {
  @Test(arguments: Sabotage.allCases)
  func everyMistakeFailsTheSuite(_ sabotage: Sabotage) throws { try expectFailure(sabotage, .float64) }

  @Test(arguments: [Sabotage.gemmOffByThousandUlp, .recursionOffByThousandUlp, .vjpOffByThousandUlp, .mapOffByThousandUlp])
  func errorsOfAThousandUlpFailInFloat32(_ sabotage: Sabotage) throws { try expectFailure(sabotage, .float32) }

  private func expectFailure(_ sabotage: Sabotage, _ precision: Precision) throws {
    let engine = try Engine(SabotagedBackend(sabotage), precision: precision)
    let failed = ConformanceSuite.cases(filter: sabotage.operation + " ").contains { !ConformanceSuite.run($0, on: engine).passed }
    #expect(failed, "no case noticed \(sabotage) in \(precision)")
  }

  @Test func aFailureNamesTheElementAndHowToRepeatIt() throws {
    let engine = try Engine(SabotagedBackend(.gemmOffByThousandUlp))
    let broken = try #require(ConformanceSuite.cases(filter: "m9 n7 k1 ").first)
    let result = ConformanceSuite.run(broken, on: engine)
    #expect(result.worstRatio > 1 && result.worstRatio.isFinite)
    #expect(result.worstPlace.hasPrefix("c["))
    #expect(result.repro.contains("--device reference --precision float64") && result.repro.contains(broken.description))
    #expect(ConformanceSuite.cases(filter: broken.description).count == 1)
  }

  @Test func reportsHoldTheirNumbers() throws {
    let report = ConformanceSuite.run(on: try Engine(ReferenceBackend()), filter: "reduceRows")
    #expect(report.passed)
    #expect(report.summary.hasPrefix("conformance: \(report.results.count) cases on reference float64, worst ratio "))
    let json = try #require(String(data: report.json(), encoding: .utf8))
    #expect(json.contains("\"worstRatio\"") && json.contains("\"reduceRows\""))
    #expect(!ConformanceSuite.run(on: try Engine(ReferenceBackend()), filter: "no such case").passed)
  }
}
