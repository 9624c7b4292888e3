import Compute
import DeviceTiming
import ExperimentSessions
import Experiments
import Figures
import Foundation
import JobRecords
import LinearAlgebra
import Logging
import PrintableText
import Reports
import Results

/// `isthmus run` of one experiment: a session with a terminal, signals, profile and record of jobs.
struct ExperimentRun<E: Experiment> {
  private let settings: E.Settings
  private let options: RunOptions
  private let engine: Engine
  private let passEngine: Engine
  private let speeds: DeviceSpeeds
  /// The meter of a run with --profile.
  private let meter: Meter?
  /// The recording backend; nil without --record-jobs.
  private let recorder: RecordedBackend?
  private var isTalkative: Bool { !options.quiet && !options.json }

  private let interruption: Interruption

  init(_ settings: E.Settings, on backend: any Backend, _ options: RunOptions) throws {
    self.settings = settings
    self.options = options
    interruption = Interruption(maxTime: options.maxTime?.duration, start: .now)
    guard backend.device.precisions.contains(.float64) else {
      throw CommandLineError.coarsePrecision(device: backend.device.identifier, precision: "\(Precision.float64)")
    }
    let metered = options.profile ? MeteredBackend(backend) : nil
    meter = metered?.meter
    recorder = options.recordJobs == nil ? nil : RecordedBackend(backend)
    try LAPACK.checkVariable()
    engine = try Engine(metered ?? recorder ?? backend)
    let automatic = try E.allowsFloat32Passes(settings) ? PassChoice.automatic(on: engine) : .float64
    passEngine = try engine.with(precision: options.precision ?? automatic)
    // Of the device itself: a meter waits for it, and a record is written.
    speeds = try DeviceSpeedStore.user.speeds(
      of: [Engine(backend), Engine(backend, precision: passEngine.precision)], program: DriverProbe.programState
    ) { Terminal.writeError("warning: \($0)") }
  }

  func run() throws {
    var session = try ExperimentSession<E>(
      settings, on: engine, passEngine: passEngine, speeds: speeds, results: URL(fileURLWithPath: options.results),
      continuesElsewhere: options.continueElsewhere)
    if options.plan { return try show(session) }

    if !options.noPlots { try Gnuplot.checkVariable() }
    session.description.versions["selfTest"] = try selfTest()
    let limits = try measureLimits()
    // Before the work: a run that cannot be recorded does not start.
    try beginRecording()
    // However the run goes; a record ends once.
    defer { recorder?.end(.done) }
    let store = try session.open { Terminal.writeError("warning: \($0)") }
    let backend = engine.backend
    interruption.begin(store, fallbacks: { backend.hostWork }, finish: { [recorder] in recorder?.end(.interruption, within: 2) })
    let clock = ContinuousClock.now
    if isTalkative {
      (session.plan.summary + session.plan.dataNotes).forEach { Terminal.write($0) }
      Terminal.write("\(store.existing.isEmpty ? "run" : "continuing run") \(store.directory.relativePath) on \(engine.device.name)")
      tellOfOthers(session, isNew: store.existing.isEmpty)
    }
    let table: ReportTable?
    var profile: ProfileReport?
    do {
      meter?.reset()
      try work(session, store)
      interruption.finishRecords("all is recorded; the same command makes the table in \(store.directory.relativePath)")
      profile = try endProfile(limits, store)
      table = try session.writeTable(in: store)
      try store.finish(fallbacks: engine.backend.hostWork)
      interruption.finishRecords("the run is finished; `isthmus plot \(store.directory.relativePath)` draws its figures")
    } catch is RunStopped {
      interruption.endSaved()
    } catch {
      interruption.settle()
      // The first fault matters; where even this cannot be written the run counts as interrupted.
      try? store.fail("\(error)", fallbacks: engine.backend.hostWork)
      throw error
    }
    let seconds = (ContinuousClock.now - clock) / .seconds(1)
    DeviceStart.warnOfHostWork(of: engine.backend)
    let figures = options.noPlots ? [] : draw(session)
    conclude(store, session.plan, table, figures, profile, seconds: seconds)
  }

  /// What is recorded of it: both precisions where passes have their own.
  private func selfTest() throws(CommandLineError) -> String {
    let engines = passEngine.precision == engine.precision ? [engine] : [engine, passEngine]
    var texts: [String] = []
    for engine in engines { texts.append(try SelfTest.require(engine).summary(engine.precision)) }
    return texts.joined(separator: "; ")
  }

  /// Begins to write the jobs of the device to a file; does nothing without --record-jobs.
  private func beginRecording() throws {
    guard let recorder, let path = options.recordJobs else { return }
    let limit = options.recordJobsLimit ?? ByteCount(bytes: 256_000_000)
    try recorder.begin(URL(fileURLWithPath: path), limit: limit.bytes) { result in
      switch result {
      case .success(let end):
        let reason = end.reason == .limit ? "; the record ended at its limit of \(limit), the run goes on" : ""
        Terminal.writeError("recorded \(end.jobs) jobs in \(path)\(reason)")
      case .failure(let error): Terminal.writeError("warning: jobs are not recorded any more: \(error)")
      }
    }
  }

  /// Limits of the device in its precisions; nil without --profile.
  private func measureLimits() throws -> DeviceLimits? {
    guard options.profile else { return nil }
    return try DeviceLimits.measure(engine.backend, precisions: engine.device.precisions)
  }

  private func endProfile(_ limits: DeviceLimits?, _ store: ResultsStore) throws -> ProfileReport? {
    guard let meter, let limits else { return nil }
    let report = ProfileReport(meter.profile, limits, device: engine.device)
    try store.writeTable(report.heading + report.text.text, name: "profile", numbers: report.numbers)
    return report
  }

  private func work(_ session: ExperimentSession<E>, _ store: ResultsStore) throws {
    let line = ProgressLine(isSilent: options.quiet)
    var log = Logger(label: E.name) { _ in ProgressLog(line: line) }
    log.logLevel = options.quiet ? .warning : .info
    defer { line.end() }
    try session.compute(in: store, log: log, progress: line, control: interruption)
  }

  /// A new run beside one of the same settings is not what a job that was moved to another device wants.
  private func tellOfOthers(_ session: ExperimentSession<E>, isNew: Bool) {
    guard isNew, !options.continueElsewhere else { return }
    for other in RunFolder.begunElsewhere(session.description, in: session.results) {
      Terminal.write("\(other.relativePath) holds a run of these settings on another device; --continue-elsewhere would go on with it")
    }
  }

  private func show(_ session: ExperimentSession<E>) throws {
    let plan = session.plan, directory = try session.directory
    guard options.json else {
      (plan.summary + plan.dataNotes).forEach { Terminal.write($0) }
      return Terminal.write("results would go to \(directory.relativePath) and take about \(plan.disk.byteText) of disk")
    }
    let json: JSONValue = [
      "experiment": .string(E.name), "run": .string(session.description.runID), "directory": .string(directory.path),
      "estimatedSeconds": .number(plan.estimatedSeconds), "memory": .integer(Int128(plan.memory)), "disk": .integer(Int128(plan.disk)),
      "plan": .array((plan.summary + plan.dataNotes).map { .string($0) }),
    ]
    Terminal.write(lines: json.prettyText.trimmingLineFeed)
  }

  /// Figures are a view of the results: where they fail, the run stays finished and the reason is told.
  private func draw(_ session: ExperimentSession<E>) -> [RenderedFigure] {
    do {
      let figures = try session.draw(formats: options.plotFormat.list, with: Gnuplot())
      for note in figures.compactMap(\.note) { Terminal.writeError("note: \(note)") }
      return figures.filter { !$0.files.isEmpty }
    } catch {
      Terminal.writeError(lines: "warning: \(error.message)")
      return []
    }
  }

  private func conclude(
    _ store: ResultsStore, _ plan: any ExperimentPlan, _ table: ReportTable?, _ figures: [RenderedFigure], _ profile: ProfileReport?,
    seconds: Double
  ) {
    if options.json {
      var members: [JSONValue.Member] = [
        .init("experiment", .string(E.name)), .init("run", .string(store.manifest.run)),
        .init("directory", .string(store.directory.path)), .init("seconds", .number(seconds)),
        .init("estimatedSeconds", .number(plan.estimatedSeconds)),
        .init("estimatedSecondsPerStep", plan.estimatedSecondsPerStep.map { .number($0) } ?? .null),
        .init("memory", .integer(Int128(plan.memory))),
        .init("peakMemory", ProcessMemory.peakBytes.map { .integer(Int128($0)) } ?? .null),
        .init("table", table?.json ?? .null), .init("figures", .array(figures.flatMap(\.files).map { .string($0.path) })),
      ]
      if let profile { members.append(.init("profile", profile.json)) }
      return Terminal.write(lines: JSONValue.object(members).prettyText.trimmingLineFeed)
    }
    if let table { Terminal.write(lines: "\n" + table.page) }
    if let profile { Terminal.write(lines: "\n" + profile.heading + profile.text.text) }
    if isTalkative {
      let estimated = store.existing.isEmpty ? "estimated" : "the whole run was estimated at"
      let memory =
        ProcessMemory.peakBytes.map { "; \($0.byteText) of memory, at most \(plan.memory.byteText) planned" } ?? ""
      Terminal.write("took \(Terminal.text(seconds: seconds)), \(estimated) \(Terminal.text(seconds: plan.estimatedSeconds))\(memory)")
    }
    let files =
      (table == nil ? [] : ["table.txt, table.csv"]) + (profile == nil ? [] : ["profile.txt, profile.csv"])
      + (figures.isEmpty ? [] : ["\(figures.count) figure\(figures.count == 1 ? "" : "s") in figures/"])
    Terminal.write("results: \(store.directory.relativePath)" + (files.isEmpty ? "" : " (\(files.joined(separator: "; ")))"))
  }
}
