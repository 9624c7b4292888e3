import Compute
import DeviceTiming
import ExperimentSessions
import Experiments
import Foundation
import Results

/// The runs of a sweep, planned on a device.
///
/// Each is an ordinary run of its experiment in a folder of its own, and the sweep has no results beside theirs.
public struct Sweep: Sendable {
  /// A run of a sweep.
  public struct Run: Sendable {
    /// Place in the plan, from 1.
    public let place: Int
    /// Settings in which runs of the sweep differ.
    public let point: [SweepFile.Setting]
    /// What `isthmus` takes for this run, but where to compute and to store.
    public let arguments: [String]
    /// Name of the run's folder.
    public let id: String
    /// Folder of the run, which need not be there.
    public let directory: URL
    /// Estimated time of the whole run.
    public let seconds: Double
    /// Bytes at the peak, of device and host.
    public let memory: Int
    /// Bytes of results.
    public let disk: Int
    /// Every setting with its value, and those of them that extend a run.
    let values: [String: JSONValue]
    let extending: Set<String>
  }

  /// The file.
  public let file: SweepFile
  /// Runs in the order of the file, those of one shard.
  public let runs: [Run]
  /// Number of runs of all shards.
  public let count: Int

  /// Plans every run; nothing is written.
  ///
  /// - Parameters:
  ///   - engine: float64, of the device that will compute.
  ///   - precision: of the passes where a run's settings do not say it, from whether float32 keeps what they promise.
  ///   - memory: the most that a run may take.
  ///   - progress: told how many runs of how many are planned.
  /// - Throws: `SweepError.faultyRuns`, of all shards, with everything that cannot be made; `.sameRun`.
  public init(
    _ file: SweepFile, shard: Shard = .whole, on engine: Engine, speeds: DeviceSpeeds, memory: Int,
    precision: (_ allowsFloat32: Bool) throws -> Precision, progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    guard let experiment = ExperimentCatalog.all.first(where: { $0.name == file.experiment }) else {
      throw ExperimentError.unknownExperiment(name: file.experiment, known: ExperimentCatalog.all.map { $0.name })
    }
    let points = try file.points(), planner = Planner(file: file, engine: engine, speeds: speeds, memory: memory)
    var runs: [Run] = [], faults: [String] = [], known: [String: Run] = [:]
    for (index, point) in points.enumerated() {
      progress(index, points.count)
      do {
        let run = try planner.run(index + 1, point, of: experiment, precision: precision)
        if let other = known.updateValue(run, forKey: run.id) {
          let differing = zip(other.point, point).filter { $0 != $1 }.map(\.1.name)
          throw SweepError.sameRun(first: SweepFile.text(other.point), second: SweepFile.text(point), differing: differing)
        }
        runs.append(run)
      } catch let error as SweepError {
        throw error
      } catch {
        faults.append("run \(index + 1) (\(SweepFile.text(point))): \(error)")
      }
    }
    guard faults.isEmpty else { throw SweepError.faultyRuns(faults: faults, of: points.count) }
    (self.file, count, self.runs) = (file, runs.count, runs.filter { shard.contains($0.place) })
  }

  private struct Planner {
    let file: SweepFile
    let engine: Engine
    let speeds: DeviceSpeeds
    let memory: Int

    func run<E: Experiment>(
      _ place: Int, _ point: [SweepFile.Setting], of experiment: E.Type, precision: (Bool) throws -> Precision
    ) throws -> Run {
      let all = file.settings + point, settings = try SweepSettings.parsed(all, of: experiment)
      let passEngine = try engine.with(precision: chosen(all, precision, E.allowsFloat32Passes(settings)))
      let session = try ExperimentSession<E>(
        settings, on: engine, passEngine: passEngine, speeds: speeds, results: URL(fileURLWithPath: file.results))
      let plan = session.plan
      guard plan.memory <= memory else {
        throw ComputeError.budgetTooSmall(operation: "the experiment \(E.name)", neededBytes: plan.memory, budgetBytes: memory)
      }
      let precise = all.contains { $0.name == SweepSettings.precision } ? [] : ["--precision=\(passEngine.precision)"]
      return Run(
        place: place, point: point, arguments: ["run", E.name] + (try SweepSettings.arguments(all, of: experiment)) + precise,
        id: session.description.runID, directory: try session.directory, seconds: plan.estimatedSeconds, memory: plan.memory,
        disk: plan.disk, values: try E.values(of: settings), extending: E.extendingSettings.subtracting(try resources(of: experiment)))
    }

    /// Settings that say what the machine gives, of which no run has more or less.
    private func resources<E: Experiment>(of experiment: E.Type) throws -> [String] {
      try E.declarations().filter { $0.section == .resources }.map(\.name)
    }

    private func chosen(_ settings: [SweepFile.Setting], _ precision: (Bool) throws -> Precision, _ allows: Bool) throws -> Precision {
      guard let text = settings.first(where: { $0.name == SweepSettings.precision })?.value else { return try precision(allows) }
      guard let chosen = Precision(rawValue: text) else {
        throw ExperimentError.invalidSetting(name: SweepSettings.precision, expected: "float64 or float32", got: text)
      }
      return chosen
    }
  }
}
