import Experiments
import Foundation
import PrintableText
import Results

/// The settings of a recorded run, beside the defaults of its experiment in this program.
struct RecordedSettings {
  struct Change {
    let name: String
    let value, standard: JSONValue
  }

  /// Settings whose value is not the default, by name.
  let changes: [Change]
  /// The arguments of `isthmus` that ask for the run again; nil where this program has no such settings.
  let arguments: [String]?

  /// - Returns: nil for an experiment that this program does not have.
  init?(_ manifest: Manifest, in results: URL) throws {
    guard let experiment = ExperimentCatalog.all.first(where: { $0.name == manifest.experiment }) else { return nil }
    self = try RecordedSettings(manifest, of: experiment, in: results)
  }

  private init<E: Experiment>(_ manifest: Manifest, of experiment: E.Type, in results: URL) throws {
    let defaults = try E.values(of: E.Settings.parse(E.defaultArguments)), recorded = manifest.parameters.members ?? []
    changes = recorded.compactMap { member in
      guard let standard = defaults[member.key], standard.canonicalText != member.value.canonicalText else { return nil }
      return Change(name: member.key, value: member.value, standard: standard)
    }
    let own = changes.map { $0.value == true ? "--\($0.name)" : "--\($0.name)=\($0.value.plain)" }
    guard let again = try? E.values(of: E.Settings.parse(E.defaultArguments + own)),
      JSONValue.object(again.map { .init($0.key, $0.value) }).canonicalText == manifest.parameters.canonicalText
    else {
      arguments = nil
      return
    }
    let identifier = manifest.device.split(separator: ": ", maxSplits: 1).first.map(String.init)
    let device = identifier.map { ["--device=\($0)"] } ?? []
    let folder = results.relativePath == "results" ? [] : ["--results=\(results.relativePath)"]
    arguments = ["run", E.name] + own + device + ["--precision=\(manifest.precision)"] + folder
  }

  /// The command for a shell; nil where there is none, or a shell could not be given it in one printable line.
  var command: String? {
    guard let arguments, arguments.allSatisfy({ $0 == $0.printable }) else { return nil }
    return (["isthmus"] + arguments).map(Self.quoted).joined(separator: " ")
  }

  /// A word as a POSIX shell takes it.
  static func quoted(_ word: String) -> String {
    word.wholeMatch(of: /[A-Za-z0-9_.,:=+\/@%-]+/) != nil ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
