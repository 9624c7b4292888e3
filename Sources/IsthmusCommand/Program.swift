import ArgumentParser
import BackendCatalog
import CSignals
import Compute
import ExperimentSessions
import Foundation

/// The program: settings files expanded, the command chosen and run, every error one clear message and an exit code.
enum Program {
  static let name = "isthmus"
  static let version = Provenance.version

  static func main(_ arguments: [String]) -> Never {
    Terminal.secureStreams()
    isthmus_signals_start()
    var arguments = arguments
    do {
      if DriverProbe.isAskedFor(arguments) { DriverProbe.answer() }
      arguments = try SettingsFile.expand(Arguments.prepared(arguments))
      try MistypedCommand.check(arguments)
      var command = try IsthmusCommand.parseAsRoot(arguments)
      try EnvironmentVariables.check()
      try command.run()
      end(EXIT_SUCCESS)
    } catch {
      end(report(error, arguments))
    }
  }

  /// Ends the process. Where standard output was lost a success becomes a failure, and where its reader went away what a shell shows for a
  /// program that SIGPIPE ended.
  static func end(_ code: Int32) -> Never {
    var code = code
    switch Terminal.finish() {
    case .whole: break
    case .unread: if code == EXIT_SUCCESS { code = 128 + SIGPIPE }
    case .lost(let reason):
      Terminal.writeError("error: standard output cannot be written: \(reason). What was printed is lost; files that were written are not.")
      if code == EXIT_SUCCESS { code = EXIT_FAILURE }
    }
    BackendCatalog.removeTemporaryFolders()
    fflush(nil)
    // Not `exit`: what drivers do at the end of a process has nothing to add, and some fail in it.
    _exit(code)
  }

  /// Writes the message of an error, or the help that was asked for, and says how the process should end.
  private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
    let code = IsthmusCommand.exitCode(for: error).rawValue
    if code == EXIT_SUCCESS {
      let help = IsthmusCommand.fullMessage(for: error)
      // Help without an experiment's own defaults is better than none.
      if !help.isEmpty { Terminal.writeVerbatim((try? ExperimentHelp.completed(help)) ?? help) }
    } else if let message = ErrorMessage.text(of: error, arguments: arguments) {
      Terminal.writeError(lines: message)
    }
    return code
  }
}

/// `isthmus`.
struct IsthmusCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Program.name,
      abstract: "Infinitely wide neural networks with finite bottlenecks: exact kernels and training dynamics.",
      discussion: """
        isthmus devices                 what this machine can compute on
        isthmus run bottleneck          the main experiment, on built-in digits
        isthmus run settings.yaml       the same from a file
        isthmus plot                    the figures of the newest run
        isthmus results                 runs, and the settings in which they differ
        isthmus report                  the newest run as a page of HTML
        isthmus sweep plan sweep.yaml   many runs from one file
        isthmus check --all             whether every device computes correctly
        isthmus bench                   operations beside the device's limits
        isthmus tune                    the quickest sizes of OpenCL kernels here

        Completions: `isthmus --generate-completion-script bash` (or zsh, fish) prints a script that the shell sources.
        Exit codes: 0 done; 1 failed, also where standard output was lost; 64 the command line could not be understood; 75 a run's \
        --max-time is over, or a sweep was ended by a signal; 129, 130 and 143 ended by SIGHUP, SIGINT and SIGTERM; 141 nobody read what \
        was printed. Environment variables: Documentation/environment.md.
        """,
      version: Program.version,
      subcommands: [
        DevicesCommand.self, ListCommand.self, RunCommand.self, KernelCommand.self, PlotCommand.self, ReportCommand.self,
        ResultsCommand.self, SweepCommand.self, CheckCommand.self, BenchCommand.self, TuneCommand.self,
      ])
  }
}
