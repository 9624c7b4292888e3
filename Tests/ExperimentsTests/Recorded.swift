import BackendCatalog
import Compute
import Foundation
import Logging
import Results

@testable import Experiments

/// Runs of the experiment `bottleneck` in folders of the tests.
struct Recorded {
  private static let small = [
    "--train", "60", "--test", "30", "--steps", "30", "--draws", "1", "--feature-width", "200", "--kernel-points", "20", "--seed", "3",
  ]

  static func settings(_ extra: [String]) throws -> BottleneckSettings { try BottleneckSettings.parse(small + extra) }

  static func engine() throws -> Engine { try Engine(BackendCatalog.backend()) }

  static func temporaryFolder() -> URL { FileManager.default.temporaryDirectory.appendingPathComponent("isthmus-\(UUID().uuidString)") }

  /// The run that `settings` identify, opened in `folder`.
  static func store(_ settings: BottleneckSettings, in folder: URL) throws -> ResultsStore {
    let identity = try Bottleneck.values(of: settings).filter { !Bottleneck.extendingSettings.contains($0.key) }.mapValues(\.text)
    return try ResultsStore.open(RunDescription(experiment: Bottleneck.name, identity: identity, parameters: identity), in: folder)
  }

  /// Runs in `folder` (a new one where nil) and returns the records.
  static func run(
    _ settings: BottleneckSettings, on engine: Engine, in folder: URL? = nil, progress: any Experiments.ProgressReporting = SilentProgress()
  ) throws -> [Record] {
    let results = folder ?? temporaryFolder()
    defer { if folder == nil { try? FileManager.default.removeItem(at: results) } }
    let plan = try Bottleneck.plan(settings, on: engine, passEngine: engine)
    let store = try store(settings, in: results)
    var log = Logger(label: "test")
    log.logLevel = .critical
    do {
      try plan.run(RunContext(engine: engine, passEngine: engine, store: store, log: log, progress: progress))
    } catch {
      try store.fail("\(error)")
      throw error
    }
    try store.finish()
    return try RunRecords.read(store.directory)
  }

  /// Training losses by "key step" of the lines of steps.
  static func losses(_ records: [Record]) -> [String: Double] {
    records.filter { $0.string("kind") == "step" }.reduce(into: [:]) { losses, record in
      let name =
        ["comparison", "bottlenecks"].compactMap { record.string($0) } + ["kappa", "draw", "step"].map { "\(record.number($0) ?? -1)" }
      losses[name.joined(separator: " ")] = record.number("trainLoss")
    }
  }

  static func ends(_ records: [Record]) -> [Record] { records.filter { $0.string("kind") == "end" } }
}
