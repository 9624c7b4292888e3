import ArgumentParser
import BackendCatalog
import BackendTestKit
import Compute
import Foundation

/// `isthmus check`.
struct CheckCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "check",
      abstract: "Test whether a device computes correctly.",
      discussion: """
        Runs the conformance suite: every operation against an oracle of higher precision, within derived error bounds. A ratio is \
        an error in units of its bound; at most 1 is correct. Exit code 1 if a case fails; its line `again:` repeats it alone. \
        With --json: an array of reports, one per device and precision.

        Examples:
          isthmus check                                        the default device
          isthmus check --all
          isthmus check --device opencl:0 --precision float32 --filter gemm
        """)
  }

  @OptionGroup var device: DeviceOptions
  @Flag(help: "Every device of this machine.") var all = false
  @Option(help: "One precision; by default all that the device has.") var precision: Precision?
  @Option(help: "Only cases whose description contains this text, such as gemm.") var filter: String?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard !all || device.device == nil else { throw ValidationError("Choose either --all or --device.") }
  }

  func run() throws {
    guard !ConformanceSuite.cases(filter: filter).isEmpty else { throw CommandLineError.noCase(filter: filter ?? "") }
    var reports: [ConformanceReport] = []
    for backend in try backends() {
      for precision in try precisions(of: backend.device) {
        let report = try check(try Engine(backend, precision: precision))
        if !json { Terminal.write(report.text) }
        reports.append(report)
      }
    }
    if json { Terminal.write("[" + (try reports.map { String(decoding: try $0.json(), as: UTF8.self) }).joined(separator: ",\n") + "]") }
    guard !reports.isEmpty, reports.allSatisfy(\.passed) else { throw ExitCode.failure }
  }

  private func backends() throws -> [any Backend] {
    guard all else { return [try device.backend()] }
    return BackendCatalog.all().compactMap { entry in
      switch entry.backend {
      case .success(let backend):
        Terminal.warnOfRefusals(backend)
        return backend
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

  private func check(_ engine: Engine) throws -> ConformanceReport {
    let line = ProgressLine(isSilent: !Terminal.hasLiveErrors)
    defer { line.end() }
    let count = ConformanceSuite.cases(filter: filter).count
    var done = 0
    return ConformanceSuite.run(on: engine, filter: filter) { result in
      done += 1
      line.update(
        fraction: Double(done) / Double(count), activity: "\(engine.device.identifier) \(engine.precision)", rate: "\(result.operation)")
    }
  }
}
