import BackendCatalog
import Compute
import Experiments
import Foundation
import Logging
import Results
import StudyRecords
import Testing

/// Runs of experiments, of `bottleneck` unless another is named, in folders of the tests.
struct Recorded {
  static let small = [
    "--train", "60", "--test", "30", "--steps", "30", "--draws", "1", "--feature-width", "200", "--kernel-points", "20", "--seed", "3",
  ]

  static func settings(_ extra: [String]) throws -> BottleneckSettings { try BottleneckSettings.parse(small + extra) }

  static func engine() throws -> Engine { try Engine(BackendCatalog.backend()) }

  static func temporaryFolder() -> URL { FileManager.default.temporaryDirectory.appendingPathComponent("isthmus-\(UUID().uuidString)") }

  /// The run that `settings` identify, opened in `folder`.
  static func store(_ settings: BottleneckSettings, in folder: URL) throws -> ResultsStore {
    try store(Bottleneck.self, settings, in: folder)
  }

  static func store<E: Experiment>(_ experiment: E.Type, _ settings: E.Settings, in folder: URL) throws -> ResultsStore {
    let identity = try E.identity(of: settings).mapValues(\.text)
    return try ResultsStore.open(RunDescription(experiment: E.name, identity: identity, parameters: identity), in: folder)
  }

  /// Runs in `folder` (a new one where nil) and returns the records, which hold what is declared and nothing else.
  static func run(
    _ settings: BottleneckSettings, on engine: Engine, in folder: URL? = nil, progress: any Experiments.ProgressReporting = SilentProgress()
  ) throws -> [Record] {
    try run(Bottleneck.self, settings, on: engine, in: folder, progress: progress)
  }

  static func run<E: Experiment>(
    _ experiment: E.Type, _ settings: E.Settings, on engine: Engine, in folder: URL? = nil,
    progress: any Experiments.ProgressReporting = SilentProgress(), control: any RunControl = NoControl()
  ) throws -> [Record] {
    let results = folder ?? temporaryFolder()
    defer { if folder == nil { try? FileManager.default.removeItem(at: results) } }
    let plan = try E.plan(settings, on: engine, passEngine: engine)
    let store = try store(experiment, settings, in: results)
    var log = Logger(label: "test")
    log.logLevel = .critical
    do {
      try plan.run(RunContext(engine: engine, passEngine: engine, store: store, log: log, progress: progress, control: control))
    } catch {
      try store.fail("\(error)")
      throw error
    }
    try store.finish()
    let records = try RunRecords.read(store.directory)
    let format = try #require(RecordFormat.all.first { $0.experiments.contains(E.name) })
    if let fault = records.lazy.compactMap(format.fault).first { Issue.record("a record of \(E.name) is not as declared: \(fault)") }
    return records
  }

  /// What an experiment says of settings that it refuses; empty where it takes them.
  static func refusal<E: Experiment>(_ experiment: E.Type, _ settings: () throws -> E.Settings) throws -> String {
    let engine = try engine()
    do {
      _ = try E.plan(settings(), on: engine, passEngine: engine)
      return ""
    } catch { return E.Settings.message(for: error) }
  }

  /// Training losses by "key step" of the lines of steps.
  static func losses(_ records: [Record]) -> [String: Double] {
    records.filter { $0.string("kind") == "step" }.reduce(into: [:]) { losses, record in
      let name =
        ["comparison", "bottlenecks"].compactMap { record.string($0) } + ["kappa", "draw", "step"].map { "\(record.number($0) ?? -1)" }
      losses[name.joined(separator: " ")] = record.number("trainLoss")
    }
  }

  /// Copies what a kill would leave behind, after a given number of reports of a lockstep (or another `activity`), to the folder's
  /// name with `-killed`.
  final class Killer: Experiments.ProgressReporting, @unchecked Sendable {
    private var left: Int
    private let folder: URL
    private let activity: String
    init(after reports: Int, of activity: String = "lockstep", folder: URL) {
      (left, self.activity, self.folder) = (reports, activity, folder)
    }

    func update(fraction: Double, activity: String, rate: String) {
      guard activity.contains(self.activity) else { return }
      left -= 1
      guard left == 0 else { return }
      try? FileManager.default.copyItem(at: folder, to: URL(fileURLWithPath: folder.path + "-killed"))
    }
  }

  static func ends(_ records: [Record]) -> [Record] { records.filter { $0.string("kind") == "end" } }
}
