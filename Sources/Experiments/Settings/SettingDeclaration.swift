import ArgumentParser
import Foundation
import Results

/// What settings are about: help and listings have a section for each.
public enum SettingsSection: String, Sendable, CaseIterable {
  /// Points and targets, networks, how they are trained, the limit they are computed in or compared with, what the machine gives.
  case data, network, training, limit, resources
}

/// A setting of an experiment, as people are told of it.
public struct SettingDeclaration: Sendable {
  /// Name on the command line and in YAML.
  public let name: String
  /// Placeholder of the value in help; nil for a setting that takes none.
  public let valueName: String?
  /// Meaning of the setting in a sentence or two.
  public let meaning: String
  /// Range of a number, such as `from 2 to 1000`; nil for what is none.
  public let range: String?
  /// All values that there are; empty where they cannot be counted.
  public let values: [String]
  /// Value of the experiment where none is given, as it is written on the command line; nil where there is none.
  public let standard: String?
  /// Section that it stands in.
  public let section: SettingsSection
}

extension Experiment {
  /// Every setting that may be given, in the order of its declaration, with the default of this experiment.
  ///
  /// - Throws: where the experiment's own defaults are none, or the parser describes its options otherwise than this was written for.
  public static func declarations() throws -> [SettingDeclaration] {
    let settings = try Settings.parse(defaultArguments), standards = try values(of: settings), ranges = settings.ranges
    let described = try JSONDecoder().decode(ParserDescription.self, from: Data(Settings._dumpHelp().utf8)).command.arguments
    var section = SettingsSection.data, declarations: [SettingDeclaration] = []
    for argument in described {
      guard let name = argument.preferredName?.name else { continue }
      section = Settings.sections[name] ?? section
      // Neither --help nor what another setting takes the place of.
      guard let standard = standards[name] else { continue }
      let range = ranges[name], isFlag = argument.kind == "flag"
      declarations.append(
        SettingDeclaration(
          name: name, valueName: isFlag ? nil : argument.valueName, meaning: meaning(argument.abstract ?? "", besides: range), range: range,
          values: argument.allValues ?? [], standard: isFlag || standard == .null ? nil : standard.plain, section: section))
    }
    return declarations
  }

  /// The help of an option without the range that `Within` adds to it.
  private static func meaning(_ help: String, besides range: String?) -> String {
    let suffix = range.map { " (\($0))" } ?? ""
    return help.hasSuffix(suffix) ? String(help.dropLast(suffix.count)) : help
  }
}

/// What ArgumentParser says of options, as far as it is needed.
private struct ParserDescription: Decodable {
  struct Command: Decodable { let arguments: [Argument] }
  struct Argument: Decodable {
    struct Name: Decodable { let name: String }
    let kind: String
    let preferredName: Name?
    let valueName: String?
    let abstract: String?
    let allValues: [String]?
  }
  let command: Command
}
