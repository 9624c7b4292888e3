import ArgumentParser
import BackendCatalog
import BackendTestKit
import Compute
import Foundation
import JobRecords
import PrintableText

/// `isthmus check`.
struct CheckCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "check",
      abstract: "Test whether a device computes correctly.",
      discussion: """
        Runs the conformance suite: every operation against an oracle of higher precision, within derived error bounds. A ratio is \
        an error in units of its bound; at most 1 is correct. Each operation's line is printed as soon as it is done, also into a file. \
        Exit code 1 if a case fails, its line `again:` repeats it alone; or if a device is missing that --all or --require asks for.
        With --json: one array of reports, one for each device and precision, printed when all are done.

        With --replay the jobs that `isthmus run --record-jobs` wrote are performed instead, in the precision of each. Their results \
        are compared with the recorded ones and with the reference's; those that differ most, also of the recorded ones, are held \
        against the derived bounds. Exit code 1 if a number is wrong, here or in the record, or the file is not whole.

        Examples:
          isthmus check                                        the default device
          isthmus check --all
          isthmus check --require opencl,cpu                   these, and they have to be there
          isthmus check --device opencl:0 --precision float32 --filter gemm
          isthmus check --replay jobs.bin --device reference   what another machine computed
        """)
  }

  @OptionGroup var device: DeviceOptions
  @Flag(help: "Every device of this machine; one that is missing or broken is a failure.") var all = false
  @Option(
    help: "Devices to test, separated by commas: cpu, opencl (all of its devices), opencl:K, reference. One that is missing is a failure.")
  var require: String?
  @Option(help: "One precision; by default all that the device has.") var precision: Precision?
  @Option(help: "Only cases whose description contains this text, such as gemm.") var filter: String?
  @Option(
    help: ArgumentHelp("Jobs of a run to perform again on the device, in place of the suite.", valueName: "file"), completion: .file())
  var replay: String?
  @Flag(help: "Print JSON.") var json = false

  private var required: [String] {
    (require ?? "").split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
  }

  func validate() throws {
    let choices = [all, device.device != nil, require != nil]
    guard choices.count(where: { $0 }) <= 1 else { throw ValidationError("Choose either --all, --require or --device.") }
    guard replay == nil || !all && require == nil && precision == nil && filter == nil else {
      throw ValidationError("--replay goes with --device alone: a record says its precisions and has no cases.")
    }
    guard require != nil else { return }
    for name in required where !["cpu", "opencl", "reference"].contains(name) && name.wholeMatch(of: /opencl:\d+/) == nil {
      throw ValidationError("--require: expected cpu, opencl, opencl:K or reference, separated by commas, got '\(name)'.")
    }
  }

  func run() throws {
    if let replay { return try perform(replay) }
    guard !ConformanceSuite.cases(filter: filter).isEmpty else { throw CommandLineError.noCase(filter: filter ?? "") }
    Terminal.endWithReader()
    let chosen = try choose()
    for missing in chosen.missing { Terminal.writeError("missing: \(missing.name): \(missing.reason)") }
    var reports: [ConformanceReport] = []
    for backend in chosen.backends {
      for precision in try precisions(of: backend.device) {
        reports.append(try check(try Engine(backend, precision: precision)))
      }
    }
    if json {
      let texts = try reports.map { String(decoding: try $0.json(), as: UTF8.self) }
      Terminal.write(lines: "[" + texts.joined(separator: ",\n").printableJSON + "]")
    }
    guard chosen.missing.isEmpty else { throw CommandLineError.missingDevices(chosen.missing.map(\.name)) }
    guard !reports.isEmpty, reports.allSatisfy(\.passed) else { throw ExitCode.failure }
  }

  /// The jobs of a record, on one device.
  private func perform(_ path: String) throws {
    let record = try JobRecord(URL(fileURLWithPath: path))
    let backend = try device.backend()
    let line = ProgressLine(isSilent: !Terminal.hasLiveErrors)
    defer { line.end() }
    let report = try JobReplay(record, on: backend).run { job in
      line.update(fraction: Double(job) / Double(max(record.jobCount, 1)), activity: backend.device.identifier, rate: "\(job) jobs")
    }
    Terminal.write(lines: json ? String(decoding: try report.json(), as: UTF8.self).printableJSON : report.text)
    guard report.passed else { throw ExitCode.failure }
  }

  /// The devices to test, and what is missing with its reason.
  private func choose() throws -> (backends: [any Backend], missing: [(name: String, reason: String)]) {
    guard all || require != nil else { return ([try device.backend()], []) }
    DeviceStart.prepare(threads: device.threads, looksAgain: true)
    let entries = try DeviceStart.all()
    var (backends, missing): ([any Backend], [(name: String, reason: String)]) = ([], [])
    func add(_ entry: BackendCatalog.Entry) {
      switch entry.backend {
      case .success(let backend):
        guard !backends.contains(where: { $0.device.identifier == entry.identifier }) else { return }
        DeviceStart.warn(on: backend)
        backends.append(backend)
      case .failure(let error): missing.append((entry.identifier, "\(error)"))
      }
    }
    if all { entries.forEach(add) }
    for name in require == nil ? [] : required {
      let named = entries.filter { $0.identifier == name || name == "opencl" && $0.identifier.hasPrefix("opencl:") }
      if named.isEmpty { missing.append((name, "there are only \(entries.map(\.identifier).joined(separator: ", "))")) }
      named.forEach(add)
    }
    return (backends, missing)
  }

  private func precisions(of device: DeviceDescription) throws(ComputeError) -> [Precision] {
    guard let precision else { return device.precisions }
    guard device.precisions.contains(precision) else {
      if all || require != nil { return [] }
      throw .unsupportedPrecision(device: device.name, precision: precision)
    }
    return [precision]
  }

  private func check(_ engine: Engine) throws -> ConformanceReport {
    let cases = ConformanceSuite.cases(filter: filter), name = "\(engine.device.identifier) \(engine.precision)"
    let line = ProgressLine(isSilent: !Terminal.hasLiveErrors)
    defer { line.end() }
    if !json { Terminal.write("conformance: \(cases.count) cases on \(name) (\(engine.device.name))") }
    var results: [ConformanceResult] = []
    for operation in ConformanceOperation.allCases {
      let own = cases.filter { $0.operation == operation }
      guard !own.isEmpty else { continue }
      let done = own.map { conformanceCase in
        let result = ConformanceSuite.run(conformanceCase, on: engine)
        results.append(result)
        line.update(fraction: Double(results.count) / Double(cases.count), activity: name, rate: operation.rawValue)
        return result
      }
      if !json { Terminal.write(ConformanceReport.line(operation, done)) }
    }
    let report = ConformanceReport(
      device: engine.device, precision: engine.precision, fallbacks: engine.backend.fallbacks, results: results)
    if !json { Terminal.write(lines: report.conclusion) }
    return report
  }
}
