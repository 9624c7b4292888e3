import ArgumentParser
import BackendCatalog
import BackendTestKit
import Compute
import DurableFiles
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
        With --json: one array of reports, one for each device and precision, printed when all are done. Each has device, precision, \
        fallbacks and results; a result has operation, caseText, device, precision, worstRatio, worstPlace, elements, unbounded, digest \
        and failures. --junit writes the same for services of continuous integration: a testsuite for each device and precision.

        With --replay the jobs that `isthmus run --record-jobs` wrote are performed instead, in the precision of each. Their results \
        are compared with the recorded ones and with the reference's; those that differ most, also of the recorded ones, are held \
        against the derived bounds. Exit code 1 if a number is wrong, here or in the record, or the file is not whole.

        Examples:
          isthmus check                         the default device, in seconds
          isthmus check --all
          isthmus check --require opencl,cpu    these, and they have to be there
          isthmus check --all --require opencl --junit report.xml
          isthmus check --device opencl:0 --precision float32 --filter gemm
          isthmus check --replay jobs.bin --device reference
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
  @Option(help: "Write the results to this file as JUnit XML.", completion: .file()) var junit: String?

  private var required: [String] {
    (require ?? "").split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
  }

  func validate() throws {
    guard device.device == nil || !all && require == nil else {
      throw ValidationError("--all and --require choose the devices; leave out --device, or give it alone.")
    }
    guard replay == nil || !all && require == nil && precision == nil && filter == nil && junit == nil else {
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
    if let junit { try OutputFile.checkFolder(of: junit) } else { Terminal.endWithReader() }
    let chosen = try choose()
    var document = JUnitReport()
    for missing in chosen.missing {
      Terminal.writeError("missing: \(missing.name): \(missing.reason)")
      document.append(missing: missing.name, reason: missing.reason)
    }
    var reports: [ConformanceReport] = []
    for backend in chosen.backends {
      let precisions = try precisions(of: backend.device)
      if let precision, precisions.isEmpty { document.append(backend.device, without: precision) }
      for precision in precisions {
        let (report, seconds) = try check(try Engine(backend, precision: precision))
        reports.append(report)
        document.append(report, seconds: seconds)
      }
    }
    if let junit { try DurableFile.replace(URL(fileURLWithPath: junit), with: Data(document.xml.utf8)) }
    if json {
      let texts = try reports.map { String(decoding: try $0.json(), as: UTF8.self) }
      Terminal.write(lines: "[" + texts.joined(separator: ",\n").printableJSON + "]")
    }
    guard chosen.missing.isEmpty else { throw CommandLineError.missingDevices(chosen.missing.map(\.name)) }
    guard !reports.isEmpty else { throw CommandLineError.nothingRan }
    let failed = reports.reduce(0) { $0 + $1.failures.count }
    guard failed == 0, reports.allSatisfy(\.passed) else {
      throw CommandLineError.failedCases(failed, of: reports.reduce(0) { $0 + $1.results.count })
    }
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
    guard report.passed else { throw CommandLineError.failedReplay(path: path) }
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
      case .failure(let error):
        guard !missing.contains(where: { $0.name == entry.identifier }) else { return }
        missing.append((entry.identifier, "\(error)"))
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

  /// What the suite found, and how long each case took.
  private func check(_ engine: Engine) throws -> (ConformanceReport, seconds: [Double]) {
    let cases = ConformanceSuite.cases(filter: filter), name = "\(engine.device.identifier) \(engine.precision)"
    let line = ProgressLine(isSilent: !Terminal.hasLiveErrors)
    defer { line.end() }
    if !json { Terminal.write("conformance: \(cases.count) cases on \(name) (\(engine.device.name))") }
    var results: [ConformanceResult] = [], seconds: [Double] = []
    for operation in ConformanceOperation.allCases {
      let own = cases.filter { $0.operation == operation }
      guard !own.isEmpty else { continue }
      let done = own.map { conformanceCase in
        let start = ContinuousClock.now
        let result = ConformanceSuite.run(conformanceCase, on: engine)
        results.append(result)
        seconds.append((ContinuousClock.now - start) / .seconds(1))
        line.update(fraction: Double(results.count) / Double(cases.count), activity: name, rate: operation.rawValue)
        return result
      }
      if !json { Terminal.write(ConformanceReport.line(operation, done)) }
    }
    let report = ConformanceReport(
      device: engine.device, precision: engine.precision, fallbacks: engine.backend.fallbacks, results: results)
    if !json { Terminal.write(lines: report.conclusion) }
    return (report, seconds)
  }
}
