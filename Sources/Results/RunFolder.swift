import Foundation

/// Where the results of a run lie.
public enum RunFolder {
  /// `results/<experiment>/<run-id>`; for a run that is continued elsewhere and has no folder under its own id, the one that it began in.
  ///
  /// - Throws: `ResultsError.ambiguous` where several could be meant, `.invalidName`.
  public static func find(_ description: RunDescription, in results: URL) throws(ResultsError) -> URL {
    try PathName.check(description.experiment, what: "experiment")
    let own = results.appendingPathComponent(description.experiment).appendingPathComponent(description.runID)
    guard description.continuesElsewhere, !hasManifest(own) else { return own }
    let others = others(like: description, in: results), unfinished = others.filter { $0.status != .finished }
    switch (unfinished.count, others.count) {
    case (1, _): return unfinished[0].directory
    case (0, 1): return others[0].directory
    case (0, 0): return own
    default: throw .ambiguous(directories: (unfinished.isEmpty ? others : unfinished).map(\.directory.path))
    }
  }

  /// Runs with these settings that another device began.
  public static func begunElsewhere(_ description: RunDescription, in results: URL) -> [URL] {
    others(like: description, in: results).map(\.directory)
  }

  /// A file of a run.
  public struct File: Equatable, Sendable {
    /// Path within the run's folder.
    public let name: String
    /// Size of the file.
    public let bytes: Int
  }

  /// The files of a run and of the folders in it, by name; hidden ones and what links point to are left out.
  public static func files(in directory: URL) -> [File] {
    let names = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
    return names.filter { name in !name.split(separator: "/").contains { $0.hasPrefix(".") } }.sorted().compactMap { name in
      var status = stat()
      guard lstat("\(directory.path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      return File(name: name, bytes: Int(status.st_size))
    }
  }

  private static func others(like description: RunDescription, in results: URL) -> [(directory: URL, status: Manifest.Status)] {
    let wanted = description.withoutDevice(description.identity).canonicalText
    return RunListing.runs(in: results, experiment: description.experiment).compactMap { run in
      guard run.run != description.runID, let manifest = try? Manifest.read(run.directory),
        description.withoutDevice(manifest.identity).canonicalText == wanted
      else { return nil }
      return (run.directory, manifest.status)
    }
  }

  private static func hasManifest(_ directory: URL) -> Bool {
    FileManager.default.fileExists(atPath: Manifest.file(in: directory).path)
  }
}
