import Foundation
import Results

extension Sweep.Run {
  /// How far a run of a sweep came, by its folder.
  public enum State: String, Sendable, CaseIterable {
    /// A run with all that is asked for.
    case finished
    /// A run that some process writes now, of this sweep or not.
    case running
    /// A run with less than is asked for: ended before its time, or to be extended.
    case begun
    /// A run that its last start could not make.
    case failed
    /// A run without a folder.
    case missing
  }

  /// How far the run came; looked at anew every time.
  public var state: State {
    guard FileManager.default.fileExists(atPath: directory.path) else { return .missing }
    let run = RunListing.run(in: directory)
    return switch run.state {
    case .running: .running
    case .finished: isCovered(by: run.settings) ? .finished : .begun
    case .failed: .failed
    case .interrupted: .begun
    case .unreadable: FileManager.default.fileExists(atPath: directory.appending(path: "manifest.json").path) ? .failed : .missing
    }
  }

  /// Whether a run that finished with `settings` has all that is asked for: at least as large numbers, and the members of lists.
  private func isCovered(by settings: [JSONValue.Member]) -> Bool {
    let recorded = Dictionary(settings.map { ($0.key, $0.value) }) { first, _ in first }
    return extending.allSatisfy { name in
      guard let asked = values[name] else { return true }
      guard let had = recorded[name] else { return asked == .null }
      if let asked = asked.double, let had = had.double { return had >= asked }
      func parts(_ value: JSONValue) -> Set<String> {
        Set(value.plain.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
      }
      return asked.canonicalText == had.canonicalText || parts(asked).isSubset(of: parts(had))
    }
  }
}
