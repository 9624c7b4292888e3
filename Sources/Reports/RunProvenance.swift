import Figures
import Foundation
import PrintableText
import Results

/// Where the numbers of a figure come from: a line of its footer, and what its files say of themselves.
struct RunProvenance {
  /// `digits · N = 400 · 4 draws · bottleneck 3f2a90b1c4d5`, as far as the run has such settings.
  let footer: FigureText
  /// A line for each fact: experiment, run, device, revision, settings.
  let details: [String]

  init(_ manifest: Manifest) {
    let settings = manifest.parameters.members ?? []
    func value(_ name: String) -> String? {
      settings.first { $0.key == name }.flatMap { $0.value == .null ? nil : RunProvenance.text($0.value).printable(limit: 80) }
    }
    let points = (value("points") ?? value("train"))?.replacingOccurrences(of: ",", with: ", "), draws = value("draws") ?? value("members")
    let parts = [
      value("data"), points.map { "N = \($0)" }, draws.map { "\($0) draw\($0 == "1" ? "" : "s")" },
      "\(manifest.experiment) \(manifest.run)", manifest.status == .finished ? nil : "not finished",
    ]
    footer = FigureText(parts.compactMap { $0 }.joined(separator: " · "))
    details =
      [
        "experiment: \(manifest.experiment)", "run: \(manifest.run)", "status: \(manifest.status.rawValue)", "started: \(manifest.started)",
        "device: \(manifest.device)", "precision: \(manifest.precision)", "revision: \(manifest.sourceRevision)",
      ] + settings.filter { $0.value != .null }.map { "\($0.key): \(RunProvenance.text($0.value).printable(limit: 200))" }
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .array(let elements): elements.map(text).joined(separator: ", ")
    default: value.text
    }
  }
}
