import PrintableText

/// What can go wrong when figures are drawn.
public enum FigureError: Error, Equatable, CustomStringConvertible, ExplainedError {
  /// No gnuplot was found.
  case notInstalled(searched: String)
  /// gnuplot ended with an error.
  case gnuplotFailed(figure: String, status: Int32, message: String)
  /// gnuplot did not end in time and was stopped.
  case gnuplotTooSlow(figure: String, limit: Duration)
  /// No point of the figure can be drawn.
  case nothingToDraw(figure: String, panel: String)
  /// gnuplot ended well, but the file is missing, empty or cut off.
  case incompleteFile(path: String)
  /// gnuplot was built without what draws these formats.
  case formatsNotAvailable([FigureFormat])
  /// A file for or from gnuplot cannot be written.
  case cannotWrite(path: String, reason: String)

  public var description: String { explanation.isEmpty ? summary : "\(summary) \(explanation)" }

  public var summary: String {
    switch self {
    case .notInstalled(let searched):
      "plotting: no gnuplot in \(searched). Figures are skipped, results are intact; install it with 'apt-get install gnuplot-nox' "
        + "or set ISTHMUS_GNUPLOT to its path, then plot again."
    case .gnuplotFailed(let figure, let status, _):
      "plotting: gnuplot failed on figure '\(figure)' with status \(status):"
    case .gnuplotTooSlow(let figure, let limit):
      "plotting: gnuplot did not end within \(limit) on figure '\(figure)' and was stopped. Results are intact; see whether gnuplot itself "
        + "works here, or draw one format alone (`isthmus plot --format png`)."
    case .nothingToDraw(let figure, let panel):
      "plotting: figure '\(figure)', panel '\(panel)' has no point to draw; on a logarithmic axis only values > 0 can be."
    case .incompleteFile(let path):
      "plotting: gnuplot wrote no complete figure to \(path). Check the free space and gnuplot's terminals (svg, pngcairo, pdfcairo)."
    case .formatsNotAvailable(let formats):
      "plotting: this gnuplot draws no \(formats.map(\.rawValue).joined(separator: ", ")); it was built without the terminals "
        + "\(formats.map(\.terminal).joined(separator: ", ")). Debian's gnuplot-nox has them; svg is drawn by every gnuplot."
    case .cannotWrite(let path, let reason):
      "plotting: writing \(path) failed: \(reason)"
    }
  }

  public var explanation: String {
    if case .gnuplotFailed(_, _, let message) = self { message } else { "" }
  }
}
