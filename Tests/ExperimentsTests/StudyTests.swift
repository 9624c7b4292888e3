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

  /// Units that end one by one: the lower half of a wave ends early, the rest at the largest number of steps.
  private struct Races: Study {
    let steps: Int
    let ran: Counter

    var units: [Unit] { (0..<4).map(Unit.init) }
    var summary: [String] { [] }
    var memory: Int { 0 }
    var disk: Int { 0 }
    var seeds: [String: UInt64] { [:] }

    func seconds(_ wave: [Unit]) -> Double { Double(wave.count) }
    func waves(_ left: [Unit]) -> [[Unit]] { left.isEmpty ? [] : [left] }
    func isComplete(_ unit: Unit, _ end: Record) -> Bool { unit.number < 2 || end[StudyTests.square] ?? 0 >= steps }

    func waves(_ left: [Unit], in store: any RunStore) throws -> [[Unit]] {
      let saved: [Int] = try store.readCheckpoint("races")?.state() ?? []
      let parts = [left.filter { saved.contains($0.number) }, left.filter { !saved.contains($0.number) }]
      return parts.filter { !$0.isEmpty }
    }

    func run(_ wave: [Unit], _ run: StudyRun<Unit>) throws {
      ran.waves.append(wave.map(\.number))
      var left = wave
      while let unit = left.first {
        var line = Record(StudyTests.number(unit.number), StudyTests.square(unit.number < 2 ? 1 : steps))
        line["kind"] = "end"
        try run.record(line)
        left.removeFirst()
        try run.context.store.writeCheckpoint("races", Checkpoint(state: left.map(\.number), arrays: [:]))
        if unit.number == 2, steps == 5 { throw RunStopped() }
      }
      run.finish()
    }
  }

  @Test func unitsThatEndOneByOneGoOnAsTheyWereSaved() throws {
    let folder = try TemporaryFolder(), engine = try Engine(BackendCatalog.backend())
    func run(_ steps: Int) throws -> (waves: [[Int]], numbers: [Int]) {
      let store = try ResultsStore.open(RunDescription(experiment: "races", identity: [1], parameters: [1]), in: folder.url)
      let counter = Counter()
      var log = Logger(label: "test")
      log.logLevel = .critical
      do {
        try Races(steps: steps, ran: counter).run(
          RunContext(engine: engine, passEngine: engine, store: store, log: log, progress: SilentProgress()))
        try store.finish()
      } catch is RunStopped { try store.fail("stopped") }
      return (counter.waves, try RunRecords.read(store.directory).compactMap { $0[Self.number] })
    }
    // Stopped where unit 2 has ended, and 3 is on its way.
    let first = try run(5)
    #expect(first.waves == [[0, 1, 2, 3]] && first.numbers == [0, 1, 2])
    // What was on its way goes on before what begins anew: 2 has not made all the steps that are asked for now.
    let more = try run(9)
    #expect(more.waves == [[3], [2]] && more.numbers == [0, 1, 2, 3, 2])
    #expect(try run(9).waves.isEmpty)
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
