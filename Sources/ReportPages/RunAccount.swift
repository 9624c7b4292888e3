import Foundation
import Results

/// What there is to say of one run: from its folder, and from the program that has its experiment.
public struct RunAccount: Sendable {
  /// Folder of the run.
  public let directory: URL
  /// What the run is and how far it came.
  public let manifest: Manifest
  /// The run as listings have it.
  public let summary: RunSummary
  /// Lines of records.
  public let records: Int
  /// Trainings that are recorded as diverged, and all whose end is recorded.
  public let diverged, ends: Int
  /// What should be said to those who read the records; nil for nothing.
  public let caveat: String?
  /// Values by default of the settings that have another value; nil where no program at hand has the experiment.
  public var defaults: [String: JSONValue]?
  /// A line for a shell that asks for the very same run; nil where there is none.
  public var command: String?

  /// Reads what the folder says; each record is read once.
  ///
  /// - Throws: `ResultsError` where the manifest or the records cannot be read.
  public init(_ directory: URL) throws(ResultsError) {
    self.directory = directory
    manifest = try Manifest.read(directory)
    summary = RunListing.run(in: directory)
    caveat = RunRecords.caveat(in: directory)
    var (records, diverged, ends) = (0, 0, 0)
    try RunRecords.forEach(directory) { (record) throws(RecordFault) in
      records += 1
      guard record["kind"] == "end", let status = record["status"] else { return }
      ends += 1
      if status == "diverged" { diverged += 1 }
    }
    (self.records, self.diverged, self.ends) = (records, diverged, ends)
  }

  /// Experiment and run-id.
  public var name: String { "\(manifest.experiment) \(manifest.run)" }

  /// What a reader should know before the numbers are believed.
  var notices: [String] {
    let lines = "\(records) line\(records == 1 ? "" : "s") of records"
    let state: String? =
      switch summary.state {
      case .finished: nil
      case .running: "This run is not finished: it was under way when this page was made, with \(lines)."
      case .interrupted: "This run is not finished: it ended before its time\(reason), with \(lines). The same command continues it."
      case .failed, .unreadable: "This run is not finished: an error ended it\(reason), with \(lines)."
      }
    let divergence =
      diverged == 0
      ? nil : "\(diverged) of \(ends) trainings diverged: their numbers grew beyond every bound, and what they did not reach is a dash."
    return [state, divergence, caveat].compactMap { $0 }
  }

  private var reason: String { (summary.state.reason ?? manifest.reason).map { " (\($0))" } ?? "" }
}
