/// What can go wrong when a deep linear network is trained.
public enum DeepLinearError: Error, Equatable, CustomStringConvertible {
  /// A setting outside its range.
  case invalid(setting: String, expected: String, got: String)
  /// An integrator whose steps became too many or too short.
  case integration(time: Double, end: Double, steps: Int)

  public var description: String {
    switch self {
    case .invalid(let setting, let expected, let got): "\(setting): expected \(expected), got \(got)."
    case .integration(let time, let end, let steps):
      "the integrator stands at time \(time) of \(end) after \(steps) steps; take a looser tolerance or a shorter time."
    }
  }
}
