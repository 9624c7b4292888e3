import Compute
import DeviceBenchmarks
import Foundation
import Results
import Testing

@Suite struct NoiseTests {
  @Test func busyTimeIsThatOfAllButWaiting() {
    // user, nice, system, idle, waiting, interrupts, soft ones, stolen, guests (part of user)
    let text = "cpu  100 20 30 5000 700 4 5 6 90 0\ncpu0 1 2 3 4 5 6 7 8\n"
    #expect(MachineLoad.busySeconds(ofStatistics: text, ticksPerSecond: 100) == 1.65)
    for damaged in ["", "cpu 1 2 3", "intr 1 2 3 4 5 6 7 8 9", "cpu  a b c d e f g h"] {
      #expect(MachineLoad.busySeconds(ofStatistics: damaged, ticksPerSecond: 100) == nil, "\(damaged)")
    }
  }

  @Test func aBusyMachineIsNamed() {
    #expect(MachineLoad.warnings([:]).isEmpty)
    #expect(MachineLoad.warnings(["processors": "2", "loadAverage": "0.30", "othersBusy": "0.05", "governor": "performance"]).isEmpty)
    #expect(
      MachineLoad.warnings(["processors": "2", "loadAverage": "3.10"]) == ["the load average was 3.1 on 2 processors when measuring began"])
    // What others did meanwhile says more than what was before.
    #expect(
      MachineLoad.warnings(["processors": "2", "loadAverage": "3.10", "othersBusy": "1.24"])
        == ["other programs kept 1.2 of 2 processors busy meanwhile"])
    #expect(MachineLoad.warnings(["processors": "2", "loadAverage": "3.10", "othersBusy": "0.0"]).isEmpty)
    #expect(MachineLoad.warnings(["governor": "performance,powersave"]).first?.contains("performance,powersave") == true)
    #expect(MachineLoad.warnings(["processors": "inf", "othersBusy": "nan", "loadAverage": "x"]).isEmpty)
  }

  @Test func rowsThatScatterAreNamed() throws {
    let quiet = [1, 1.01, 1.02, 1.03, 1.04].map { [$0] }, loud = [1, 1.1, 1.2, 1.3, 1.4].map { [$0] }
    #expect(try ReportFile.report([quiet]).noise.isEmpty)
    #expect(
      try ReportFile.report([quiet, loud]).noise == ["1 of 2 rows scatter by more than 10 % between rounds, gemm 1 float64 by 33 %"])
    let text = ReportFile.text([quiet], environment: ["processors": "2", "othersBusy": "1.5"])
    #expect(try BenchmarkReport(json: Data(text.utf8)).noise == ["other programs kept 1.5 of 2 processors busy meanwhile"])
  }

  @Test func theConditionsOfThisMachineAreNumbers() throws {
    let conditions = MachineLoad.conditions
    #expect((conditions["processors"].flatMap(Int.init) ?? 0) >= 1)
    if let load = conditions["loadAverage"] { #expect((Double(load) ?? -1) >= 0) }
    #if os(Linux)
    let others = try #require(MachineLoad().othersBusy)
    #expect(others >= 0 && others.isFinite)
    #endif
  }

  @Test(arguments: BenchmarkCatalog.Form.allCases) func everyFamilySaysWhatItMeasures(_ form: BenchmarkCatalog.Form) {
    for benchmark in BenchmarkCatalog.cases(form) {
      #expect(BenchmarkCatalog.whatIsMeasured(benchmark.family) != nil, "\(benchmark)")
    }
    #expect(BenchmarkCatalog.whatIsMeasured("nonsense") == nil)
  }

  @Test func listsHaveEveryCase() throws {
    let cases = BenchmarkCatalog.cases(.standard)
    let listing = BenchmarkListing(cases)
    #expect(listing.table.rows.map { $0[0] } == cases.map(\.description))
    let entries = try #require(listing.json["cases"]?.array)
    #expect(entries.count == cases.count)
    for (entry, benchmark) in zip(entries, cases) {
      #expect(entry["name"]?.string == benchmark.description && entry["family"]?.string == benchmark.family)
      #expect(entry["sizes"]?.array?.compactMap { $0["value"]?.double } == benchmark.sizes.map { Double($0.value) })
      #expect(Set(entry["precisions"]?.array?.compactMap(\.string) ?? []) == Set(benchmark.precisions.map(\.rawValue)))
    }
    let single = BenchmarkListing(cases, precision: .float32)
    #expect(single.table.rows.count == cases.count { $0.precisions.contains(.float32) } && single.table.rows.count < cases.count)
    for (operation, reason) in listing.operationsWithoutCases {
      #expect(BackendOperation(rawValue: operation) != nil && !reason.isEmpty)
    }
  }
}
