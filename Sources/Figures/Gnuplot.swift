import DurableFiles
import Foundation
import Subprocesses

/// The gnuplot program, run as a subprocess.
public struct Gnuplot: Sendable {
  /// The program's file.
  public let executable: URL
  /// How long one figure may take.
  let timeLimit: Duration

  /// Looks in `ISTHMUS_GNUPLOT` (a path), else along `PATH`.
  ///
  /// - Throws: `FigureError.notInstalled`.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(FigureError) {
    try self.init(environment: environment, timeLimit: .seconds(120))
  }

  /// Finds the program that the environment names, or the one on its path.
  package init(environment: [String: String] = ProcessInfo.processInfo.environment, timeLimit: Duration) throws(FigureError) {
    let named = environment["ISTHMUS_GNUPLOT"].flatMap { $0.isEmpty ? nil : $0 }
    let folders = (environment["PATH"] ?? "").split(separator: ":").map { String($0) + "/gnuplot" }
    let candidates = named.map { [$0] } ?? folders
    guard let path = candidates.first(where: Gnuplot.isProgram) else {
      throw .notInstalled(searched: named.map { "ISTHMUS_GNUPLOT=\($0)" } ?? "PATH")
    }
    // Absolute: gnuplot is started in a folder of its own.
    executable = URL(fileURLWithPath: path).absoluteURL
    self.timeLimit = timeLimit
  }

  /// Looks whether `ISTHMUS_GNUPLOT`, where it is set, names a program, for a command that will draw at its end.
  ///
  /// - Throws: `FigureError.notInstalled`.
  public static func checkVariable(environment: [String: String] = ProcessInfo.processInfo.environment) throws(FigureError) {
    if environment["ISTHMUS_GNUPLOT"]?.isEmpty == false { _ = try Gnuplot(environment: environment) }
  }

  /// The formats among these that this gnuplot was built to draw.
  ///
  /// - Throws: `FigureError.formatsNotAvailable` where it draws none of them; `.gnuplotFailed`, `.gnuplotTooSlow`, `.cannotWrite`.
  public func available(_ formats: [FigureFormat]) throws(FigureError) -> [FigureFormat] {
    let answer = try run("set print '\(GnuplotScript.output)'\nprint GPVAL_TERMINALS\n", figure: "")
    let terminals = Set(String(decoding: answer, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init))
    // One that does not say is tried.
    let drawn = terminals.isEmpty ? formats : formats.filter { terminals.contains($0.terminal) }
    guard !drawn.isEmpty || formats.isEmpty else { throw .formatsNotAvailable(formats) }
    return drawn
  }

  private static func isProgram(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
      && FileManager.default.isExecutableFile(atPath: path)
  }

  /// What gnuplot writes to `GnuplotScript.output` as it runs `script`; empty where it writes nothing there.
  ///
  /// It is started without a shell, in an empty folder that is removed again: a script needs no path. Neither the user's own gnuplot
  /// settings nor variables of the environment that are gnuplot's are read.
  ///
  /// - Parameter figure: its name, for errors.
  /// - Throws: `FigureError.gnuplotFailed` with what gnuplot wrote to its standard error, `.gnuplotTooSlow`, `.cannotWrite`.
  package func run(_ script: String, figure: String) throws(FigureError) -> Data {
    let folder = try Gnuplot.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    // A file: what a program reads from a pipe has to be written meanwhile.
    let script = (text: script, file: folder.appendingPathComponent("script"))
    do {
      try Data(script.text.utf8).write(to: script.file)
    } catch {
      throw .cannotWrite(path: script.file.path, reason: "\(error)")
    }
    var gnuplot = ChildProcess(executable.path, ["-d"])
    gnuplot.environment = Gnuplot.environment(ProcessInfo.processInfo.environment)
    gnuplot.folder = folder.path
    gnuplot.input = script.file.path
    gnuplot.timeout = timeLimit
    gnuplot.mostBytes = 1 << 14
    let outcome: ChildProcess.Outcome
    do {
      outcome = try gnuplot.run()
    } catch {
      throw .gnuplotFailed(figure: figure, status: -1, message: error.description)
    }
    switch outcome.end {
    case .exit(0): return (try? Data(contentsOf: folder.appendingPathComponent(GnuplotScript.output))) ?? Data()
    case .timeout: throw .gnuplotTooSlow(figure: figure, limit: timeLimit)
    case .exit(let status), .signal(let status):
      let message = String(decoding: outcome.errors, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      throw .gnuplotFailed(figure: figure, status: status, message: message)
    }
  }

  /// A new folder that nobody else can write in.
  private static func emptyFolder() throws(FigureError) -> URL {
    do {
      return try PrivateFolder.makeEmpty(in: FileManager.default.temporaryDirectory, prefix: "isthmus-gnuplot-").url
    } catch {
      throw .cannotWrite(path: error.path, reason: "\(error.reason); TMPDIR names another folder for files in passing")
    }
  }

  /// The environment without what would change gnuplot's terminal, fonts or files: a figure is the same for every user.
  package static func environment(_ own: [String: String]) -> [String: String] {
    own.filter { !$0.key.hasPrefix("GNUPLOT") && !["GNUTERM", "GNUHELP"].contains($0.key) }
  }
}
