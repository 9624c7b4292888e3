import DurableFiles
import Foundation

/// `.run-index` in the folder of all results: what manifests said when they were last read, so that a listing of many runs need not read
/// them all.
///
/// It is a cache and nothing more. Which runs there are, the folders say; an entry counts only while the stamp of its manifest is the one
/// it was read with. A file that is missing, torn, changed or of another version is none at all: its first line holds a checksum of the
/// rest. It is replaced as a whole, so of two processes that write it the last one's stays.
struct RunIndex: Equatable {
  struct Entry: Equatable {
    let stamp: ManifestStamp
    let facts: ManifestFacts
  }

  /// Raised with every change of the format.
  static let version = 1

  var entries: [RunName: Entry] = [:]

  static func file(in results: URL) -> URL { results.appending(path: ".run-index", directoryHint: .notDirectory) }

  /// The index of a results folder; empty where there is none that can be believed.
  static func read(in results: URL) -> RunIndex {
    guard let bytes = try? SystemFile.contents(of: file(in: results), limit: 1 << 30) else { return RunIndex() }
    return RunIndexReader.read(bytes) ?? RunIndex()
  }

  /// - Throws: `ResultsError.notWritable`.
  func write(in results: URL) throws(ResultsError) {
    do {
      try SystemFile.replace(RunIndex.file(in: results), with: RunIndexWriter.bytes(of: self))
    } catch .cannotWrite(_, let reason) {
      throw .notWritable(path: results.path, reason: reason)
    }
  }
}
