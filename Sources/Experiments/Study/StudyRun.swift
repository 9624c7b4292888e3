import Foundation
import Results
import StudyRecords

/// What units that are computed together may use.
package final class StudyRun<Unit: StudyUnit> {
  /// Device, store and log of the run.
  package let context: RunContext
  /// What earlier starts have recorded.
  package let recorded: RecordedUnits<Unit>
  /// How far all units are, for those that tell it by themselves.
  let progress: WorkProgress
  private let seconds: Double
  private let start = ContinuousClock.now
  private var timer = CheckpointTimer()
  private var count = 0

  /// - Parameter seconds: estimated, of the units that are computed together.
  init(_ context: RunContext, _ recorded: RecordedUnits<Unit>, _ progress: WorkProgress, seconds: Double) {
    (self.context, self.recorded, self.progress, self.seconds) = (context, recorded, progress, seconds)
  }

  /// Makes a part of the run, with a store of its own.
  ///
  /// - Parameter name: of the part, for reports.
  func part<Part: StudyUnit>(_ store: any RunStore, named name: String) -> StudyRun<Part> {
    progress.part = name
    return StudyRun<Part>(context.part(store: store), RecordedUnits(store.existing), progress, seconds: seconds)
  }

  /// Appends a line to the records.
  package func record(_ record: Record) throws { try context.store.append(record) }

  /// Runs steps, each of which ends with `stepped`.
  package func steps<Value>(_ body: () throws -> Value) throws -> Value { try context.steps(body) }

  /// Reports a step, and saves where that is due or asked for.
  ///
  /// - Parameters:
  ///   - share: of the work that is done, from 0 to 1.
  ///   - unit: what is counted, such as steps.
  package func stepped(_ activity: String, share: Double, unit: String = "steps", save: () throws -> Void) throws {
    count += 1
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    report(activity, share: share, rate: elapsed > 0 ? "\(Self.text(Double(count) / elapsed)) \(unit)/s" : "")
    try timer.stepEnded(context, save: save)
  }

  /// Reports how far the work is.
  package func report(_ activity: String, share: Double = 0, rate: String = "") {
    progress.update(activity, seconds: seconds * min(share, 1), rate: rate)
  }

  /// The units are recorded.
  package func finish() { progress.finish(seconds: seconds) }

  private static func text(_ rate: Double) -> String { String(format: rate < 10 ? "%.1f" : "%.0f", rate) }
}
