import ArgumentParser
import BackendCatalog
import Compute
import DeviceBenchmarks
import Foundation

/// `isthmus bench`.
struct BenchCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "bench",
      abstract: "Measure how close each operation comes to the limit of a device.",
      discussion: """
        First the limits of the device: its multiply-adds and its copies. Then every operation: time of at least ten runs, rates \
        against declared work, share of the roofline, and the residual of its result. Exit code 1 if a result is wrong.

        Examples:
          isthmus bench                                        the default device, in minutes
          isthmus bench --all --smoke                          whether all runs and is right, in seconds
          isthmus bench --device cpu --filter gemm --json gemm.json
        """)
  }

  @Option(
    help: "Device to measure, any number of them; by default the one that is used without --device.",
    completion: .custom { _, _, _ in BackendCatalog.all().map(\.identifier) })
  var device: [String] = []
  @Flag(help: "Every device of this machine but the reference.") var all = false
  @Option(help: "One precision; by default all that the device has.") var precision: Precision?
  @Option(help: "Only cases whose name contains this text, such as gemm.") var filter: String?
  @Option(help: "Timed runs of a case at least.") var repetitions = 10
  @Flag(help: "Small sizes.") var smoke = false
  @Option(help: "Write all numbers to this file.", completion: .file()) var json: String?

  func validate() throws {
    guard !all || device.isEmpty else { throw ValidationError("Choose either --all or --device.") }
    guard repetitions > 0 else { throw ValidationError("--repetitions: expected at least 1.") }
  }

  func run() throws {
    let cases = BenchmarkCatalog.cases(smoke ? .smoke : .standard, filter: filter)
    guard !cases.isEmpty else { throw CommandLineError.noCase(filter: filter ?? "") }
    var report = BenchmarkReport(revision: Provenance.sourceRevision, environment: Provenance.programVersions)
    for backend in try backends() {
      let precisions = try precisions(of: backend.device)
      guard !precisions.isEmpty else { continue }
      let limits = try DeviceLimits.measure(backend, precisions: precisions)
      Terminal.write(BenchmarkTable.heading(backend.device, limits))
      report.devices.append(BenchmarkReport.Device(backend, limits: limits))
      var runner = BenchmarkRunner(backend, limits: limits)
      runner.repetitions = repetitions
      if smoke { runner.leastSeconds = 0 }
      Terminal.write(BenchmarkTable.columns)
      for precision in precisions {
        for benchmark in cases where benchmark.precisions.contains(precision) {
          let row = runner.run(benchmark, precision)
          Terminal.write(BenchmarkTable.line(row, wanted: repetitions))
          report.rows.append(row)
        }
      }
    }
    if let json { try write(try report.json(), to: json) }
    guard report.passed else { throw ExitCode.failure }
  }

  private func write(_ data: Data, to path: String) throws {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandLineError.cannotWrite(path: path, reason: error.localizedDescription)
    }
  }

  private func backends() throws -> [any Backend] {
    guard all else { return try device.isEmpty ? [BackendCatalog.backend()] : device.map { try BackendCatalog.backend(named: $0) } }
    return BackendCatalog.all().compactMap { entry in
      switch entry.backend {
      case .success(let backend): return backend.device.backend == "reference" ? nil : backend
      case .failure(let error):
        Terminal.writeError("missing: \(entry.identifier): \(error)")
        return nil
      }
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
