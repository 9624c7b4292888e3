import Foundation
import Synchronization

/// The results of one run on disk, safe against being killed at any time.
///
/// ```
/// results/<experiment>/<run-id>/manifest.json    what is run; written before anything else
///                               records.jsonl    one flat JSON object per line, append-only
///                               records.crc      a checksum of each line
///                               arrays/*.npy     float64 arrays
///                               checkpoint-*.bin from which a run that was stopped continues
///                               figures/         made later, from the files above
///                               table.txt .csv   the table at the end of the run
///                               profile.txt .csv where its time went, if that was asked for
/// ```
/// The run is locked while the store lives. Callable from any thread. The format is described in `Documentation/results-format.md`.
public final class ResultsStore: Sendable {
  /// `results/<experiment>/<run-id>`.
  public let directory: URL
  /// Records of earlier starts of this run, in the order in which they were written.
  public let existing: [Record]
  /// Told what was found and could not be used, in words for the user.
  let report: @Sendable (String) -> Void
  private let state: Mutex<State>

  private struct State: ~Copyable {
    var manifest: Manifest
    /// The open file of records; nil once the run has ended.
    var log: RecordLog?
    var lock: RunLock?
  }

  private init(
    directory: URL, existing: [Record], manifest: Manifest, log: consuming RecordLog, lock: consuming RunLock,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.directory = directory
    self.existing = existing
    self.report = report
    state = Mutex(State(manifest: manifest, log: log, lock: lock))
  }

  /// Where figures belong; made when the run is opened.
  public var figures: URL { directory.appendingPathComponent("figures") }

  /// What `manifest.json` holds now.
  public var manifest: Manifest { state.withLock { $0.manifest } }

  /// Opens the run that `description` identifies: begins it, or continues it where it was left.
  ///
  /// Checks before any work that the folder can be written, has enough space, is not in use and holds no other run. A last line
  /// torn by a crash is cut off; records that are missing at the end are reported, and are to be computed again. Then the manifest is
  /// written, with status `running`.
  ///
  /// - Parameters:
  ///   - results: the folder of all results; made if it does not exist.
  ///   - expectedBytes: what the run will still write, estimated.
  ///   - accepts: told all records before anything is written; throws where they do not fit what is to be done.
  ///   - report: told what was found and cannot be used.
  /// - Throws: `ResultsError.notWritable`, `.notEnoughSpace`, `.locked`, `.contradiction`, `.otherNumerics`, `.ambiguous`, `.noManifest`,
  ///   `.malformedRecord`, `.damagedRecords`, `.malformedFile`; what `accepts` throws.
  public static func open(
    _ description: RunDescription, in results: URL, expectedBytes: Int = 1 << 20, accepts: (URL, [Record]) throws -> Void,
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> ResultsStore {
    let opened = try OpenedRun(description, in: results, expectedBytes: expectedBytes, report)
    try accepts(opened.directory, opened.existing)
    return try begin(opened, description, report)
  }

  /// Opens a run as the other method does, whatever the records.
  public static func open(
    _ description: RunDescription, in results: URL, expectedBytes: Int = 1 << 20, report: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(ResultsError) -> ResultsStore {
    try begin(OpenedRun(description, in: results, expectedBytes: expectedBytes, report), description, report)
  }

  private static func begin(
    _ opened: consuming OpenedRun, _ description: RunDescription, _ report: @escaping @Sendable (String) -> Void
  ) throws(ResultsError) -> ResultsStore {
    let (directory, existing, records) = (opened.directory, opened.existing, opened.records)
    var manifest = opened.manifest
    manifest.begin(description, records: records.checksums.count)
    try manifest.write(in: directory)
    let log = try RecordLog(
      RunRecords.file(in: directory), length: records.bytes, checksums: records.checksums, in: RecordChecksums.file(in: directory),
      kept: opened.keptChecksums)
    return ResultsStore(directory: directory, existing: existing, manifest: manifest, log: log, lock: opened.lock, report: report)
  }

  /// Appends one record; when this returns, a crash of the process cannot lose it.
  ///
  /// Synchronised with the disk every ten seconds, so a loss of power can cost the last seconds, but no half line ever counts.
  /// - Throws: `ResultsError.notFinite` (nothing is written), `.cannotWrite` with the system's reason, `.closed`.
  public func append(_ record: Record) throws(ResultsError) {
    let line = try record.line()
    try state.withLock { (state) throws(ResultsError) in
      guard state.log != nil else { throw .closed(directory: directory.path) }
      try state.log?.append(line)
    }
  }

  /// Waits until every record is on the disk.
  public func synchronise() throws(ResultsError) {
    try state.withLock { (state) throws(ResultsError) in try state.log?.synchronise() }
  }

  /// Writes `arrays/<name>.npy`, replacing an older one in one go.
  ///
  /// - Parameters:
  ///   - shape: the extents; their product is `values.count`.
  ///   - values: row-major, all finite.
  /// - Throws: `ResultsError.shapeMismatch`, `.notFinite`, `.invalidName`, `.cannotWrite`, `.closed`.
  public func writeArray(_ name: String, shape: [Int], _ values: [Double]) throws(ResultsError) {
    try whileOpen { (_) throws(ResultsError) in try RunArrays.write(name, shape: shape, values, in: directory) }
  }

  public var arrayNames: Set<String> { Set(RunArrays.names(in: directory)) }

  /// Reads `arrays/<name>.npy`.
  public func readArray(_ name: String) throws(ResultsError) -> (shape: [Int], values: [Double]) {
    try RunArrays.read(name, in: directory)
  }

  /// Writes a table at the end of the run: `<name>.txt`, `<name>.csv`, and `<name>.json` where `json` is given.
  ///
  /// - Parameters:
  ///   - text: for reading.
  ///   - numbers: for programs.
  public func writeTable(_ text: String, name: String = "table", numbers: TextTable, json: JSONValue? = nil) throws(ResultsError) {
    try PathName.check(name, what: "table")
    try whileOpen { (_) throws(ResultsError) in
      func file(_ suffix: String) -> URL { directory.appendingPathComponent("\(name).\(suffix)") }
      try SystemFile.replace(file("txt"), with: Array(text.utf8))
      try SystemFile.replace(file("csv"), with: Array(numbers.csv.utf8))
      if let json { try SystemFile.replace(file("json"), with: Array(json.prettyText.utf8)) }
    }
  }

  /// Marks the run finished and gives the lock back.
  ///
  /// - Parameter fallbacks: what could not be had as asked for and showed only during the work; added to those of the description.
  public func finish(fallbacks: [String] = []) throws(ResultsError) { try close(.finished, reason: nil, fallbacks) }

  /// Marks the run failed, for `reason`, and gives the lock back. It can be opened again and continued.
  ///
  /// - Parameter fallbacks: as for `finish`.
  public func fail(_ reason: String, fallbacks: [String] = []) throws(ResultsError) { try close(.failed, reason: reason, fallbacks) }

  /// Marks the run interrupted, for `reason`, and gives the lock back. It can be opened again and continued.
  public func interrupt(_ reason: String, fallbacks: [String] = []) throws(ResultsError) {
    try close(.interrupted, reason: reason, fallbacks)
  }

  func whileOpen(_ body: (RecordPrefix) throws(ResultsError) -> Void) throws(ResultsError) {
    try state.withLock { (state) throws(ResultsError) in
      guard let prefix = state.log?.prefix else { throw .closed(directory: directory.path) }
      try body(prefix)
    }
  }

  /// Whether the records begin with `prefix`. A run that has ended is not asked.
  func hasRecords(_ prefix: RecordPrefix) -> Bool {
    state.withLock { state in
      guard let checksums = state.log?.checksums else { return true }
      return prefix.begins(checksums)
    }
  }

  private func close(_ status: Manifest.Status, reason: String?, _ fallbacks: [String]) throws(ResultsError) {
    try state.withLock { (state) throws(ResultsError) in
      guard state.log != nil else { throw .closed(directory: directory.path) }
      defer {
        state.log = nil
        state.lock = nil
      }
      try state.log?.synchronise()
      var manifest = state.manifest
      manifest.status = status
      manifest.reason = reason
      manifest.ended = Manifest.now
      manifest.records = state.log?.prefix
      manifest.add(fallbacks)
      try manifest.write(in: directory)
      state.manifest = manifest
    }
  }
}
