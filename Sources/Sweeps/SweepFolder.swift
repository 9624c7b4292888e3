import Foundation

/// What a sweep keeps beside its runs: the logs of their programs, in RESULTS/.sweeps. Runs are not told by it, and it may be deleted.
public struct SweepFolder: Sendable {
  /// Folder with a log for each run, by its name.
  public let logs: URL

  /// The folder of all sweeps with these results; made where it is not there.
  ///
  /// - Throws: the system's reason.
  public init(results: String) throws {
    logs = URL(fileURLWithPath: results).appending(path: ".sweeps/logs")
    try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)
  }
}
