import ArgumentParser
import BackendCatalog
import Compute
import DeviceBenchmarks
import DevicePeaks
import DurableFiles
import ExperimentSessions
import Experiments
import Foundation
import LinearAlgebra
import Results

/// `isthmus bench`.
struct BenchCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "bench",
      abstract: "Measure how close each operation comes to the limit of a device.",
      discussion: """
        First the limits of the device: multiply-adds of numbers in registers, and a large copy. Then every operation: median and \
        minimum of at least ten runs, rates against declared work, the share of what the limits allow (roofline), and the residual of \
        its result in units of its bound. A result beyond its bound is a failed row, whatever its time, and ends in exit code 1. \
        A count of runs with ! is below --repetitions, because the time of a row was up.

        The runs of a case are divided among rounds through all cases, so that what disturbs the machine for some seconds meets one \
        round and not all. ± is half of how far the medians of the rounds lie apart. --compare calls a case slower or faster only where \
        the rounds of the two reports lie apart by more than the bound, 0.95 unless --fail-below says another; what chance can do is \
        told below the table.

        --json: Documentation/benchmarks.md has the keys of reports, lists and comparisons.

        Examples:
          isthmus bench --all --smoke                whether all is right, in seconds
          isthmus bench                              the default device, in minutes
          isthmus bench --device cpu --threads 1,2 --device opencl:0
          isthmus bench --scaling --figures figures  cost against size
          isthmus bench --peaks --all                bandwidths, arithmetic and latency
          isthmus bench --list --filter gemm         which cases there are
          isthmus bench --filter gemm --json new.json --compare old.json
          isthmus bench --compare old.json.gz new.json --fail-below 0.95
                                                               two reports, nothing measured; exit code 1 where one is slower
        """)
  }

  @Option(
    help: "Device to measure; give it again for more. Without it the one that is used without --device elsewhere.",
    completion: .custom { _, _, _ in DeviceStart.identifiers })
  var device: [String] = []
  @Flag(help: "Every device of this machine but the reference.") var all = false
  @Option(help: "Threads of the device cpu, separated by commas: each number is measured. By default all processors.")
  var threads: String?
  @Option(help: "One precision; by default all that the device has.") var precision: Precision?
  @Option(help: "Only cases whose name contains this text, such as gemm.") var filter: String?
  @Option(help: "Timed runs of a case at least, all rounds together.") @Within(1...1_000_000) var repetitions = 10
  @Option(help: "Rounds among which the runs are divided; by default 5, with --smoke 1. An interval takes 5.")
  @Within(1...BenchmarkReport.mostRounds) var rounds: Int? = nil
  @Flag(help: "Small sizes, a few seconds for each device.") var smoke = false
  @Flag(help: "Many sizes, from small to as large as experiments go.") var scaling = false
  @Flag(help: "Only say about how long it will take.") var plan = false
  @Flag(help: "Only the device's peaks: arithmetic, memory, transfers from and to the host, latency of a launch. Seconds.") var peaks =
    false
  @Flag(help: "Only list the cases with their sizes and what each measures; no device is started.") var list = false
  @Option(
    help: "Write all numbers to this file, with --list the cases, of two files the comparison; - prints them in place of tables.",
    completion: .file())
  var json: String?
  @Option(help: "Write a line for each row to this file.", completion: .file()) var csv: String?
  @Option(help: "Draw the roofline, and times and memory against sizes, in this folder.", completion: .directory) var figures: String?
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "A file of --json, gzipped or not, with whose rows the new ones are compared; or two, the older first, and nothing is measured.",
      valueName: "file"), completion: .file())
  var compare: [String] = []
  @Option(help: "Exit code 1 where a compared case has less than this share of its former speed, beyond its interval.")
  @Within(above: 0, to: 1) var failBelow: Double? = nil

  func validate() throws {
    guard !all || device.isEmpty else { throw ValidationError("Choose either --all or --device.") }
    guard !smoke || !scaling else { throw ValidationError("Choose either --smoke or --scaling.") }
    try checkRanges()
    guard compare.count <= 2 else {
      throw ValidationError("--compare: expected one file, or an old one and a new one, got \(compare.count).")
    }
    guard failBelow == nil || !compare.isEmpty else { throw ValidationError("--fail-below goes with --compare.") }
    let measuring: [(String, Bool)] = [
      ("--device", !device.isEmpty), ("--all", all), ("--threads", threads != nil), ("--rounds", rounds != nil), ("--plan", plan),
      ("--csv", csv != nil), ("--figures", figures != nil),
    ]
    let choosing: [(String, Bool)] = [("--smoke", smoke), ("--scaling", scaling), ("--list", list), ("--peaks", peaks)]
    if compare.count == 2, let other = (measuring + choosing).first(where: \.1) {
      throw ValidationError("--compare with two files measures nothing and does not go with \(other.0).")
    }
    if peaks, let other = (measuring.dropFirst(3) + choosing.dropLast() + [("--compare", !compare.isEmpty)]).first(where: \.1) {
      throw ValidationError("--peaks measures no case and does not go with \(other.0).")
    }
    if peaks, filter != nil || precision != nil { throw ValidationError("--peaks measures no case: leave out --filter and --precision.") }
    if list, let other = (measuring + [("--compare", !compare.isEmpty)]).first(where: \.1) {
      throw ValidationError("--list measures nothing and does not go with \(other.0).")
    }
    guard let threads else { return }
    guard threads.split(separator: ",", omittingEmptySubsequences: false).allSatisfy({ 1...BackendCatalog.mostThreads ~= Int($0) ?? 0 })
    else {
      throw ValidationError("--threads: expected numbers from 1 to \(BackendCatalog.mostThreads) separated by commas, got '\(threads)'.")
    }
  }

  private var form: BenchmarkCatalog.Form { smoke ? .smoke : scaling ? .scaling : .standard }

  func run() throws {
    if compare.count == 2 { return try compareFiles() }
    if peaks { return try measurePeaks() }
    let cases = BenchmarkCatalog.cases(form, filter: filter)
    guard !cases.isEmpty else { throw CommandLineError.noCase(filter: filter ?? "") }
    if list { return try show(BenchmarkListing(cases, precision: precision)) }
    try LAPACK.checkVariable()
    if json == nil, csv == nil { Terminal.endWithReader() }
    let old = try compare.first.map { try BenchmarkFile.report($0) }
    for path in [json, csv].compactMap({ $0 }) { try OutputFile.checkFolder(of: path) }
    let backends = try backends()
    var report = BenchmarkReport(revision: Provenance.sourceRevision, environment: Provenance.programVersions)
    report.environment.merge(MachineLoad.conditions) { own, _ in own }
    let before = MachineLoad.warnings(report.environment)
    for warning in before { Terminal.writeError("warning: \(warning)") }
    let load = MachineLoad()
    for backend in backends { try measure(backend, cases, &report) }
    if plan { return }
    report.environment["othersBusy"] = load.othersBusy.map { String(format: "%.2f", $0) }
    try save(report)
    if let json, json == "-" { try OutputFile.write(json: try report.json(), to: json) }
    if let table = report.sideBySide { say(lines: "\n" + table.text.trimmingLineFeed) }
    for warning in report.noise where !before.contains(warning) && old == nil { Terminal.writeError("warning: \(warning)") }
    if let figures {
      for file in try report.figures(in: URL(fileURLWithPath: figures)) { say(file.relativePath) }
    }
    let comparison = old.map { compared(report, with: $0, compare[0]) }
    if let comparison { say(lines: comparison.lines) }
    guard !report.rows.isEmpty else { throw CommandLineError.nothingRan }
    guard report.passed else {
      throw CommandLineError.failedRows(report.failures.map { "\($0.name) \($0.precision) on \($0.device)" }, of: report.rows.count)
    }
    if failBelow != nil { try comparison?.judge() }
  }

  private func show(_ listing: BenchmarkListing) throws {
    guard !listing.isEmpty else { throw CommandLineError.nothingRan }
    if let json { try OutputFile.write(listing.json, to: json) }
    say(lines: listing.table.text.trimmingLineFeed)
    for (operation, reason) in listing.operationsWithoutCases { say("no case of its own: \(operation), \(reason)") }
  }

  private func measurePeaks() throws {
    if let json { try OutputFile.checkFolder(of: json) }
    var values: [JSONValue] = []
    for backend in try backends() {
      DeviceStart.warn(on: backend)
      let peaks = DevicePeaks.measure(backend)
      say("\(backend.device.identifier): \(backend.device.name), \(backend.device.driver)")
      PeaksText.lines(peaks).forEach { say("  " + $0) }
      values.append(PeaksText.json(peaks, backend.device))
    }
    if let json { try OutputFile.write(["peaks": .array(values)], to: json) }
  }

  private func compareFiles() throws {
    let (old, new) = (try BenchmarkFile.report(compare[0]), try BenchmarkFile.report(compare[1]))
    let comparison = compared(new, with: old, compare[0])
    if let json { try OutputFile.write(comparison.comparison.json, to: json) }
    say(lines: comparison.lines)
    if failBelow != nil { try comparison.judge() }
  }

  private func compared(_ new: BenchmarkReport, with old: BenchmarkReport, _ path: String) -> ComparisonText {
    let comparison = BenchmarkComparison(new, with: old, bound: failBelow ?? 0.95) { row in
      filter.map(row.name.contains) ?? true && precision.map { row.precision == $0 } ?? true
    }
    return ComparisonText(comparison: comparison, new: new, old: old, path: path)
  }

  /// Nothing where JSON is printed in its place.
  private func say(_ line: String) {
    if json != "-" { Terminal.write(line) }
  }
  private func say(lines: String) {
    if json != "-" { Terminal.write(lines: lines) }
  }

  private func measure(_ backend: any Backend, _ cases: [BenchmarkCase], _ report: inout BenchmarkReport) throws {
    let precisions = try precisions(of: backend.device)
    guard !precisions.isEmpty else { return }
    DeviceStart.warn(on: backend)
    let limits = try DeviceLimits.measure(backend, precisions: precisions)
    BenchmarkTable.heading(backend.device, limits).forEach { say($0) }
    var runner = BenchmarkRunner(backend, limits: limits)
    (runner.repetitions, runner.rounds) = (repetitions, rounds ?? (smoke ? 1 : RoundInterval.fewestRounds))
    if smoke { runner.leastSeconds = 0 }
    let seconds = precisions.reduce(0) { $0 + runner.plannedSeconds(cases, $1) }
    if !smoke { say("about \(Terminal.text(seconds: seconds)) for \(cases.count) cases, a guess from declared work") }
    if plan { return }
    say(BenchmarkTable.columns)
    report.devices.append(BenchmarkReport.Device(backend.device, limits: limits))
    let pairs = precisions.flatMap { precision in cases.filter { $0.precisions.contains(precision) }.map { ($0, precision) } }
    try measure(pairs, runner, &report)
    DeviceStart.warnOfHostWork(of: backend)
  }

  private func measure(_ cases: [(BenchmarkCase, Precision)], _ runner: BenchmarkRunner, _ report: inout BenchmarkReport) throws {
    let first = report.rows.count, line = ProgressLine(isSilent: !Terminal.hasLiveErrors)
    defer { line.end() }
    for round in 1...runner.rounds {
      for (index, (benchmark, precision)) in cases.enumerated() {
        line.update(
          fraction: Double((round - 1) * cases.count + index) / Double(runner.rounds * cases.count),
          activity: "round \(round) of \(runner.rounds)", rate: benchmark.description)
        if round == 1 {
          report.rows.append(runner.run(benchmark, precision))
          // A command that is stopped leaves the rows that it measured.
          try save(report)
        } else {
          runner.runAgain(benchmark, in: &report.rows[first + index])
        }
        if round == runner.rounds { say(lines: BenchmarkTable.line(report.rows[first + index], wanted: repetitions)) }
      }
      try save(report)
      if round < runner.rounds, !Terminal.hasLiveErrors { say("round \(round) of \(runner.rounds) is done") }
    }
  }

  private func save(_ report: BenchmarkReport) throws {
    if let json, json != "-" { try OutputFile.write(json: try report.json(), to: json) }
    if let csv { try DurableFile.replace(URL(fileURLWithPath: csv), with: Data(report.csv.utf8)) }
  }

  private func backends() throws -> [any Backend] {
    DeviceStart.prepare(looksAgain: all || device.contains { $0.hasPrefix("opencl") })
    let chosen: [any Backend] =
      if all {
        try DeviceStart.all().compactMap { entry in
          switch entry.backend {
          case .success(let backend): return backend.device.backend == "reference" ? nil : backend
          case .failure(let error):
            Terminal.writeError("missing: \(entry.identifier): \(error)")
            return nil
          }
        }
      } else if device.isEmpty {
        [try BackendCatalog.backend()]
      } else {
        try device.map { try BackendCatalog.backend(named: $0) }
      }
    guard let threads else { return chosen }
    guard chosen.contains(where: { $0.device.backend == "cpu" }) else {
      throw ValidationError("--threads is about the device cpu, which is not measured here.")
    }
    return try chosen.flatMap { backend in
      guard backend.device.backend == "cpu" else { return [backend] }
      return try threads.split(separator: ",").compactMap { Int($0) }.map { try BackendCatalog.cpu(threads: $0) }
    }
  }

  private func precisions(of device: DeviceDescription) throws(ComputeError) -> [Precision] {
    guard let precision else { return device.precisions }
    guard device.precisions.contains(precision) else {
      if all { return [] }
      throw .unsupportedPrecision(device: device.name, precision: precision)
    }
    return [precision]
  }
}
