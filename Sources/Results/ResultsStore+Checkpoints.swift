import Foundation

extension ResultsStore {
  /// Writes `checkpoint-<name>.bin`, replacing an older one in one go; the run can be continued from it after any crash.
  ///
  /// Meanwhile the disk holds both, and appends from other threads wait.
  /// - Throws: `ResultsError.invalidName`, `.cannotWrite`, `.closed`.
  public func writeCheckpoint(_ name: String, _ checkpoint: Checkpoint) throws(ResultsError) {
    let file = try checkpointFile(name)
    try whileOpen { () throws(ResultsError) in try CheckpointFile.write(checkpoint, to: file) }
  }

  /// Reads `checkpoint-<name>.bin`; nil if there is none.
  ///
  /// - Throws: `ResultsError.invalidName`, `.cannotRead`, `.unusableCheckpoint`.
  public func readCheckpoint(_ name: String) throws(ResultsError) -> Checkpoint? {
    let file = try checkpointFile(name)
    return FileManager.default.fileExists(atPath: file.path) ? try CheckpointFile.read(file) : nil
  }

  /// Removes `checkpoint-<name>.bin`; that there is none is no error.
  ///
  /// - Throws: `ResultsError.invalidName`, `.cannotWrite`, `.closed`.
  public func removeCheckpoint(_ name: String) throws(ResultsError) {
    let file = try checkpointFile(name)
    try whileOpen { () throws(ResultsError) in try SystemFile.remove(file) }
  }

  private func checkpointFile(_ name: String) throws(ResultsError) -> URL {
    try PathName.check(name, what: "checkpoint name")
    return directory.appendingPathComponent("checkpoint-\(name).bin")
  }
}
