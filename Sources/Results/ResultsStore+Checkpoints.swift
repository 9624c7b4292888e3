import Foundation

extension ResultsStore {
  /// Writes `checkpoint-<name>.bin`, replacing an older one in one go; the run can be continued from it after any crash.
  ///
  /// Meanwhile the disk holds both, and appends from other threads wait.
  /// - Throws: `ResultsError.invalidName`, `.cannotWrite`, `.closed`.
  public func writeCheckpoint(_ name: String, _ checkpoint: Checkpoint) throws(ResultsError) {
    let file = try checkpointFile(name)
    try whileOpen { (prefix) throws(ResultsError) in
      var checkpoint = checkpoint
      checkpoint.records = prefix
      try CheckpointFile.write(checkpoint, to: file)
    }
  }

  /// Reads `checkpoint-<name>.bin`; nil if there is none, and where it builds on records that are lost: then that is reported, and what it
  /// held has to be computed again.
  ///
  /// - Throws: `ResultsError.invalidName`, `.cannotRead`, `.unusableCheckpoint`.
  public func readCheckpoint(_ name: String) throws(ResultsError) -> Checkpoint? {
    let file = try checkpointFile(name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let checkpoint = try CheckpointFile.read(file)
    guard let records = checkpoint.records, !hasRecords(records) else { return checkpoint }
    report(
      "\(file.lastPathComponent) is not used: it builds on \(records.count) records of which some are lost. Its part of the run is "
        + "computed again.")
    return nil
  }

  /// Removes `checkpoint-<name>.bin`; that there is none is no error.
  ///
  /// - Throws: `ResultsError.invalidName`, `.cannotWrite`, `.closed`.
  public func removeCheckpoint(_ name: String) throws(ResultsError) {
    let file = try checkpointFile(name)
    try whileOpen { (_) throws(ResultsError) in try SystemFile.remove(file) }
  }

  private func checkpointFile(_ name: String) throws(ResultsError) -> URL {
    try PathName.check(name, what: "checkpoint name")
    return directory.appendingPathComponent("checkpoint-\(name).bin")
  }
}
