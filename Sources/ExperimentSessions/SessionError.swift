import Compute

/// What can be wrong with a run as a whole.
public enum SessionError: Error, Equatable, CustomStringConvertible {
  /// A run holds more than what it is now asked for.
  case lessThanRecorded(directory: String, recorded: String)
  /// An engine in which results cannot be kept.
  case coarseEngine(precision: Precision)

  public var description: String {
    switch self {
    case .lessThanRecorded(let directory, let recorded):
      "\(directory) holds more than is asked for now: \(recorded). A run is "
        + "extended, never cut: ask for at least that, look at it with `isthmus plot \(directory)`, or choose another folder with --results."
    case .coarseEngine(let precision):
      "results are kept in float64, got an engine of \(precision); give that one as passEngine, and a float64 engine of the same device."
    }
  }
}
