import Results
import StudyRecords

/// An experiment's plan as units that are computed and recorded by themselves, some of them together.
///
/// What it leaves out is the same for all: which units are recorded already, progress, the order of the work.
package protocol Study: ExperimentPlan {
  /// What is recorded to its end as a whole.
  associatedtype Unit: StudyUnit

  /// All units, in the order in which they are computed.
  var units: [Unit] { get }
  /// Whether a unit with this last line is recorded as far as is asked for now.
  func isComplete(_ unit: Unit, _ end: Record) -> Bool
  /// Whether a unit with this last line is complete where that depends on `arrays` of the run, by name.
  func isComplete(_ unit: Unit, _ end: Record, _ arrays: Set<String>) -> Bool
  /// Units of those that are left which are computed together, as many as memory has room for.
  func waves(_ left: [Unit]) -> [[Unit]]
  /// Waves of a run that goes on: units that were left on their way are together as they were saved.
  func waves(_ left: [Unit], in store: any RunStore) throws -> [[Unit]]
  /// Estimated seconds of units that are computed together.
  func seconds(_ wave: [Unit]) -> Double
  /// Computes units that belong together and records them, each to its end: all at once, or one by one as they come to it.
  func run(_ wave: [Unit], _ run: StudyRun<Unit>) throws
}

/// What is recorded to its end as a whole.
package protocol StudyUnit: Sendable {
  /// What tells it from the others, as its records say it.
  var key: String { get }
  /// The key of the unit that a record is of; nil for a record of none.
  static func key(_ record: Record) -> String?
  /// Whether a record is the last one of its unit.
  static func isEnd(_ record: Record) -> Bool
}

extension StudyUnit {
  package static func isEnd(_ record: Record) -> Bool { record.string("kind") == "end" }
}

extension Study {
  package func isComplete(_ unit: Unit, _ end: Record) -> Bool { true }
  package func isComplete(_ unit: Unit, _ end: Record, _ arrays: Set<String>) -> Bool { isComplete(unit, end) }
  package func waves(_ left: [Unit]) -> [[Unit]] { left.map { [$0] } }
  package func waves(_ left: [Unit], in store: any RunStore) throws -> [[Unit]] { waves(left) }

  package var estimatedSeconds: Double { waves(units).reduce(0) { $0 + seconds($1) } }

  package func run(_ context: RunContext) throws { try runUnits(context) }

  /// Computes and records what is not recorded yet.
  package func runUnits(_ context: RunContext) throws {
    let recorded = RecordedUnits<Unit>(context.store.existing), arrays = context.store.arrayNames
    let left = units.filter { unit in !(recorded.end(of: unit).map { isComplete(unit, $0, arrays) } ?? false) }
    if left.count < units.count { context.log.info("\(units.count - left.count) of \(units.count) units are already recorded") }
    let waves = try waves(left, in: context.store)
    let progress = WorkProgress(total: waves.reduce(0) { $0 + seconds($1) }, context.progress)
    for wave in waves { try run(wave, StudyRun(context, recorded, progress, seconds: seconds(wave))) }
    context.progress.update(fraction: 1, activity: "done", rate: "")
  }
}

extension Array {
  /// Parts of at most `count` elements, in their order.
  func parts(of count: Int) -> [[Element]] {
    stride(from: 0, to: self.count, by: Swift.max(count, 1)).map { Array(self[$0..<Swift.min($0 + Swift.max(count, 1), self.count)]) }
  }
}
