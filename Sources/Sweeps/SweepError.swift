/// What can be wrong with a sweep.
public enum SweepError: Error, Equatable, CustomStringConvertible {
  /// A file with something wrong in it; the path ends with the line.
  case invalid(path: String, reason: String)
  /// A sweep whose settings ask for more runs than can be listed; the count is a number or `more than can be counted`.
  case tooManyRuns(path: String, count: String, most: Int)
  /// Runs that cannot be made, each with its settings and the reason, of all runs of the sweep.
  case faultyRuns(faults: [String], of: Int)
  /// Two runs that would share a folder, and the settings in which they differ all the same.
  case sameRun(first: String, second: String, differing: [String])
  /// A part of a sweep that is none.
  case invalidShard(String)

  public var description: String {
    switch self {
    case .invalid(let path, let reason): "\(path): \(reason)"
    case .tooManyRuns(let path, let count, let most):
      "\(path): the axes make \(count) runs, and a sweep may have \(most). Take shorter axes, or several sweeps."
    case .faultyRuns(let faults, let count):
      "\(faults.count) of \(count) runs cannot be made, and nothing was started: \(faults.prefix(10).joined(separator: "; "))"
        + (faults.count > 10 ? "; and \(faults.count - 10) more" : "")
    case .sameRun(let first, let second, let differing):
      "the runs '\(first)' and '\(second)' are one run: "
        + (differing.isEmpty
          ? "their settings are equal; leave out one of them."
          : "they differ in \(differing.joined(separator: ", ")) only, which extends a run or says the same in other words. "
            + "What one run can have of it at once, such as widths: [64, 128], stands under `settings`; otherwise leave out one of them.")
    case .invalidShard(let text): "--shard: expected I/N with I from 1 to N, such as 2/8, got '\(text)'."
    }
  }
}
