import Compute
import WideKernels

/// What can be wrong with the settings of an experiment.
public enum ExperimentError: Error, Equatable, CustomStringConvertible {
  /// A setting outside its range, or one that does not fit the others.
  case invalidSetting(name: String, expected: String, got: String)
  /// A product of settings that asks for more runs than can be listed.
  case tooManyRuns(count: String, most: Int)
  /// Targets whose squares are no numbers any more.
  case targetsBeyondLoss(largest: Double, limit: Double)
  /// A run whose initial functions were neither drawn nor saved.
  case missingStart(name: String)
  /// A setting that the experiment takes from another one.
  case replacedSetting(name: String, by: String)
  /// A setting beside another one that says the same.
  case exclusiveSettings(name: String, by: String)
  /// `--paper` for an experiment that declares none.
  case noPaperSettings(experiment: String)
  /// `--paper` without settings that it needs, which are named with examples of their values.
  case paperNeeds(settings: [String: String])
  /// A name of an experiment that is none of those `known`.
  case unknownExperiment(name: String, known: [String])
  /// Inputs whose kernel loses its digits to rounding, prepared as they are.
  case unresolvedInputs(ComputeError)

  public var description: String {
    switch self {
    case .invalidSetting(let name, let expected, let got): "--\(name): expected \(expected), got '\(got)'."
    case .tooManyRuns(let count, let most):
      "\(count) are more runs than the \(most) that one command may have; ask for fewer."
    case .targetsBeyondLoss(let largest, let limit):
      "--target: the targets reach \(largest), and the squares in the loss are numbers up to \(limit) only. Divide the values of the data by a "
        + "power of ten, or take a smaller --target-scale."
    case .missingStart(let name):
      "the initial functions '\(name)' are missing from the checkpoint; remove the run's checkpoint files to begin these runs again."
    case .replacedSetting(let name, let other): "--\(name): in this experiment --\(other) says it; leave --\(name) out."
    case .exclusiveSettings(let name, let other): "--\(name): --\(other) says it; leave out one of the two."
    case .noPaperSettings(let experiment):
      "--paper: the experiment '\(experiment)' has no settings of a paper; leave --paper out and set what you need."
    case .paperNeeds(let settings):
      "--paper: needs data that are not built in: give "
        + settings.sorted { $0.key < $1.key }.map { "--\($0.key) too, such as --\($0.key) \($0.value)" }.joined(separator: ", ") + "."
    case .unknownExperiment(let name, let known):
      "experiment '\(name)' is not known; " + (known.nearest(to: name).map { "did you mean \($0)? Choose" } ?? "choose")
        + " one of \(known.joined(separator: ", ")) (see `isthmus list`)."
    case .unresolvedInputs(let reason):
      "\(reason) --preparation std does both; --jitter would give the kernel a factor and not its digits."
    }
  }
}
