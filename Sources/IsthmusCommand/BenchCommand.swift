import ArgumentParser
import BackendCatalog
import Compute
import DeviceBenchmarks
import DurableFiles
import Experiments
import Foundation
import LinearAlgebra
import PrintableText

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

        Examples:
          isthmus bench                                        the default device, in minutes
          isthmus bench --device cpu --threads 1,2 --device opencl:0
          isthmus bench --all --smoke                          whether all runs and is right, in seconds
          isthmus bench --scaling --figures figures            cost against size: says beforehand how long
          isthmus bench --filter gemm --json new.json --compare old.json
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
  @Option(help: "Timed runs of a case at least.") @Within(1...1_000_000) var repetitions = 10
  @Flag(help: "Small sizes, a few seconds for each device.") var smoke = false
  @Flag(help: "Many sizes, from small to as large as experiments go.") var scaling = false
  @Flag(help: "Only say about how long it will take.") var plan = false
  @Option(help: "Write all numbers to this file.", completion: .file()) var json: String?
  @Option(help: "Write a line for each row to this file.", completion: .file()) var csv: String?
  @Option(help: "Draw the roofline, and times and memory against sizes, in this folder.", completion: .directory) var figures: String?
  @Option(help: "A file of --json, with whose rows the new ones are compared.", completion: .file()) var compare: String?

  func validate() throws {
    guard !all || device.isEmpty else { throw ValidationError("Choose either --all or --device.") }
    guard !smoke || !scaling else { throw ValidationError("Choose either --smoke or --scaling.") }
    try checkRanges()
    guard let threads else { return }
    guard threads.split(separator: ",", omittingEmptySubsequences: false).allSatisfy({ 1...BackendCatalog.mostThreads ~= Int($0) ?? 0 })
    else {
      throw ValidationError("--threads: expected numbers from 1 to \(BackendCatalog.mostThreads) separated by commas, got '\(threads)'.")
    }
  }

  private var form: BenchmarkCatalog.Form { smoke ? .smoke : scaling ? .scaling : .standard }

  func run() throws {
    let cases = BenchmarkCatalog.cases(form, filter: filter)
    guard !cases.isEmpty else { throw CommandLineError.noCase(filter: filter ?? "") }
    try LAPACK.checkVariable()
    if json == nil, csv == nil { Terminal.endWithReader() }
    let old = try compare.map(read)
    // Before minutes of measuring, not after them.
    for path in [json, csv].compactMap({ $0 }) { try checkFolder(of: path) }
    var report = BenchmarkReport(revision: Provenance.sourceRevision, environment: Provenance.programVersions)
    for backend in try backends() { try measure(backend, cases, &report) }
    if plan { return }
    if let table = report.sideBySide { Terminal.write(lines: "\n" + table.text.trimmingLineFeed) }
    if let old {
      let comparison = BenchmarkComparison(report, with: old)
      Terminal.write(
        "against \(compare ?? "") of \(old.date), revision \(old.revision); * changed by more than the spread of the runs"
      )
      Terminal.write(
        lines: (comparison.notes(report, old).map { "note: \($0.printable)\n" } + [comparison.table.text]).joined().trimmingLineFeed)
    }
    if let figures {
      for file in try report.figures(in: URL(fileURLWithPath: figures)) { Terminal.write(file.relativePath) }
    }
    if !report.failures.isEmpty { Terminal.write("\(report.failures.count) of \(report.rows.count) rows FAILED") }
    guard report.passed else { throw ExitCode.failure }
  }

  private func measure(_ backend: any Backend, _ cases: [BenchmarkCase], _ report: inout BenchmarkReport) throws {
    let precisions = try precisions(of: backend.device)
    guard !precisions.isEmpty else { return }
    DeviceStart.warn(on: backend)
    let limits = try DeviceLimits.measure(backend, precisions: precisions)
    BenchmarkTable.heading(backend.device, limits).forEach { Terminal.write($0) }
    var runner = BenchmarkRunner(backend, limits: limits)
    runner.repetitions = repetitions
    if smoke { runner.leastSeconds = 0 }
    let seconds = precisions.reduce(0) { $0 + runner.plannedSeconds(cases, $1) }
    if !smoke { Terminal.write("about \(Terminal.text(seconds: seconds)) for \(cases.count) cases, a guess from declared work") }
    if plan { return }
    Terminal.write(BenchmarkTable.columns)
    report.devices.append(BenchmarkReport.Device(backend.device, limits: limits))
    for precision in precisions {
      for benchmark in cases where benchmark.precisions.contains(precision) {
        let row = runner.run(benchmark, precision)
        Terminal.write(BenchmarkTable.line(row, wanted: repetitions))
        report.rows.append(row)
        // A command that is stopped leaves the rows that it measured.
        try save(report)
      }
    }
    DeviceStart.warnOfHostWork(of: backend)
  }

  private func read(_ path: String) throws -> BenchmarkReport {
    let bytes = try SmallFile.contents(path, atMost: 64 << 20, kind: "a report of `isthmus bench --json`")
    do {
      return try BenchmarkReport(json: Data(bytes))
    } catch {
      throw CommandLineError.unreadableFile(path: path, reason: "it is no report of `isthmus bench --json`: \(error.localizedDescription)")
    }
  }

  private func save(_ report: BenchmarkReport) throws {
    if let json { try DurableFile.replace(URL(fileURLWithPath: json), with: try report.json()) }
    if let csv { try DurableFile.replace(URL(fileURLWithPath: csv), with: Data(report.csv.utf8)) }
  }

  private func checkFolder(of path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw CommandLineError.cannotWrite(path: path, reason: "the folder \(folder) does not exist or is not open for writing")
    }
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
