import Compute
import DeviceTiming
import Experiments
import Figures
import Foundation
import Logging
import Reports
import Results

/// A run of an experiment: planned, begun or continued in a folder of results, computed, with its table and figures.
///
///     let session = try ExperimentSession<Bottleneck>(["train": "200", "draws": "2"], on: engine, results: folder)
///     let table = try session.run()
///
/// It is the run that `isthmus run` makes of these settings with this device and precision; either goes on with what the other began.
public struct ExperimentSession<E: Experiment> {
  /// Settings of the run.
  public let settings: E.Settings
  /// Work that the run takes, and what it costs.
  public let plan: any ExperimentPlan
  /// Folder of all results.
  public let results: URL
  /// What the manifest says of the run; what is added to it before `open` is said too.
  public var description: RunDescription

  private let engine: Engine
  private let passEngine: Engine

  /// Checks the settings, reads the data and plans. Nothing is written.
  ///
  /// - Parameters:
  ///   - engine: float64, in which results are kept.
  ///   - passEngine: the same device in the precision of passes over data; nil for float64.
  ///   - speeds: of the device, by which the plan estimates times and progress is told; without them all times are 0.
  ///   - results: folder of all results; it need not be there.
  ///   - continuesElsewhere: goes on also with a run that another device, driver or version of the program began.
  /// - Throws: `SessionError.coarseEngine`; what is wrong with the settings or the data.
  public init(
    _ settings: E.Settings, on engine: Engine, passEngine: Engine? = nil, speeds: DeviceSpeeds = DeviceSpeeds(), results: URL,
    continuesElsewhere: Bool = false
  ) throws {
    guard engine.precision == .float64 else { throw SessionError.coarseEngine(precision: engine.precision) }
    self.settings = settings
    self.engine = engine
    self.passEngine = passEngine ?? engine
    self.results = results
    // Before data are read.
    _ = MemoryNeed.program
    plan = try E.plan(settings, on: PlannedDevice(engine, passEngine: self.passEngine, speeds: speeds))
    description = try Self.description(settings, plan, engine, self.passEngine, continuesElsewhere: continuesElsewhere)
  }

  /// Begins as the other one does, with settings by name as the command line and YAML take them; what is not named is as by default.
  public init(_ settings: [String: String] = [:], on engine: Engine, results: URL) throws {
    try self.init(E.settings(settings), on: engine, results: results)
  }

  /// Folder of the run: where it lies, or will.
  public var directory: URL { get throws { try RunFolder.find(description, in: results) } }

  /// Begins the run or goes on with it, computes what is missing, and makes its table.
  ///
  /// - Parameters:
  ///   - log: takes events that are no results, and warnings.
  ///   - control: may ask it to save or to end.
  /// - Returns: the table; nil for an experiment without one.
  /// - Throws: `RunStopped` where `control` asked for the end; what is recorded is kept, and the same session continues it.
  @discardableResult
  public func run(
    log: Logger = Logger(label: "isthmus", factory: { _ in SwiftLogNoOpLogHandler() }),
    progress: any Experiments.ProgressReporting = SilentProgress(), control: any RunControl = NoControl()
  ) throws -> ReportTable? {
    let store = try open { log.warning("\($0)") }
    do {
      try compute(in: store, log: log, progress: progress, control: control)
      let table = try writeTable(in: store)
      try store.finish(fallbacks: engine.backend.hostWork)
      return table
    } catch let stopped as RunStopped {
      try store.interrupt("\(stopped)", fallbacks: engine.backend.hostWork)
      throw stopped
    } catch {
      // The first fault matters; where even this cannot be written the run counts as interrupted.
      try? store.fail("\(error)", fallbacks: engine.backend.hostWork)
      throw error
    }
  }

  /// Draws the figures of the run into its folder `figures`, each with a CSV of what is drawn; none for an experiment without a report.
  ///
  /// - Throws: `ReportError`; what is wrong with the folder.
  public func draw(formats: [FigureFormat] = FigureFormat.usual, with gnuplot: Gnuplot) throws -> [RenderedFigure] {
    try ReportCatalog.report(E.name)?.draw(directory, formats: formats, with: gnuplot) ?? []
  }

  // MARK: One after the other, for who does something between them

  /// Opens the folder of the run, to begin it or to go on with it.
  ///
  /// - Parameter report: takes what is amiss and no error.
  /// - Throws: `SessionError.lessThanRecorded`; `ResultsError`.
  package func open(report: @escaping @Sendable (String) -> Void) throws -> ResultsStore {
    try ResultsStore.open(description, in: results, expectedBytes: plan.disk, accepts: checkExtent, report: report)
  }

  /// Computes and records what the store lacks.
  package func compute(in store: ResultsStore, log: Logger, progress: any Experiments.ProgressReporting, control: any RunControl) throws {
    try plan.run(RunContext(engine: engine, passEngine: passEngine, store: store, log: log, progress: progress, control: control))
  }

  /// Makes the table of all records, and writes it.
  package func writeTable(in store: ResultsStore) throws -> ReportTable? {
    guard let table = try ReportCatalog.report(E.name)?.table(of: store.directory) else { return nil }
    try store.writeTable(table.page, numbers: table.numbers, json: table.json)
    return table
  }

  /// Refuses to show less than is recorded: the table and the figures are made of all records, and the manifest would not be true of them.
  private func checkExtent(_ directory: URL, _ records: [Record]) throws {
    let excesses = records.compactMap(try E.excess(over: settings))
    guard excesses.isEmpty else {
      throw SessionError.lessThanRecorded(directory: directory.relativePath, recorded: Excess.text(excesses))
    }
  }

  private static func description(
    _ settings: E.Settings, _ plan: any ExperimentPlan, _ engine: Engine, _ passEngine: Engine, continuesElsewhere: Bool
  ) throws -> RunDescription {
    let values = try E.values(of: settings), device = engine.device
    var identity = try E.identity(of: settings)
    identity["backend"] = .string(device.backend)
    identity["device-name"] = .string(device.name)
    identity["precision"] = .string(passEngine.precision.rawValue)
    func object(_ values: [String: JSONValue]) -> JSONValue {
      .object(values.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
    }
    var description = try RunDescription(experiment: E.name, identity: object(identity), parameters: object(values))
    description.seeds = plan.seeds
    description.device = "\(device.identifier): \(device.name)"
    description.precision = passEngine.precision.rawValue
    description.fallbacks = engine.backend.hostWork
    description.sourceRevision = Provenance.sourceRevision
    description.versions = Provenance.versions(of: device)
    description.dataChecksums = plan.dataChecksums
    description.numerics = Provenance.numerics(of: device)
    description.deviceKeys = ["backend", "device-name"]
    description.continuesElsewhere = continuesElsewhere
    description.dataNotes = plan.dataNotes
    return description
  }
}

extension Backend {
  /// What ran on the host for want of code of the device's own, as a manifest says it.
  package var hostWork: [String] { fallbacks.map { "\($0) on the host" } }
}
