/// An error that another program explained in lines of its own: a compiler, gnuplot.
public protocol ExplainedError: Error {
  /// What went wrong, on one line, without the explanation.
  var summary: String { get }
  /// What the other program wrote; empty where it wrote nothing.
  var explanation: String { get }
}

extension Error {
  /// The error as a message for a terminal: one line, and below it the indented lines of another program where one explained it.
  ///
  /// An explanation is cut to its first `explanationLimit` lines.
  public var message: String {
    guard let explained = self as? any ExplainedError, !explained.explanation.isEmpty else {
      return "\(self)".printable(limit: messageLimit)
    }
    // By scalars: CR LF is one character.
    let lines = explained.explanation.unicodeScalars.split { $0 == "\n" || $0 == "\r" }.map(String.init)
    let shown = lines.prefix(explanationLimit).map { "\n  " + $0.printable(limit: 400) }.joined()
    return explained.summary.printable(limit: messageLimit) + shown + (lines.count > explanationLimit ? "\n  …" : "")
  }
}

private let explanationLimit = 40
private let messageLimit = 4000
