import Foundation
import Reports
import Results

extension RunAccount {
  /// The parts of a page about one run: settings, table, figures, notes, and where the numbers come from.
  ///
  /// - Throws: `ResultsError` where the records cannot be read as those of the experiment.
  public func parts(drawing figures: FigureDrawing) throws(ResultsError) -> [PagePart] {
    let report = ReportCatalog.report(manifest.experiment)
    let drawn = PagePart.section("Figures", try figures.parts(report, of: directory))
    return [settings, try result(report), drawn] + (notes.map { [$0] } ?? []) + [provenance]
  }

  // MARK: Settings

  private var settings: PagePart {
    let all = manifest.parameters.members ?? []
    func table(_ caption: String, _ settings: [JSONValue.Member]) -> PagePart {
      var content = TextTable(columns: [.init("setting", .left), .init("value", .left), .init("by default", .left)])
      for setting in settings {
        let standard = defaults.map { $0[setting.key] ?? setting.value }
        content.append([setting.key, Self.text(setting.value), standard.map(Self.text) ?? "not known here"])
      }
      return .table(PageTable(caption: caption, content: content, keys: 1))
    }
    let changed = all.filter { defaults?.keys.contains($0.key) == true }
    let first: PagePart =
      defaults == nil
      ? .paragraph("This program has no experiment '\(manifest.experiment)', so what the defaults are is not known.")
      : changed.isEmpty ? .paragraph("All as by default.") : table("Settings that are not the default", changed)
    return .section("Settings", [first] + (all.isEmpty ? [] : [.fold("All \(all.count) settings", [table("All settings", all)])]))
  }

  private static func text(_ value: JSONValue) -> String { value == .null ? "none" : value.plain }

  // MARK: Result

  private func result(_ report: RunReport?) throws(ResultsError) -> PagePart {
    guard let report else { return .section("Result", [.paragraph("The experiment '\(manifest.experiment)' has no table here.")]) }
    let table = try report.table(of: directory)
    guard !table.text.rows.isEmpty else { return .section("Result", [.paragraph("The records hold nothing for a table yet.")]) }
    let shown = PageTable(caption: "Table of \(manifest.experiment)", content: table.text, keys: table.keys)
    let heading = table.heading.map { PagePart.paragraph($0) }
    let below = [table.note.isEmpty ? nil : PagePart.paragraph(table.note), shown.legend].compactMap { $0 }
    return .section("Result", heading + [.table(shown)] + below)
  }

  // MARK: Notes and provenance

  private var notes: PagePart? {
    let notes = (manifest.dataNotes ?? []) + manifest.fallbacks.map { "Could not be had as asked for: \($0)." }
    return notes.isEmpty ? nil : .section("Notes", notes.map { .paragraph($0) })
  }

  private var provenance: PagePart {
    func lines(_ values: [String: String]) -> [String] { values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" } }
    let revisions = [manifest.sourceRevision] + manifest.continued.map(\.sourceRevision)
    let facts = [
      PageFact("run", ["\(manifest.experiment)/\(manifest.run)"]),
      PageFact("revision", revisions.indices.filter { revisions.firstIndex(of: revisions[$0]) == $0 }.map { revisions[$0] }),
      PageFact("device", [manifest.device, "\(manifest.precision), \(manifest.hostCores) processors of the host"]),
      PageFact("versions", lines(manifest.versions)),
      PageFact("numerics", lines(manifest.segments.last?.numerics ?? [:])),
      PageFact("data", [manifest.parameters["data"].map(Self.text) ?? ""]),
      PageFact("checksums", lines(manifest.dataChecksums)),
      PageFact("seeds", lines(manifest.seeds.mapValues { "\($0)" })),
      PageFact("records", ["\(records) line\(records == 1 ? "" : "s")"]), PageFact("time", times),
    ].compactMap { $0 }
    let again: [PagePart] =
      command.map { [.paragraph("This command makes the run again, and goes on with it where it is not finished:"), .command($0)] }
      ?? [.paragraph("This program has other settings than the run was made with: it can be read here, and not made again.")]
    return .section("Provenance", [.facts(facts)] + again)
  }

  private var times: [String] {
    let starts = max(manifest.segments.count, manifest.continued.count + 1)
    let span = "from \(manifest.started)" + (manifest.ended.map { " to \($0)" } ?? ", not ended in order")
    guard let ended = manifest.ended, let begin = try? Date(manifest.started, strategy: .iso8601),
      let end = try? Date(ended, strategy: .iso8601), end >= begin
    else { return [span] }
    let length = Self.text(seconds: Int(end.timeIntervalSince(begin)))
    return ["\(length)\(starts > 1 ? ", with what lies between its \(starts) starts" : "")", span]
  }

  private static func text(seconds: Int) -> String {
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")].filter { $0.0 > 0 }
    return parts.isEmpty ? "less than a second" : parts.map { "\($0.0) \($0.1)" }.joined(separator: " ")
  }
}
