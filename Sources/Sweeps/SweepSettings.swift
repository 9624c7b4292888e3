import ArgumentParser
import Experiments
import Results

/// Settings of a sweep's runs as the command line takes them.
enum SweepSettings {
  /// The setting that every experiment has beside its own.
  static let precision = "precision"

  /// Names that a file may give.
  static func names(of experiment: any Experiment.Type) throws -> [String] {
    func names<E: Experiment>(_ experiment: E.Type) throws -> [String] { try E.declarations().map(\.name) }
    return try names(experiment) + [precision]
  }

  /// What `isthmus run EXPERIMENT` takes after its name; settings that are off are left out.
  ///
  /// - Throws: `ExperimentError.invalidSetting` for a switch that is neither true nor false.
  static func arguments<E: Experiment>(_ settings: [SweepFile.Setting], of experiment: E.Type) throws -> [String] {
    let switches = Set(try E.declarations().filter { $0.valueName == nil }.map(\.name))
    return try settings.flatMap { setting -> [String] in
      guard switches.contains(setting.name) else { return ["--\(setting.name)=\(setting.value)"] }
      switch setting.value {
      case "true": return ["--\(setting.name)"]
      case "false": return []
      default: throw ExperimentError.invalidSetting(name: setting.name, expected: "true or false", got: setting.value)
      }
    }
  }

  /// Settings of an experiment as its command would parse them: with its own defaults beneath.
  static func parsed<E: Experiment>(_ settings: [SweepFile.Setting], of experiment: E.Type) throws -> E.Settings {
    let own = settings.filter { $0.name != precision }
    let beneath = try E.arguments(beneath: Set(own.map(\.name)), isPaper: false)
    do {
      return try E.Settings.parse(beneath + arguments(own, of: experiment))
    } catch let error as ExperimentError {
      throw error
    } catch {
      throw SettingFault(text: E.Settings.message(for: error))
    }
  }

  /// What the parser says of a value.
  struct SettingFault: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
  }
}
