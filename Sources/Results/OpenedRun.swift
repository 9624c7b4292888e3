import DurableFiles
import Foundation

/// A run's folder, locked, checked and read; nothing that belongs to the run is changed yet.
struct OpenedRun: ~Copyable {
  let directory: URL
  let lock: RunLock
  /// The run's manifest with what this start changes.
  let manifest: Manifest
  let existing: [Record]
  /// The finished lines.
  let records: RunRecords.Scanned
  /// How many of their checksums stand in the file.
  let keptChecksums: Int

  init(
    _ description: RunDescription, in results: URL, expectedBytes: Int, _ report: @Sendable (String) -> Void
  ) throws(ResultsError) {
    let directory = try RunFolder.find(description, in: results)
    let folders = [RunArrays.folder(in: directory), directory.appendingPathComponent("figures")]
    for folder in folders { try SystemFile.createFolder(folder) }
    let lock = try RunLock(directory)
    for folder in [directory] + folders { ReplacementFile.removeLeftovers(in: folder) }
    try SystemFile.checkWritable(directory)
    try SystemFile.checkSpace(directory, expectedBytes: expectedBytes)

    let hasManifest = FileManager.default.fileExists(atPath: Manifest.file(in: directory).path)
    var manifest = hasManifest ? try Manifest.read(directory).continued(by: description, in: directory) : Manifest(description)
    let file = RunRecords.file(in: directory)
    let known = RunRecords.Recorded(checksums: try RecordChecksums.read(directory), end: manifest.records)
    var existing: [Record] = [], records = RunRecords.Scanned()
    if FileManager.default.fileExists(atPath: file.path) {
      guard hasManifest else { throw .noManifest(directory: directory.path) }
      records = try RunRecords.scan(file, known) { existing.append($0) }
    }
    let count = records.checksums.count
    if count < known.count {
      report("\(known.count - count) of \(known.count) records are lost at the end of \(file.path). What they held is computed again.")
      // Not to be found missing again.
      manifest.records = nil
    } else if let caveat = RunRecords.caveat(in: directory) {
      report(caveat)
    }
    self.directory = directory
    self.lock = lock
    self.manifest = manifest
    self.existing = existing
    self.records = records
    keptChecksums = min(known.checksums?.count ?? 0, count)
  }
}
