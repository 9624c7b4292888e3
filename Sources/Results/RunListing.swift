import Foundation

/// The runs in a results folder.
public enum RunListing {
  /// Runs of `experiment`, or of all, by start time; empty where the folder does not exist.
  ///
  /// What manifests of many runs say is kept in a file of the folder, `.run-index`, and taken from it where the manifest is still the one it
  /// was read from; the folders alone say which runs there are. Where that file cannot be read or written nothing else changes.
  public static func runs(in results: URL, experiment: String? = nil) -> [RunSummary] {
    var listing = Listing(results, known: RunIndex.read(in: results))
    let runs = listing.runs(of: experiment)
    if listing.newEntries >= indexingThreshold { try? listing.index.write(in: results) }
    return runs
  }

  /// The run of one folder, read from its manifest.
  public static func run(in directory: URL) -> RunSummary {
    let folder = directory.standardizedFileURL, experiment = folder.deletingLastPathComponent()
    let name = RunName(experiment: experiment.lastPathComponent, run: folder.lastPathComponent)
    return summary(name, in: experiment.deletingLastPathComponent(), folder) { _ in }
  }

  /// Reads a manifest.
  ///
  /// - Parameter isRead: told what it says.
  private static func summary(_ name: RunName, in results: URL, _ directory: URL, isRead: (ManifestFacts) -> Void) -> RunSummary {
    do {
      let facts = ManifestFacts(try Manifest.read(directory))
      isRead(facts)
      return RunSummary(name, in: results, state: state(facts, directory), facts)
    } catch {
      return RunSummary(name, in: results, state: .unreadable(reason: "\(error)"), nil)
    }
  }

  private static func state(_ facts: ManifestFacts, _ directory: @autoclosure () -> URL) -> RunSummary.State {
    switch facts.status {
    case .running: RunLock.isHeld(in: directory()) ? .running : .interrupted
    case .finished: .finished
    case .interrupted: .interrupted
    case .failed: .failed(reason: facts.reason ?? "no reason recorded")
    }
  }

  /// Reads every manifest again and replaces the index.
  ///
  /// - Throws: `ResultsError.notWritable` where the index cannot be written.
  @discardableResult
  public static func rebuildIndex(in results: URL) throws(ResultsError) -> [RunSummary] {
    var listing = Listing(results, known: RunIndex())
    let runs = listing.runs(of: nil)
    try listing.index.write(in: results)
    return runs
  }

  /// Number of manifests to read from which on an index is written; fewer are read in a few milliseconds.
  package static let indexingThreshold = 50

  /// Names of the folders where runs lie, sorted; they may hold anything.
  static func names(in results: URL, experiment: String? = nil) -> [RunName] {
    names(in: results.path).filter { (experiment == nil || $0 == experiment) && isFolder("\(results.path)/\($0)") }.flatMap { experiment in
      names(in: "\(results.path)/\(experiment)").map { RunName(experiment: experiment, run: $0) }
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }

  /// One pass over the folders.
  private struct Listing {
    private let results: URL
    private let known: RunIndex
    /// Seconds of the epoch, before anything is read.
    private let start = time(nil)
    /// What is known now.
    private(set) var index = RunIndex()
    /// Entries that were not known before.
    private(set) var newEntries = 0

    init(_ results: URL, known: RunIndex) { (self.results, self.known) = (results, known) }

    mutating func runs(of experiment: String?) -> [RunSummary] {
      // Of experiments that are not looked at the index keeps what it has.
      if let experiment { index.entries = known.entries.filter { $0.key.experiment != experiment } }
      let runs = RunListing.names(in: results, experiment: experiment).compactMap { summary($0) }
      return runs.sorted { ($0.started, $0.experiment, $0.run) < ($1.started, $1.experiment, $1.run) }
    }

    /// The run of a folder; nil for what is no folder.
    private mutating func summary(_ name: RunName) -> RunSummary? {
      let path = "\(results.path)/\(name.experiment)/\(name.run)"
      // Before the manifest is read: one that is replaced in between is read again the next time.
      let stamp = ManifestStamp(path: path + "/manifest.json")
      guard stamp != nil || RunListing.isFolder(path) else { return nil }
      if let entry = known.entries[name], entry.stamp == stamp {
        index.entries[name] = entry
        let state = RunListing.state(entry.facts, URL(fileURLWithPath: path, isDirectory: true))
        return RunSummary(name, in: results, state: state, entry.facts)
      }
      return RunListing.summary(name, in: results, URL(fileURLWithPath: path, isDirectory: true)) { facts in
        guard let stamp, stamp.isSettled(at: start) else { return }
        index.entries[name] = RunIndex.Entry(stamp: stamp, facts: facts)
        newEntries += 1
      }
    }
  }
}
