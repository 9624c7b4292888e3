import Foundation

extension RunListing {
  /// The folder of the run that a person means by `text`: a folder with a manifest, or a run-id, the beginning of one, or either behind its
  /// experiment's name as in `bottleneck/3f2a`.
  ///
  /// - Throws: `ResultsError.noSuchRun`; `.ambiguousRun` with the runs that could be meant; `.notARun` for a folder of something else.
  public static func directory(of text: String, in results: URL) throws(ResultsError) -> URL {
    let folder = URL(fileURLWithPath: text, isDirectory: true)
    if FileManager.default.fileExists(atPath: Manifest.file(in: folder).path) { return folder }
    let names = names(in: results).filter { isFolder("\(results.path)/\($0.experiment)/\($0.run)") }
    let exact = names.filter { $0.run == text || $0.path == text }
    let meant = exact.isEmpty ? names.filter { $0.run.hasPrefix(text) || $0.path.hasPrefix(text) && text.contains("/") } : exact
    switch meant.count {
    case 1: return results.appending(path: meant[0].path, directoryHint: .isDirectory)
    case 0: throw isFolder(folder.path) ? .notARun(directory: text) : .noSuchRun(text, results: results.relativePath)
    default: throw .ambiguousRun(text, runs: meant.map(\.path))
    }
  }
}

extension RunName {
  fileprivate var path: String { "\(experiment)/\(run)" }
}
