import ArgumentParser
import Experiments
import Foundation
import Results
import YAMLFiles

/// Settings in YAML, turned into the arguments that they stand for: each setting is declared once, as an option.
///
/// Keys are the options' long names; a list is written with commas. The arguments of the file come after the experiment's own
/// defaults, and those of `--paper`, and before the user's arguments: the last of them wins.
package struct SettingsFile {
  /// Settings of every run, beside those of its experiment.
  private static let runSettings = ["device", "precision", "results"]

  let path: String
  /// Settings in the order of the file.
  private let settings: [(key: String, value: String, line: Int)]

  /// Puts the arguments that the experiment's own defaults and a file of settings stand for before the user's, in
  /// `run EXPERIMENT`, `run FILE.yaml` and `run EXPERIMENT --settings FILE.yaml`.
  ///
  /// - Returns: other arguments as they are.
  package static func expand(_ arguments: [String]) throws -> [String] {
    guard arguments.first == RunCommand.name else { return arguments }
    var rest = Array(arguments.dropFirst())
    if let first = rest.first, !first.hasPrefix("-"), first.hasSuffix(".yaml") || first.hasSuffix(".yml") {
      rest.replaceSubrange(0..<1, with: ["--settings", first])
    }
    let named = rest.first.flatMap { $0.hasPrefix("-") ? nil : $0 }
    guard named != "help" else { return arguments }
    let own = named == nil ? rest : Array(rest.dropFirst())
    let file = try path(in: own).map { try SettingsFile($0) }
    guard let experiment = try file?.experiment(named: named) ?? named.map({ try Self.experiment($0) }) else { return arguments }
    for (name, other) in experiment.replacedSettings where isGiven(name, own) {
      throw ExperimentError.replacedSetting(name: name, by: other)
    }
    let isPaper = own.contains("--paper")
    guard !isPaper || !experiment.paper.isEmpty else { throw ExperimentError.noPaperSettings(experiment: experiment.name) }
    let missing = isPaper ? experiment.paperNeeds.filter { name, _ in !isGiven(name, own) && !(file?.has(name) ?? false) } : [:]
    guard missing.isEmpty else { throw ExperimentError.paperNeeds(settings: missing) }
    let names = own.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2).prefix { $0 != "=" }) }
    let beneath = try experiment.arguments(beneath: Set(names + (file?.settings.map(\.key) ?? [])), isPaper: isPaper)
    return [RunCommand.name, experiment.name] + beneath + (try file?.arguments(for: experiment) ?? []) + own
  }

  private static func isGiven(_ name: String, _ arguments: [String]) -> Bool {
    arguments.contains { $0 == "--\(name)" || $0.hasPrefix("--\(name)=") }
  }

  private func has(_ name: String) -> Bool { settings.contains { $0.key == name } }

  private static func experiment(_ name: String) throws -> any Experiment.Type {
    guard let experiment = ExperimentCatalog.all.first(where: { $0.name == name }) else {
      throw ExperimentError.unknownExperiment(name: name, known: ExperimentCatalog.all.map { $0.name })
    }
    return experiment
  }

  private static func path(in arguments: [String]) throws -> String? {
    let option = "--settings"
    if let joined = arguments.last(where: { $0.hasPrefix(option + "=") }) { return String(joined.dropFirst(option.count + 1)) }
    guard let index = arguments.lastIndex(of: option) else { return nil }
    // Without a value the parser complains.
    return index + 1 < arguments.count ? arguments[index + 1] : nil
  }

  init(_ path: String) throws {
    let root = try YAMLReader.read(path)
    guard case .mapping(let members) = root?.content else {
      throw CommandLineError.invalidSettings(path: "\(path):\(root?.line ?? 1)", reason: "expected settings, one `name: value` per line.")
    }
    self.path = path
    settings = try members.map { (name, value) throws(CommandLineError) in (name, try Self.text(value, of: name, in: path), value.line) }
  }

  private static func text(_ value: YAMLValue, of name: String, in path: String) throws(CommandLineError) -> String {
    let parts: [String?] = (value.elements.isEmpty ? [value] : value.elements).map {
      if case .text(let text, _) = $0.content { text } else { nil }
    }
    guard !parts.contains(nil), !parts.contains("") else {
      throw .invalidSettings(
        path: "\(path):\(value.line)",
        reason: "'\(name.prefix(60))': expected a value or a list of values; leave a setting out for its default.")
    }
    return parts.compactMap { $0 }.joined(separator: ",")
  }

  private func experiment(named name: String?) throws -> any Experiment.Type {
    let inFile = settings.first { $0.key == "experiment" }?.value
    if let name, let inFile, name != inFile {
      throw CommandLineError.invalidSettings(path: path, reason: "these are settings of the experiment '\(inFile)', not of '\(name)'.")
    }
    guard let chosen = name ?? inFile else {
      throw CommandLineError.invalidSettings(
        path: path, reason: "expected `experiment: \(ExperimentCatalog.all.first?.name ?? "NAME")`, or its name on the command line.")
    }
    return try Self.experiment(chosen)
  }

  private func arguments<E: Experiment>(for experiment: E.Type) throws -> [String] {
    let defaults = try E.values(of: try E.Settings.parse([]))
    let known = defaults.keys.sorted() + Self.runSettings + ["experiment"]
    return try settings.flatMap { key, value, line -> [String] in
      let place = "\(path):\(line)"
      guard known.contains(key) else { throw CommandLineError.unknownSetting(path: place, name: "\(key.prefix(60))", known: known) }
      if key == "experiment" { return [] }
      guard case .bool = defaults[key] else {
        let argument = "--\(key)=\(value)"
        try check(argument, at: place, defaults[key] == nil ? RunSettings.self : E.Settings.self)
        return [argument]
      }
      switch value {
      case "true": return ["--\(key)"]
      case "false": return []
      default: throw CommandLineError.invalidSettings(path: place, reason: "'\(key)': expected true or false, got '\(value.prefix(60))'.")
      }
    }
  }

  /// Alone, so that what is wrong with it is told with its line; what settings demand of each other is seen later.
  private func check(_ argument: String, at place: String, _ settings: any ParsableArguments.Type) throws(CommandLineError) {
    do { _ = try settings.parse([argument]) } catch { throw .invalidSettings(path: place, reason: settings.message(for: error)) }
  }

  /// What every run takes beside the settings of its experiment.
  private struct RunSettings: ParsableArguments {
    @OptionGroup var device: DeviceOptions
    @OptionGroup var options: RunOptions
  }
}
