/// What a run is and how far it came: the content of `manifest.json`.
public struct Manifest: Equatable, Sendable {
  /// Raised when a file of an older version could be misread.
  public static let formatVersion = 1

  /// How far a run came. A run that was killed stays `running`; see `RunSummary.State.interrupted`.
  public enum Status: String, Sendable {
    /// A run under way or killed, one that came to its end, and one that an error ended.
    case running, finished, failed
    /// A run that was ended in order before its time, and can be continued.
    case interrupted
  }

  /// A later start of the same run.
  public struct Continuation: Equatable, Sendable {
    /// ISO 8601.
    public let at: String
    /// Revision of the sources that the start was made with.
    public let sourceRevision: String
  }

  /// Name of the experiment.
  public internal(set) var experiment: String
  public internal(set) var run: String
  /// How far the run came.
  public internal(set) var status: Status
  /// Why the run failed, or was interrupted.
  public internal(set) var reason: String?
  /// ISO 8601, of the first start.
  public internal(set) var started: String
  /// ISO 8601, when it last ended in order.
  public internal(set) var ended: String?
  /// Starts after the first.
  public internal(set) var continued: [Continuation]
  /// All starts; empty in runs of an older version.
  public internal(set) var segments: [Segment]
  /// The records when it last ended in order; nil before, and in runs of an older version.
  public internal(set) var records: RecordPrefix?
  /// Revision of the sources that the first start was made with.
  public internal(set) var sourceRevision: String
  /// What makes the run this run, as `RunDescription.identity`.
  public internal(set) var identity: JSONValue
  /// Parameters of the latest start.
  public internal(set) var parameters: JSONValue
  /// Seeds by name.
  public internal(set) var seeds: [String: UInt64]
  /// Device that computes the run.
  public internal(set) var device: String
  /// Precision of the numbers.
  public internal(set) var precision: String
  /// What could not be had at any start, in the order in which it showed.
  public internal(set) var fallbacks: [String]
  /// Versions of what the numbers depend on, by name.
  public internal(set) var versions: [String: String]
  /// Checksums of the data's files by path.
  public internal(set) var dataChecksums: [String: String]
  /// How the data were read where the files leave it open; nil in manifests from before this was recorded.
  public internal(set) var dataNotes: [String]?
  /// Active processors of the host.
  public internal(set) var hostCores: Int
}
