/// What a run is and how far it came: the content of `manifest.json`.
public struct Manifest: Equatable, Sendable {
  /// Raised when a file of an older version could be misread.
  public static let formatVersion = 1

  /// How far a run came. A run that was killed stays `running`; see `RunSummary.State.interrupted`.
  public enum Status: String, Sendable {
    case running, finished, failed
    /// It was ended in order before its time, and can be continued.
    case interrupted
  }

  /// A later start of the same run.
  public struct Continuation: Equatable, Sendable {
    /// ISO 8601.
    public let at: String
    public let sourceRevision: String
  }

  public internal(set) var experiment: String
  public internal(set) var run: String
  public internal(set) var status: Status
  /// Why it failed, or was interrupted.
  public internal(set) var reason: String?
  /// ISO 8601, of the first start.
  public internal(set) var started: String
  /// ISO 8601, when it last ended in order.
  public internal(set) var ended: String?
  public internal(set) var continued: [Continuation]
  /// All starts; empty in runs of an older version.
  public internal(set) var segments: [Segment]
  /// The records when it last ended in order; nil before, and in runs of an older version.
  public internal(set) var records: RecordPrefix?
  /// Of the first start.
  public internal(set) var sourceRevision: String
  public internal(set) var identity: JSONValue
  /// Of the latest start.
  public internal(set) var parameters: JSONValue
  public internal(set) var seeds: [String: UInt64]
  public internal(set) var device: String
  public internal(set) var precision: String
  /// Of all starts, in the order in which they showed.
  public internal(set) var fallbacks: [String]
  public internal(set) var versions: [String: String]
  public internal(set) var dataChecksums: [String: String]
  /// How the data were read where the files leave it open; nil in manifests from before this was recorded.
  public internal(set) var dataNotes: [String]?
  public internal(set) var hostCores: Int
}
