/// What can be wrong with the settings of an experiment.
public enum ExperimentError: Error, Equatable, CustomStringConvertible {
  case invalidSetting(name: String, expected: String, got: String)
  /// A run whose initial functions were neither drawn nor saved.
  case missingStart(name: String)
  /// A setting that the experiment takes from another one.
  case replacedSetting(name: String, by: String)
  /// `--paper` for an experiment that declares none.
  case noPaperSettings(experiment: String)
  case unknownExperiment(name: String, known: [String])

  public var description: String {
    switch self {
    case .invalidSetting(let name, let expected, let got): "--\(name): expected \(expected), got '\(got)'."
    case .missingStart(let name):
      "the initial functions '\(name)' are missing from the checkpoint; remove the run's checkpoint files to begin these runs again."
    case .replacedSetting(let name, let other): "--\(name): in this experiment --\(other) says it; leave --\(name) out."
    case .noPaperSettings(let experiment):
      "--paper: the experiment '\(experiment)' has no settings of a paper; leave --paper out and set what you need."
    case .unknownExperiment(let name, let known):
      "experiment '\(name)' is not known; choose one of \(known.joined(separator: ", ")) (see `isthmus list`)."
    }
  }
}
