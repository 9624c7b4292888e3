/// What can go wrong when results are stored or read.
public enum ResultsError: Error, Equatable, CustomStringConvertible {
  /// `name` would become part of a path and holds something other than letters, digits, `-`, `+`, `_`, `.`, or begins with `.`.
  case invalidName(what: String, name: String)
  /// A value of the run's description cannot be written as JSON.
  case cannotEncode(what: String, reason: String)
  /// Nothing can be written in the folder; found before any work is done.
  case notWritable(path: String, reason: String)
  /// The file system has less room than the run expects to need; found before any work is done.
  case notEnoughSpace(path: String, expectedBytes: Int, availableBytes: Int)
  /// Another process (or another store in this one) writes this run.
  case locked(directory: String)
  /// A run on a file system without locks that a process of another host holds, or held when it was killed.
  case heldElsewhere(directory: String, file: String, host: String, process: Int)
  /// The folder holds another run than the one asked for.
  case contradiction(directory: String, field: String, recorded: String, requested: String)
  /// The folder holds records, but no manifest says what they are.
  case noManifest(directory: String)
  /// Line `line` (counted from 1) of a records file is not one flat JSON object, or not a record of its experiment.
  case malformedRecord(path: String, line: Int, reason: String)
  /// Line `line`, or one before it, is not what was recorded.
  case damagedRecords(path: String, line: Int)
  /// Lines are missing at the end.
  case lostRecords(path: String, found: Int, recorded: Int)
  /// What the bits of numbers depend on differs from when the run was left.
  case otherNumerics(directory: String, differences: [NumericsDifference])
  /// More than one run could be meant.
  case ambiguous(directories: [String])
  /// A manifest or an array cannot be understood.
  case malformedFile(path: String, reason: String)
  /// A file is no checkpoint that can be continued from.
  case unusableCheckpoint(path: String, CheckpointFault)
  /// A checkpoint lacks an array that was asked for, or has it in another shape (`found`; nil where it is absent).
  case noSuchArray(name: String, expected: [Int], found: [Int]?)
  /// A checkpoint's state is not of the type that was asked for.
  case cannotDecode(what: String, reason: String)
  /// A NaN or an infinity was to be stored.
  case notFinite(key: String, value: String)
  /// The shape of an array does not match its number of elements.
  case shapeMismatch(name: String, shape: [Int], count: Int)
  /// A write failed, for example because the disk is full. What was recorded before is intact.
  case cannotWrite(path: String, reason: String)
  /// A file is missing or cannot be read.
  case cannotRead(path: String, reason: String)
  /// The run was already marked finished or failed.
  case closed(directory: String)
  /// No run's id begins with a text, and no run lies in a folder of that name.
  case noSuchRun(String, results: String)
  /// A text with which the ids of several runs begin.
  case ambiguousRun(String, runs: [String])
  /// A folder without the files of a run.
  case notARun(directory: String)
  /// A run that is out of the listing, but of which files remain.
  case notRemoved(path: String, reason: String)
  /// A text that is no condition on runs.
  case unclearCondition(String)
  /// A name that no run has a setting of, and that is none of what every run has.
  case unknownSetting(String, known: [String])

  private static let shownRuns = 10

  private static func repair(_ path: String, _ line: Int) -> String {
    "Restore the file from a copy, or delete it from this line on (sed -i '\(line),$d' records.jsonl): the same command then computes the rest again."
  }

  public var description: String {
    switch self {
    case .invalidName(let what, let name):
      "results: the \(what) '\(name)' cannot be part of a path; use letters, digits, '-', '+', '_' and '.', not beginning with '.'."
    case .cannotEncode(let what, let reason):
      "results: the \(what) cannot be written as JSON: \(reason)"
    case .notWritable(let path, let reason):
      "results: cannot write in \(path): \(reason). Choose another results folder or change its permissions."
    case .notEnoughSpace(let path, let expected, let available):
      "results: \(path) has \(available) bytes free; the run expects to need \(expected). Free some space or choose another results folder."
    case .locked(let directory):
      "results: \(directory) is being written by another run with the same parameters. Wait for it, or change the parameters."
    case .heldElsewhere(let directory, let file, let host, let process):
      "results: \(directory) is held by process \(process) on host \(host); this file system has no locks, so whether it still runs cannot be "
        + "seen from here. Wait for it; if it has ended, delete \(file)."
    case .contradiction(let directory, let field, let recorded, let requested):
      "results: \(directory) holds another run: its \(field) is \(recorded), asked for was \(requested). "
        + "Move that folder away, or choose another results folder."
    case .noManifest(let directory):
      "results: \(directory) holds records but no manifest.json; expected both. Move that folder away."
    case .malformedRecord(let path, let line, let reason):
      "results: \(path), line \(line): \(reason); expected one flat JSON object with the values that the experiment writes. "
        + ResultsError.repair(path, line)
    case .damagedRecords(let path, let line):
      "results: \(path), line \(line): this line, or one before it, is not what was recorded (records.crc): a line was changed or lost. "
        + ResultsError.repair(path, line)
    case .lostRecords(let path, let found, let recorded):
      "results: \(path) has \(found) lines; \(recorded) were recorded. Restore the file from a copy, or continue the run: the same command "
        + "computes again what is lost."
    case .otherNumerics(let directory, let differences):
      "results: \(directory) was computed with \(differences.map { "\($0.name) \($0.recorded)" }.joined(separator: ", ")), and would go on with "
        + "\(differences.map { "\($0.name) \($0.present)" }.joined(separator: ", ")). Its numbers would not be bit for bit those of one run. "
        + "--continue-elsewhere goes on all the same, and notes it in the manifest; another results folder begins anew."
    case .ambiguous(let directories):
      "results: \(directories.joined(separator: " and ")) hold runs with these settings of other devices, none of them finished. Expected one "
        + "to continue: move the others away, or give --device of the one that is meant."
    case .malformedFile(let path, let reason):
      "results: \(path): \(reason)"
    case .unusableCheckpoint(let path, let fault):
      "results: the checkpoint \(path) \(fault). Delete the file to begin again."
    case .noSuchArray(let name, let expected, let found):
      "results: expected the checkpoint's array '\(name)' of shape \(expected), found \(found.map { "shape \($0)" } ?? "none"). "
        + "It belongs to other settings or to another version of this program; delete its file to begin again."
    case .cannotDecode(let what, let reason):
      "results: the \(what) cannot be understood: \(reason). It belongs to another version of this program; delete its file to begin again."
    case .notFinite(let key, let value):
      "results: '\(key)' is \(value); only finite numbers are stored. Record null on purpose with RecordValue(nullIfNotFinite:)."
    case .shapeMismatch(let name, let shape, let count):
      "results: array '\(name)' has \(count) elements; its shape \(shape) expects \(ArrayShape.count(shape).map(String.init) ?? "what no memory holds")."
    case .cannotWrite(let path, let reason):
      "results: writing \(path) failed: \(reason). All that was recorded before is intact; run again to continue."
    case .cannotRead(let path, let reason):
      "results: reading \(path) failed: \(reason)"
    case .closed(let directory):
      "results: \(directory) was already marked finished or failed; open it again to add to it."
    case .noSuchRun(let text, let results):
      "results: no run in \(results) has an id that begins with '\(text)', and there is no folder of that name. See `isthmus results`."
    case .ambiguousRun(let text, let runs):
      "results: '\(text)' may be \(runs.prefix(ResultsError.shownRuns).joined(separator: ", "))"
        + "\(runs.count > ResultsError.shownRuns ? " or \(runs.count - ResultsError.shownRuns) more" : ""). Give more of the id, or EXPERIMENT/ID."
    case .notARun(let directory):
      "results: \(directory) is not the folder of a run: it has no manifest.json. See `isthmus results`."
    case .notRemoved(let path, let reason):
      "results: the run is removed from the listing, but not all of its files: \(reason). What is left lies in \(path); delete that."
    case .unclearCondition(let text):
      "results: the condition '\(text)' cannot be understood; expected NAME=VALUE, or !=, <, <=, >, >= or ~ (VALUE is in a list) in place of =."
    case .unknownSetting(let name, let known):
      "results: no run here has a setting '\(name)'; choose from \(known.joined(separator: ", "))."
    }
  }
}
