import ArgumentParser
import BackendCatalog
import Compute
import DeviceBenchmarks
import DeviceTuning
import Foundation
import Results

/// `isthmus tune`.
struct TuneCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "tune",
      abstract: "Measure which sizes of OpenCL kernels are the quickest on this machine, and keep them.",
      discussion: """
        Tiles of matrix products, and how passes and recursions share out their work, depend on a device more than on a shape. Candidates run \
        in turns with the device's own sizes on representative shapes; every result is verified, and one beyond its bound is refused and \
        named. What saves at least 3 % beyond the noise of the measurement is stored in ~/.cache/isthmus/tiles, for this device, driver and OpenCL version, and every later \
        command uses it there. Sums may then run in another order: the last bits of results differ from those without, and a run records \
        the digest of its tiles.

        The backend cpu has nothing to tune: its blocks are constants of loops that are compiled for each instruction set.

        ISTHMUS_TILES=off leaves the stored sizes out, ISTHMUS_TILES=FOLDER keeps them elsewhere.

        Examples:
          isthmus tune --device opencl:0 --quick  one device, in about a minute
          isthmus tune                            every OpenCL device, in minutes
          isthmus tune --filter widePass          one operation; the others stay
          isthmus tune --show                     what is stored, and if it is used
          isthmus tune --reset                    back to the devices' own sizes
        """)
  }

  @Option(
    help: "Device to tune; by default every OpenCL device.",
    completion: .custom { _, _, _ in DeviceStart.identifiers })
  var device: String?
  @Flag(help: "Fewer shapes, candidates and runs.") var quick = false
  @Option(help: "Only operations whose name contains this text, such as gemm or 'widePass float64'.") var filter: String?
  @Option(help: "Write all that was measured to this file as JSON, or print it alone with `-`.", completion: .file()) var json: String?
  @Flag(help: "Only print the stored tables, and whether they match a device of this machine.") var show = false
  @Flag(help: "Only delete the stored tables.") var reset = false

  func validate() throws {
    guard !show || !reset else { throw ValidationError("Choose either --show or --reset.") }
    guard !(show || reset) || (device == nil && json == nil && filter == nil && !quick) else {
      throw ValidationError("--show and --reset are about all stored tables and take no other option.")
    }
  }

  func run() throws {
    DeviceStart.prepare(looksAgain: true)
    guard let store = try MeasuredSizeStore.chosen() else { throw CommandLineError.tilesAreOff }
    if show { return try StoredTiles.show(store) }
    if reset { return try StoredTiles.reset(store) }
    var reports: [TuningReport] = []
    for backend in try backends() {
      reports.append(try tune(backend, store))
      if let json, json != "-" { try write(reports, to: json) }
    }
    if let json, json == "-" { try write(reports, to: json) }
  }

  /// What people read, unless JSON is printed.
  private func say(_ line: String) { if json != "-" { Terminal.write(line) } }
  private func say(lines: String) { if json != "-" { Terminal.write(lines: lines) } }

  private func backends() throws -> [any TunableBackend] {
    if let device {
      let backend = try BackendCatalog.backend(named: device)
      guard let tunable = backend as? any TunableBackend else { throw CommandLineError.nothingToTune(device: device) }
      return [tunable]
    }
    let all = try DeviceStart.all().compactMap { try? $0.backend.get() as? any TunableBackend }
    guard !all.isEmpty else { throw CommandLineError.nothingToTune(device: nil) }
    return all
  }

  private func tune(_ backend: any TunableBackend, _ store: MeasuredSizeStore) throws -> TuningReport {
    var tuner = try Tuner(backend)
    tuner.isQuick = quick
    let operations = tuner.operations(filter: filter)
    guard !operations.isEmpty else { throw CommandLineError.noCase(filter: filter ?? "") }
    say(
      "\(backend.device.identifier): \(backend.device.name), \(backend.device.driver), \(backend.tunedDevice.kernels) kernels")
    let line = ProgressLine(isSilent: !Terminal.hasLiveErrors)
    var report = TuningReport(device: backend.device, key: backend.tunedDevice, isQuick: quick)
    for (index, operation) in operations.enumerated() {
      report.rows.append(
        try tuner.tune(operation) { note in
          line.update(
            fraction: Double(index) / Double(operations.count), activity: "\(operation.operation) \(operation.precision)", rate: note)
        })
    }
    line.end()
    say(lines: Self.table(report).text.trimmingLineFeed)
    for row in report.rows {
      for refusal in row.refused {
        say("refused: \(row.operation) \(row.precision) \(TuningRow.text(refusal.sizes)): \(refusal.reason)")
      }
    }
    // What this run did not measure stays as it is.
    let kept = try filter == nil ? MeasuredSizes() : Self.kept(backend, but: operations)
    let values = kept.merging(report.values)
    if let file = try store.store(values, for: backend.tunedDevice) {
      report.digest = values.digest
      say("stored in \(file.path), tiles \(values.digest); used from the next command on")
    } else {
      say(
        "the device's own sizes are kept: nothing saves \(Int(100 * tuner.leastGain)) % beyond the noise, and nothing is stored")
    }
    return report
  }

  private static func kept(_ backend: any TunableBackend, but operations: [TunableOperation]) throws -> MeasuredSizes {
    if let refused = backend.refusedSizes { throw refused }
    return MeasuredSizes(
      backend.measuredSizes.values.filter { key, _ in
        !operations.contains { $0.operation == key.operation && $0.precision == key.precision }
      })
  }

  static func table(_ report: TuningReport) -> TextTable {
    var table = TextTable(
      columns: [.init("operation", .left), .init("precision", .left), .init("default", .left), .init("best", .left)]
        + ["default ms", "best ms", "noise", "gain"].map { .init($0) })
    for row in report.rows {
      table.append([
        row.operation, row.precision.rawValue, TuningRow.text(row.defaults), row.best.isEmpty ? "the default" : TuningRow.text(row.best),
        String(format: "%.3f", 1e3 * row.ownSeconds), row.bestSeconds.map { String(format: "%.3f", 1e3 * $0) } ?? "–",
        row.bestSeconds == nil ? "–" : String(format: "%.0f %%", 100 * row.noise),
        row.best.isEmpty ? "–" : String(format: "%.0f %%", 100 * row.gain),
      ])
    }
    return table
  }

  private func write(_ reports: [TuningReport], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try OutputFile.write(json: try encoder.encode(reports), to: path)
  }
}

/// What `--show` and `--reset` do.
enum StoredTiles {
  static func show(_ store: MeasuredSizeStore) throws {
    let files = store.files()
    if files.isEmpty { return Terminal.write("no tiles are stored in \(store.folder.path); measure them by `isthmus tune`") }
    let devices = BackendCatalog.all().compactMap { try? $0.backend.get() as? any TunableBackend }
    for file in files {
      do throws(KernelSizeError) {
        let stored = try store.read(file)
        let users = devices.filter { $0.tunedDevice == stored.key }
        let own = users.filter { $0.refusedSizes == nil && store.file(for: $0.tunedDevice) == file }.map(\.device.identifier)
        let state =
          !own.isEmpty
          ? "used by \(own.joined(separator: ", "))"
          : users.first?.refusedSizes.map { "not used: \($0)" } ?? "not used: no device of this machine has this name, driver and kernels"
        Terminal.write(file.path)
        Terminal.write("  \(stored.key)")
        Terminal.write("  measured \(stored.measured), tiles \(stored.values.digest)")
        Terminal.write("  \(state)")
        for (key, value) in stored.values.values.sorted(by: { $0.key < $1.key }) { Terminal.write("  \(key) = \(value)") }
      } catch {
        Terminal.write(file.path)
        Terminal.write("  not used: \(error)")
      }
    }
  }

  static func reset(_ store: MeasuredSizeStore) throws {
    let files = store.files()
    for file in files {
      try store.remove(file)
      Terminal.write("deleted \(file.path)")
    }
    if files.isEmpty { Terminal.write("no tiles are stored in \(store.folder.path)") }
  }
}
