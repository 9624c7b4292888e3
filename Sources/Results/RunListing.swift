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

    public var description: String {
      switch self {
      case .running: "running"
      case .interrupted: "interrupted"
      case .finished: "finished"
      case .failed(let reason): "failed: \(reason)"
      case .unreadable(let reason): "unreadable: \(reason)"
      }
    }
  }

  /// Name of the experiment.
  public let experiment: String
  public let run: String
  /// Folder of the run.
  public let directory: URL
  /// How far the run came.
  public let state: State
  /// ISO 8601; empty where the manifest is unreadable.
  public let started: String
}

/// The runs in a results folder.
public enum RunListing {
  /// Runs of `experiment`, or of all, by start time; empty where the folder does not exist.
  public static func runs(in results: URL, experiment: String? = nil) -> [RunSummary] {
    let experiments = folders(in: results).filter { experiment == nil || $0.lastPathComponent == experiment }
    let runs = experiments.flatMap { folder in folders(in: folder).map { summary($0, experiment: folder.lastPathComponent) } }
    return runs.sorted { ($0.started, $0.experiment, $0.run) < ($1.started, $1.experiment, $1.run) }
  }

  private static func folders(in folder: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted().map { folder.appendingPathComponent($0) }.filter { url in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }
  }

  private static func summary(_ directory: URL, experiment: String) -> RunSummary {
    let state: RunSummary.State, started: String
    do {
      let manifest = try Manifest.read(directory)
      started = manifest.started
      state =
        switch manifest.status {
        case .running: RunLock.isHeld(in: directory) ? .running : .interrupted
        case .finished: .finished
        case .interrupted: .interrupted
        case .failed: .failed(reason: manifest.reason ?? "no reason recorded")
        }
    } catch {
      (state, started) = (.unreadable(reason: "\(error)"), "")
    }
    return RunSummary(experiment: experiment, run: directory.lastPathComponent, directory: directory, state: state, started: started)
  }
}
