/// What can be wrong with an activation that a user names.
public enum ActivationError: Error, Equatable, CustomStringConvertible {
  /// A name that is none of those `known`.
  case unknown(name: String, known: [String])
  /// Too few or too many parameters.
  case parameterCount(name: String, expected: [String], got: Int)
  /// A parameter outside its range.
  case parameter(name: String, parameter: String, expected: String, got: Double)
  /// A text that is not `name` or `name(parameters)`.
  case syntax(String)

  public var description: String {
    switch self {
    case .unknown(let name, let known):
      "activation '\(name)' is not known; " + (known.nearest(to: name).map { "did you mean \($0)? Choose" } ?? "choose")
        + " one of \(known.joined(separator: ", "))."
    case .parameterCount(let name, let expected, let got):
      expected.isEmpty
        ? "activation '\(name)' takes no parameters, got \(got)."
        : "activation '\(name)' takes \(expected.count) parameter(s) (\(expected.joined(separator: ", "))), got \(got)."
    case .parameter(let name, let parameter, let expected, let got):
      "activation '\(name)': \(parameter) must be \(expected), got \(got)."
    case .syntax(let text):
      "activation '\(text)' could not be read; write a name such as relu, or a name with parameters such as leaky-relu(0.1)."
    }
  }
}
