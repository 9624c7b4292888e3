/// What can go wrong with a network of finite width.
public enum FiniteNetworkError: Error, Equatable, CustomStringConvertible {
  /// A layer that does not fit what comes before it.
  case architecture(layer: String, expected: String, got: String)
  /// A tensor or matrix of another shape than is needed.
  case shape(what: String, expected: String, got: String)
  /// A setting outside its range.
  case setting(name: String, expected: String, got: String)
  /// An operation that this activation has no formula for.
  case unsupported(operation: String, reason: String)

  public var description: String {
    switch self {
    case .architecture(let layer, let expected, let got): "network, layer '\(layer)': expected \(expected), got \(got)."
    case .shape(let what, let expected, let got): "\(what): expected \(expected), got \(got)."
    case .setting(let name, let expected, let got): "\(name): expected \(expected), got \(got)."
    case .unsupported(let operation, let reason): "\(operation): \(reason)."
    }
  }
}
