/// What a run is and how far it came: the content of `manifest.json`.
public struct Manifest: Equatable, Sendable {
  /// Raised when a file of an older version could be misread.
  public static let formatVersion = 1

  /// How far a run came. A run that was killed stays `running`; see `RunSummary.State.interrupted`.
  public enum Status: String, Sendable {
    case running, finished, failed
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
  /// Why it failed.
  public internal(set) var reason: String?
  /// ISO 8601, of the first start.
  public internal(set) var started: String
  /// ISO 8601, when it was last marked finished or failed.
  public internal(set) var ended: String?
  public internal(set) var continued: [Continuation]
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
  public internal(set) var hostCores: Int
}
