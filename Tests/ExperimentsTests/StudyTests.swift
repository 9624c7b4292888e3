import BackendCatalog
import Compute
import Experiments
import Foundation
import Logging
import Results
import StudyRecords
import TestSupport
import Testing

/// What all studies share, seen with one that only squares numbers.
@Suite struct StudyTests {
  private static let number = Field<Int>("number", "")
  private static let square = Field<Int>("square", "")

  private struct Unit: StudyUnit {
    let number: Int
    var key: String { "\(number)" }
    static func key(_ record: Record) -> String? { record.key([StudyTests.number]) }
  }

  /// Odd and even numbers each together.
  private struct Squares: Study {
    let numbers: Int
    let ran: Counter

    var units: [Unit] { (0..<numbers).map(Unit.init) }
    var summary: [String] { [] }
    var memory: Int { 0 }
    var disk: Int { 0 }
    var seeds: [String: UInt64] { [:] }

    func waves(_ left: [Unit]) -> [[Unit]] { [0, 1].map { rest in left.filter { $0.number % 2 == rest } }.filter { !$0.isEmpty } }
    func seconds(_ wave: [Unit]) -> Double { Double(wave.count) }

    func run(_ wave: [Unit], _ run: StudyRun<Unit>) throws {
      ran.waves.append(wave.map(\.number))
      for (index, unit) in wave.enumerated() {
        try run.stepped("squares", share: Double(index) / Double(wave.count)) {}
        var line = Record(StudyTests.number(unit.number), StudyTests.square(unit.number * unit.number))
        line["kind"] = "end"
        try run.record(line)
      }
      run.finish()
    }
  }

  private final class Counter: @unchecked Sendable {
    var waves: [[Int]] = []
  }

  private final class Fractions: Experiments.ProgressReporting, @unchecked Sendable {
    var all: [Double] = []
    func update(fraction: Double, activity: String, rate: String) { all.append(fraction) }
  }

  @Test func whatIsRecordedIsNotComputedAgain() throws {
    let folder = try TemporaryFolder(), engine = try Engine(BackendCatalog.backend())
    func run(_ numbers: Int) throws -> (waves: [[Int]], fractions: [Double], records: Int) {
      let store = try ResultsStore.open(RunDescription(experiment: "squares", identity: [1], parameters: [1]), in: folder.url)
      let (counter, progress) = (Counter(), Fractions())
      var log = Logger(label: "test")
      log.logLevel = .critical
      try Squares(numbers: numbers, ran: counter).run(
        RunContext(engine: engine, passEngine: engine, store: store, log: log, progress: progress))
      try store.finish()
      return (counter.waves, progress.all, try RunRecords.read(store.directory).count)
    }
    let first = try run(5)
    #expect(first.waves == [[0, 2, 4], [1, 3]] && first.records == 5)
    #expect(first.fractions == first.fractions.sorted() && first.fractions.last == 1, "\(first.fractions)")
    let more = try run(7)
    #expect(more.waves == [[6], [5]] && more.records == 7)
    #expect(try run(7).waves.isEmpty)
  }

  @Test func theEstimateIsThatOfAllWaves() {
    #expect(Squares(numbers: 5, ran: Counter()).estimatedSeconds == 5)
  }
}
