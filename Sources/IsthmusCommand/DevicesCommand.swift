import ArgumentParser
import BackendCatalog
import Compute
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
        threadsReason (of the CPU backend, else null), or reason.

        Example: isthmus run bottleneck --device opencl:0
        """)
  }

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    DeviceStart.prepare(isSilent: true, looksAgain: true)
    let entries = try DeviceStart.all()
    let chosen = try? BackendCatalog.backend(named: nil).device.identifier
    if json {
      Terminal.write(lines: JSONValue.array(entries.map { Self.json($0, isDefault: $0.identifier == chosen) }).prettyText.trimmingLineFeed)
    } else {
      Terminal.write(lines: Self.text(entries, chosen: chosen))
    }
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
          device.memoryBytes > 0 ? Terminal.text(bytes: device.memoryBytes) : "–", device.driver,
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
