import ArgumentParser
import Experiments
import Foundation
import PrintableText

/// Help of `isthmus run EXPERIMENT` with the experiment's own settings: its defaults, by section, without those that it refuses.
///
/// ArgumentParser knows only what the type of the settings declares, which experiments may share. The rest of the text is its own.
package enum ExperimentHelp {
  /// Completes the help of an experiment; any other text stays as it is.
  static func completed(_ help: String) throws -> String {
    for experiment in ExperimentCatalog.all {
      if let own = try completed(help, of: experiment) { return own }
    }
    return help
  }

  private static func completed<E: Experiment>(_ help: String, of experiment: E.Type) throws -> String? {
    help == IsthmusCommand.helpMessage(for: RunExperiment<E>.self) ? try text(of: experiment, columns: Terminal.helpColumns) : nil
  }

  /// The help of an experiment, wrapped to so many columns.
  package static func text<E: Experiment>(of experiment: E.Type, columns: Int) throws -> String {
    let declarations = try E.declarations()
    func lines(_ section: SettingsSection) -> String {
      declarations.filter { $0.section == section }.map { element($0.label, $0.explanation, columns) }.joined()
    }
    return IsthmusCommand.helpMessage(for: RunExperiment<E>.self, columns: columns).components(separatedBy: "\n\n").flatMap { part in
      let heads: [SettingsSection] = [.data, .network, .training, .limit]
      if part.hasPrefix("\(RunSections.settings.uppercased()):\n") {
        return heads.map { ($0, lines($0)) }.filter { !$0.1.isEmpty }.map { "\($0.0.rawValue.uppercased()):\n\($0.1)".trimmingLineFeed }
      }
      let resources = "\(RunSections.resources.uppercased()):\n"
      if part.hasPrefix(resources) { return [resources + lines(.resources) + part.dropFirst(resources.count)] }
      return [E.paper.isEmpty && part.hasPrefix("\(RunSections.run.uppercased()):\n") ? without("--paper", part) : part]
    }.joined(separator: "\n\n")
  }

  /// The message about an experiment's option with the default that this experiment has; any other text as it is.
  ///
  /// - Parameter message: of which a line is ArgumentParser's help of the option.
  static func completed(_ message: String, of arguments: [String]) -> String {
    guard arguments.first == RunCommand.name, arguments.count > 1,
      let experiment = ExperimentCatalog.all.first(where: { $0.name == arguments[1] }), let declarations = try? experiment.declarations()
    else { return message }
    return message.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let start = "Help:  "
      let own = declarations.first { line.hasPrefix("\(start)\($0.label)  ") }
      guard let own else { return String(line) }
      return "\(start)\(own.label)  \(own.explanation)"
    }.joined(separator: "\n")
  }

  /// A section without one of its options.
  private static func without(_ option: String, _ section: String) -> String {
    var isInside = false
    return section.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      if line.hasPrefix("  -") || !line.hasPrefix(" ") { isInside = line.hasPrefix("  \(option) ") || line == "  \(option)" }
      return !isInside
    }.joined(separator: "\n")
  }

  /// An option as ArgumentParser's help shows one.
  private static func element(_ label: String, _ text: String, _ columns: Int) -> String {
    let indent = String(repeating: " ", count: 26), head = "  \(label)"
    let lines = text.wrapped(to: columns - indent.count)
    let first = head.count < indent.count ? head.padding(toLength: indent.count, withPad: " ", startingAt: 0) : head + "\n" + indent
    return first + lines.joined(separator: "\n" + indent) + "\n"
  }
}

/// Headings of the options of `isthmus run EXPERIMENT`.
enum RunSections {
  static let settings = "Settings", resources = "Resources", run = "Run"
}

extension SettingDeclaration {
  /// The option with the placeholder of its value.
  fileprivate var label: String { "--\(name)" + (valueName.map { " <\($0)>" } ?? "") }

  /// The meaning, with what values there are and the default.
  fileprivate var explanation: String {
    let notes = [range ?? (values.isEmpty ? nil : "values: \(values.joined(separator: ", "))"), standard.map { "default: \($0)" }]
    let text = notes.compactMap(\.self).joined(separator: "; ")
    return text.isEmpty ? meaning : "\(meaning) (\(text))"
  }
}
