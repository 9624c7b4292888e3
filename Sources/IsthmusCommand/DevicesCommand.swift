import ArgumentParser
import BackendCatalog
import Compute
import DeviceProperties
import PrintableText
import Results

/// `isthmus devices`.
struct DevicesCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "devices",
      abstract: "List the devices of every backend, and why a backend is missing.",
      discussion: """
        The star marks the device that is used without --device: a GPU with float64, else the CPU, else another OpenCL device. Below the \
        table: how many threads the CPU backend takes, and what decided it.

        With --json: an array of objects with identifier, available, isDefault, and either backend, name, driver, precisions, \
        memoryBytes, largestAllocationBytes (0 where unknown), isGPU, tiles (the digest of what `isthmus tune` stored, or null), threads and \
        threadsReason (of the CPU backend, else null), or reason. With -v also properties: for each group an object with the names of the \
        standard, as CL_DEVICE_MAX_COMPUTE_UNITS, whose values are numbers (bytes, MHz, ns, bits), texts, true or false, or lists.

        Examples:
          isthmus devices -v --device opencl:0      all that its driver says
          isthmus run bottleneck --device opencl:0
        """)
  }

  @Flag(help: "Print JSON.") var json = false
  @Flag(name: .shortAndLong, help: "Also all that the driver says of each device: its platform, versions, limits and extensions.")
  var verbose = false
  @Option(
    help: "Only this device: cpu, reference, opencl (all of its devices) or opencl:K.",
    completion: .custom { _, _, _ in DeviceStart.identifiers })
  var device: String?

  func run() throws {
    DeviceStart.prepare(isSilent: true, looksAgain: true)
    let entries = try selected(try DeviceStart.all())
    let chosen = try? BackendCatalog.backend(named: nil).device.identifier
    if json {
      let values = entries.map { entry in
        let value = Self.json(entry, isDefault: entry.identifier == chosen)
        return verbose ? PropertyText.adding(to: value, entry) : value
      }
      Terminal.write(lines: JSONValue.array(values).prettyText.trimmingLineFeed)
    } else {
      Terminal.write(lines: Self.text(entries, chosen: chosen))
      if verbose { entries.map(PropertyText.lines).filter { !$0.isEmpty }.forEach { Terminal.write(lines: "\n" + $0) } }
    }
  }

  /// - Throws: `ComputeError.unknownDevice`, or why the only device that was asked for is missing.
  private func selected(_ entries: [BackendCatalog.Entry]) throws(ComputeError) -> [BackendCatalog.Entry] {
    guard let device else { return entries }
    let selected = entries.filter { $0.identifier == device || device == "opencl" && $0.identifier.hasPrefix("opencl:") }
    guard !selected.isEmpty else { throw .unknownDevice(name: device, known: entries.map(\.identifier)) }
    if selected.count == 1, case .failure(let reason) = selected[0].backend { throw reason }
    return selected
  }

  private static func text(_ entries: [BackendCatalog.Entry], chosen: String?) -> String {
    var table = TextTable(
      columns: [.init("", .left), .init("device", .left), .init("name", .left), .init("precisions", .left), .init("memory")]
        + [.init("driver", .left)])
    var notes: [String] = []
    for entry in entries {
      switch entry.backend {
      case .success(let backend):
        let device = backend.device
        table.append([
          entry.identifier == chosen ? "*" : "", device.identifier, device.name, device.precisions.map(\.rawValue).joined(separator: ", "),
          device.memoryBytes > 0 ? device.memoryBytes.byteText : "–", device.driver,
        ])
        if let threads = BackendCatalog.threads(of: backend) {
          notes.append("\(device.identifier) takes \(threads.count) thread\(threads.count == 1 ? "" : "s"): \(threads.reason)")
        }
        if let tiles = device.tiles { notes.append("\(device.identifier) uses tiles \(tiles), measured by `isthmus tune`") }
        notes += BackendCatalog.warnings(on: backend).map { "warning: \($0)" }
      case .failure(let error): notes.append("missing: \(entry.identifier): \(error)")
      }
    }
    return ([table.text.trimmingLineFeed] + notes.map(\.printable)).joined(separator: "\n")
  }

  private static func json(_ entry: BackendCatalog.Entry, isDefault: Bool) -> JSONValue {
    switch entry.backend {
    case .success(let backend):
      let device = backend.device, threads = BackendCatalog.threads(of: backend)
      return [
        "identifier": .string(device.identifier), "available": true, "isDefault": .bool(isDefault), "backend": .string(device.backend),
        "name": .string(device.name), "driver": .string(device.driver), "isGPU": .bool(device.isGPU),
        "precisions": .array(device.precisions.map { .string($0.rawValue) }), "memoryBytes": .integer(Int128(device.memoryBytes)),
        "largestAllocationBytes": .integer(Int128(device.largestAllocationBytes)), "tiles": device.tiles.map { .string($0) } ?? .null,
        "threads": threads.map { .integer(Int128($0.count)) } ?? .null, "threadsReason": threads.map { .string($0.reason) } ?? .null,
      ]
    case .failure(let error):
      return ["identifier": .string(entry.identifier), "available": false, "isDefault": false, "reason": .string("\(error)")]
    }
  }
}

extension String {
  /// The text without the line feed at the end, which printing adds.
  var trimmingLineFeed: String { hasSuffix("\n") ? String(dropLast()) : self }
}
