import Experiments
import Foundation
import PrintableText
import Reports
import Results

/// All that is known of one run, in words and as JSON.
struct RunPage {
  private let directory: URL
  private let manifest: Manifest
  private let summary: RunSummary
  private let settings: RecordedSettings?
  private let records: Int
  private let files: [RunFolder.File]

  /// - Throws: `ResultsError` where the manifest or the checksums of records cannot be read.
  init(_ directory: URL) throws {
    self.directory = directory
    manifest = try Manifest.read(directory)
    summary = RunListing.run(in: directory)
    settings = try RecordedSettings(manifest, in: directory.deletingLastPathComponent().deletingLastPathComponent())
    records = try RunRecords.count(in: directory)
    files = RunFolder.files(in: directory)
  }

  var text: String {
    let own = [
      ("folder", [directory.relativePath]), ("state", state), ("settings", changes), ("data", data), ("device", device),
      ("seeds", [manifest.seeds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")]),
      ("numerics", numerics), ("times", times), ("records", ["\(records) lines"]), ("files", fileLines), ("next", next),
    ]
    let lines = own.filter { !$0.1.isEmpty && $0.1 != [""] }.flatMap { label, lines in
      lines.enumerated().map { "  " + ($0 == 0 ? label : "").padding(toLength: 10, withPad: " ", startingAt: 0) + $1.printable }
    }
    return (["\(manifest.experiment) \(manifest.run)".printable] + lines).joined(separator: "\n")
  }

  private var state: [String] {
    [summary.state.name] + [summary.state.reason ?? manifest.reason].compactMap(\.self)
      + manifest.fallbacks.map { "could not be had as asked for: \($0)" }
  }

  private var changes: [String] {
    guard let settings else { return ["this program has no experiment '\(manifest.experiment)'; --json shows all settings"] }
    let changes = settings.changes.map { "\($0.name) \(Self.text($0.value)), by default \(Self.text($0.standard))" }
    return changes.isEmpty ? ["all as by default"] : changes + ["all others as by default"]
  }

  private static func text(_ value: JSONValue) -> String { value == .null ? "none" : value.plain }

  private var data: [String] {
    [manifest.parameters["data"].map { Self.text($0) }].compactMap(\.self)
      + manifest.dataChecksums.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } + (manifest.dataNotes ?? [])
  }

  private var device: [String] {
    ["\(manifest.device), \(manifest.precision)"] + [manifest.versions["driver"].map { "driver \($0)" }].compactMap(\.self)
      + ["\(manifest.hostCores) processors of the host"]
  }

  private var numerics: [String] {
    let version = manifest.segments.last?.numerics["numerics"].map { "version \($0), " } ?? ""
    return ["\(version)sources \(manifest.sourceRevision)"]
  }

  private var times: [String] {
    let ended = manifest.ended.map { ", last ended in order \($0)" } ?? ", not ended in order"
    return ["started \(manifest.started)\(ended)"] + (manifest.segments.count > 1 ? ["\(manifest.segments.count) starts"] : [])
  }

  private var fileLines: [String] {
    var folders: [(name: String, count: Int, bytes: Int)] = [], own: [String] = []
    for file in files {
      guard let slash = file.name.firstIndex(of: "/") else {
        own.append("\(file.name) \(file.bytes.byteText)")
        continue
      }
      let name = String(file.name[...slash])
      let place = folders.firstIndex { $0.name == name } ?? folders.count
      if place == folders.count { folders.append((name, 0, 0)) }
      folders[place].count += 1
      folders[place].bytes += file.bytes
    }
    return own + folders.map { "\($0.name) \($0.count) files, \($0.bytes.byteText)" }
  }

  private var next: [String] {
    let plot = ReportCatalog.report(manifest.experiment) == nil ? [] : ["isthmus plot \(RecordedSettings.quoted(directory.relativePath))"]
    let purpose =
      switch summary.state {
      case .finished: "extends it with more steps or draws"
      case .running: "would continue it; it runs now"
      default: "continues it"
      }
    return (settings?.command.map { [$0, "  \(purpose)"] } ?? ["this program has other settings; it can be read, not continued"]) + plot
  }

  var json: JSONValue {
    func object(_ values: [String: JSONValue]) -> JSONValue { .object(values.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }) }
    let members = (summary.json.members ?? []).map { $0.key == "records" ? .init("records", .integer(Int128(records))) : $0 }
    let more: [JSONValue.Member] = [
      .init(
        "changed",
        settings.map { settings in
          .object(settings.changes.map { .init($0.name, ["value": $0.value, "default": $0.standard]) })
        } ?? .null),
      .init("command", settings?.command.map { .string($0) } ?? .null),
      .init("seeds", object(manifest.seeds.mapValues { .integer(Int128($0)) })),
      .init("numerics", object((manifest.segments.last?.numerics ?? [:]).mapValues { .string($0) })),
      .init("versions", object(manifest.versions.mapValues { .string($0) })),
      .init("sourceRevision", .string(manifest.sourceRevision)),
      .init("dataChecksums", object(manifest.dataChecksums.mapValues { .string($0) })),
      .init("dataNotes", .array((manifest.dataNotes ?? []).map { .string($0) })),
      .init("fallbacks", .array(manifest.fallbacks.map { .string($0) })),
      .init("starts", .array(manifest.segments.map { ["at": .string($0.at), "records": .integer(Int128($0.records))] })),
      .init("files", .array(files.map { ["name": .string($0.name), "bytes": .integer(Int128($0.bytes))] })),
    ]
    return .object(members + more)
  }
}
