import Compute
import PrintableText

/// What a user can get wrong that no library part knows of.
package enum CommandLineError: Error, Equatable, CustomStringConvertible {
  /// A file that cannot be read as what it should be.
  case unreadableFile(path: String, reason: String)
  /// A file of settings with a wrong value.
  case invalidSettings(path: String, reason: String)
  /// A name of no setting.
  case unknownSetting(path: String, name: String, known: [String])
  /// An empty value of an option, or of an argument without a name.
  case emptyValue(option: String?)
  /// A results folder that is not there.
  case noResults(results: String)
  /// A results folder without runs.
  case noRuns(results: String)
  /// A choice of runs that leaves none.
  case noSuchRuns(results: String)
  /// A single run to compare with nothing.
  case nothingToCompare(run: String)
  /// Runs that are too many for one page.
  case tooManyRuns(Int, most: Int)
  /// Runs to remove, where nobody can be asked.
  case notConfirmed(runs: Int)
  /// A name of no figure format.
  case unknownFormat(String, known: [String])
  /// An experiment that draws nothing.
  case noFigures(experiment: String)
  /// A network with bottlenecks where one without is needed.
  case hasBottlenecks(path: String, widths: [Int])
  /// Points that the command cannot take.
  case invalidPoints(path: String, expected: String, got: String)
  /// A name of no kernel.
  case unknownKernel(String)
  /// A kernel with a number that is not finite.
  case notFiniteKernel(kernel: String, row: Int, column: Int, precision: Precision)
  /// A kernel of more numbers than can be counted.
  case kernelTooLarge(rows: Int, columns: Int)
  /// A disk with too little room.
  case noRoom(path: String, expectedBytes: Int, availableBytes: Int)
  /// A file that cannot be written.
  case cannotWrite(path: String, reason: String)
  /// A filter that no case passes.
  case noCase(filter: String)
  /// A precision too coarse for what is asked.
  case coarsePrecision(device: String, precision: String)
  /// Measured sizes that are switched off where they are needed.
  case tilesAreOff
  /// Names of devices that have to be there.
  case missingDevices([String])
  /// Cases of a benchmark that are slower than a bound on their speed, which `--fail-below` sets.
  case slower(cases: [String], of: Int, bound: Double)
  /// A comparison that was to tell whether something is slower, and cannot.
  case nothingToJudge(reason: String)
  /// Rows of a benchmark with a wrong result or an error.
  case failedRows([String], of: Int)
  /// Neither a result nor an error, since no case was left.
  case nothingRan
  /// Cases of the conformance suite that failed, of all reports together.
  case failedCases(Int, of: Int)
  /// A record of jobs with numbers that are wrong, here or in it.
  case failedReplay(path: String)
  /// An environment variable that is not known.
  case unknownVariable(name: String, meant: String)
  /// A device whose results are wrong.
  case failedSelfTest(device: String, precision: String, reason: String, identifier: String)
  /// A device without sizes to choose; nil where no device has any.
  case nothingToTune(device: String?)

  package var description: String {
    switch self {
    case .unreadableFile(let path, let reason): "\(path) cannot be read: \(reason)"
    case .invalidSettings(let path, let reason): "\(path): \(reason)"
    case .unknownSetting(let path, let name, let known):
      "\(path): the setting '\(name)' is not known; choose from \(known.joined(separator: ", "))."
    case .emptyValue(let option?): "\(option): expected a value, got an empty text; leave the option out for its default."
    case .emptyValue(nil): "an argument is an empty text; expected a name or a folder, or nothing."
    case .noResults(let results):
      "there is no folder \(results); start a run with `isthmus run`, or name the folder of your results with --results."
    case .noRuns(let results): "\(results) holds no run; start one with `isthmus run`, or name another folder with --results."
    case .noSuchRuns(let results): "no run in \(results) is what --where and the like ask for; see `isthmus results`."
    case .nothingToCompare(let run): "\(run) is one run; expected two or more to compare."
    case .tooManyRuns(let count, let most):
      "\(count) runs are too many for one page; expected at most \(most). Choose among them with --where and the like."
    case .notConfirmed(let runs): "removing \(runs == 1 ? "a run" : "\(runs) runs") needs --yes where there is no terminal to ask on."
    case .unknownFormat(let format, let known): "the format '\(format)' is not known; choose from \(known.joined(separator: ", "))."
    case .noFigures(let experiment): "the experiment '\(experiment)' has no figures."
    case .hasBottlenecks(let path, let widths):
      "\(path) has bottlenecks of width \(widths.map(String.init).joined(separator: ", ")), and a kernel belongs to one block. "
        + "Give a single block, or --composed for the network whose bottlenecks are infinitely wide."
    case .invalidPoints(let path, let expected, let got): "\(path): expected \(expected), got \(got)."
    case .unknownKernel(let text): "--get: expected nngp, ntk or nngp,ntk, got '\(text)'."
    case .notFiniteKernel(let kernel, let row, let column, let precision):
      "\(kernel)[\(row), \(column)] is beyond the numbers of \(precision). Scale the inputs or the weight variances down"
        + (precision == .float32 ? ", or choose --precision float64." : ".")
    case .kernelTooLarge(let rows, let columns): "a kernel of \(rows) by \(columns) points is larger than any file; take fewer points."
    case .noRoom(let path, let expected, let available):
      "\(path): the kernels take \(expected.byteText), and the disk has room for \(available.byteText). "
        + "Take fewer points, --precision float32, one kernel with --get, or another disk."
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    case .noCase(let filter): "no case contains '\(filter)'; filter by an operation such as gemm or blockKernel."
    case .missingDevices(let names):
      "missing: \(names.joined(separator: ", ")). See above for the reason; name with --device or --require what this machine has."
    case .slower(let cases, let count, let bound):
      "\(cases.count) of \(count) cases ran at less than \(bound) of their former speed, beyond what chance explains: "
        + "\(Self.list(cases)). Measure again where the machine was busy; otherwise look for what changed."
    case .nothingToJudge(let reason): "--fail-below: no case can be judged: \(reason)"
    case .failedRows(let rows, let count):
      "\(rows.count) of \(count) rows FAILED: \(Self.list(rows)). The lines FAILED say why; "
        + "`isthmus check` tells whether the device computes correctly."
    case .nothingRan: "nothing ran: no case has this precision on these devices. Leave out --precision or --filter."
    case .failedCases(let failed, let count):
      "\(failed) of \(count) cases FAILED: the device computes wrongly, or not at all. The lines `again:` repeat each; "
        + "update the driver or choose another device."
    case .failedReplay(let path): "\(path): the jobs of this record do not have the results that they should; see the lines above."
    case .unknownVariable(let name, let meant): "the environment variable \(name) is not known; did you mean \(meant)? Rename or unset it."
    case .failedSelfTest(let device, let precision, let reason, let identifier):
      "\(device) computes wrongly in \(precision), and its numbers are not to be believed: \(reason). `isthmus check --device \(identifier)` "
        + "shows all of it. Update its driver, remove measured tiles by `isthmus tune --reset`, or choose another device."
    case .tilesAreOff:
      "tiles can be neither kept nor read: ISTHMUS_TILES is off, or there is no home for the user's cache. Name a folder in ISTHMUS_TILES."
    case .nothingToTune(let device?):
      "\(device) has nothing to tune: only kernels of OpenCL devices have sizes to choose (the loops of cpu are compiled with theirs for "
        + "each instruction set). See `isthmus devices` for OpenCL devices."
    case .nothingToTune(nil):
      "no device here has anything to tune: only OpenCL devices do, and none was found. See `isthmus devices` for the reason."
    case .coarsePrecision(let device, let precision):
      "\(device) has no \(precision), in which the results of an experiment are kept. Choose another device (see `isthmus devices`)."
    }
  }

  /// Some names, and how many more there are.
  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: "; ") + (names.count > 5 ? "; and \(names.count - 5) more" : "")
  }
}
