import Foundation

/// A run in a results folder, as far as its manifest tells.
public struct RunSummary: Equatable, Sendable {
  /// How far the run came.
  public enum State: Equatable, Sendable, CustomStringConvertible {
    /// A process writes it now.
    case running
    /// A run that was ended before its time, in order or by a kill; it can be continued.
    case interrupted
    /// A run that came to its end.
    case finished
    /// A run that an error ended.
    case failed(reason: String)
    /// The manifest is missing or cannot be understood.
    case unreadable(reason: String)

    public var description: String { reason.map { "\(name): \($0)" } ?? name }

    /// One word: `running`, `interrupted`, `finished`, `failed` or `unreadable`.
    public var name: String {
      switch self {
      case .running: "running"
      case .interrupted: "interrupted"
      case .finished: "finished"
      case .failed: "failed"
      case .unreadable: "unreadable"
      }
    }

    /// Why the run failed, or cannot be read.
    public var reason: String? {
      switch self {
      case .failed(let reason), .unreadable(let reason): reason
      case .running, .interrupted, .finished: nil
      }
    }

    /// Every word that `name` can be.
    public static let names = ["running", "interrupted", "finished", "failed", "unreadable"]
  }

  /// Name of the experiment.
  public let experiment: String
  public let run: String
  /// How far the run came.
  public let state: State
  /// The folder of all results.
  private let results: URL
  private let facts: ManifestFacts?

  /// A run whose manifest says `facts`; nil where it cannot be read.
  init(_ name: RunName, in results: URL, state: State, _ facts: ManifestFacts?) {
    (experiment, run) = (name.experiment, name.run)
    (self.results, self.state, self.facts) = (results, state, facts)
  }

  /// Folder of the run.
  public var directory: URL { results.appending(path: "\(experiment)/\(run)", directoryHint: .isDirectory) }
  /// ISO 8601; empty where the manifest is unreadable.
  public var started: String { facts?.started ?? "" }
  /// ISO 8601, when it last ended in order; nil before.
  public var ended: String? { facts?.ended }
  /// Device that computes the run; empty where the manifest is unreadable.
  public var device: String { facts?.device ?? "" }
  /// Precision of the passes over data; empty where the manifest is unreadable.
  public var precision: String { facts?.precision ?? "" }
  /// Lines of records when it last ended in order; nil before.
  public var records: Int? { facts?.records }
  /// Every setting of the latest start with its value, defaults included.
  public var settings: [JSONValue.Member] { facts?.settings ?? [] }
}

/// Names of a run's folder and of the one around it.
struct RunName: Hashable {
  let experiment, run: String
}
