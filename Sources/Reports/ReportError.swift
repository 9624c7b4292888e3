import Figures
import PrintableText
import Results

/// What can go wrong when the figures of a run are made. Results are only read, so they are intact in every case.
public enum ReportError: Error, Equatable, CustomStringConvertible, ExplainedError {
  /// A figure cannot be drawn.
  case figure(FigureError)
  /// The records cannot be read.
  case results(ResultsError)

  public var description: String {
    switch self {
    case .figure(let error): error.description
    case .results(let error): error.description
    }
  }

  public var summary: String { if case .figure(let error) = self { error.summary } else { description } }

  public var explanation: String { if case .figure(let error) = self { error.explanation } else { "" } }
}
