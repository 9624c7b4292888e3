import BackendCatalog
import Compute
import Foundation
import Subprocesses

/// Whether OpenCL's drivers can be loaded without danger: this program looks for devices in a process of its own first, where a driver may
/// crash or hang.
///
/// The answer is kept with the state of every file that was loaded and with the environment, so that a start costs a few milliseconds.
enum DriverProbe {
  private static let argument = "search-opencl-devices"
  private static let timeout = Duration.seconds(10)

  /// An answer that was kept: why OpenCL cannot be used, empty where it can, and the files that were loaded.
  private struct Answer: Codable {
    var objection: String
    var files: [FileState]
  }

  // MARK: In the process that searches

  static func isAskedFor(_ arguments: [String]) -> Bool { arguments == [argument] }

  /// Starts all devices, as any command would, and prints which libraries that has loaded.
  static func answer() -> Never {
    // Where a driver crashes, nobody waits for an image of its memory.
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(Limit.core, &none)
    _ = BackendCatalog.all()
    Terminal.writeVerbatim(loadedLibraries.joined(separator: "\n"))
    Program.end(EXIT_SUCCESS)
  }

  /// Files that the system's list of this process's memory names as libraries.
  private static var loadedLibraries: [String] {
    let maps = FileManager.default.contents(atPath: "/proc/self/maps").map { String(decoding: $0, as: UTF8.self) } ?? ""
    let paths = maps.split(separator: "\n").compactMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } }
    return Set(paths.filter { $0.contains(".so") }).sorted()
  }

  // MARK: In the process that asks

  /// Why OpenCL's library is not to be loaded; nil where it may be.
  ///
  /// - Parameter looksAgain: does not believe a kept answer that forbids it, as where the user names an OpenCL device.
  static func objection(looksAgain: Bool) -> String? {
    let key = key(), store = KeptAnswers.named("drivers")
    if let kept: Answer = store?.load(key), kept.files.allSatisfy(\.isCurrent), kept.objection.isEmpty || !looksAgain {
      return kept.objection.isEmpty ? nil : kept.objection + " (found before; `isthmus devices` looks again)"
    }
    do throws(ChildProcess.Failure) {
      let answer = try search()
      store?.store(answer, for: key)
      return answer.objection.isEmpty ? nil : answer.objection
    } catch {
      // The drivers would find as little room for their threads.
      return "no process could be started to look for devices: \(error.reason)"
    }
  }

  private static func search() throws(ChildProcess.Failure) -> Answer {
    var child = ChildProcess(executable, [argument])
    child.timeout = timeout
    child.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { _, off in off }
    let outcome = try child.run()
    let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n").map(String.init)
    switch outcome.end {
    case .exit(0): return Answer(objection: "", files: lines.compactMap(FileState.init))
    case .exit(let code): return Answer(objection: "a driver ended the process with exit code \(code). " + remedy, files: [])
    case .signal(let number): return Answer(objection: "a driver crashed (\(String(cString: strsignal(number)))). " + remedy, files: [])
    case .timeout: return Answer(objection: "a driver did not answer in \(timeout.components.seconds) s. " + remedy, files: [])
    }
  }

  private static let remedy =
    "Other devices are not concerned. Find the driver with `clinfo` and update or remove it, or keep it out by OCL_ICD_VENDORS"

  static var executable: String {
    // The file of this very process, even where another has taken its place since.
    FileManager.default.fileExists(atPath: "/proc/self/exe")
      ? "/proc/self/exe" : Bundle.main.executablePath ?? CommandLine.arguments[0]
  }

  /// All that may change which libraries are loaded and what they do: this program, the environment, the list of drivers, the
  /// system's list of libraries, and when the machine was started, with which drivers in its kernel.
  static func key() -> String {
    let environment = ProcessInfo.processInfo.environment
    let variables = environment.filter { !isIrrelevant($0.key) }.map { "\($0.key)=\($0.value)" }.sorted()
    let vendors = environment["OCL_ICD_VENDORS"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/etc/OpenCL/vendors"
    let drivers = ((try? FileManager.default.contentsOfDirectory(atPath: vendors)) ?? []).sorted().map { "\(vendors)/\($0)" }
    // A driver file holds the name of a library, often its path.
    let named = drivers.compactMap { try? String(contentsOfFile: $0, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines) }
    let files = ["/etc/ld.so.cache", environment["ISTHMUS_OPENCL_LIBRARY"] ?? ""] + [vendors] + drivers + named
    let states = files.map { "\($0) \(FileState($0).map(String.init(describing:)) ?? "-")" }
    let boot = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id").map { String(decoding: $0, as: UTF8.self) } ?? ""
    // A driver may fail for want of threads or memory alone.
    let limits = [Limit.processes, Limit.memory, Limit.files].map { number in
      var limit = rlimit()
      getrlimit(number, &limit)
      return "\(limit.rlim_cur)"
    }
    return ([programState, boot] + variables + states + limits).joined(separator: "\n")
  }

  /// Version and file of this program.
  static var programState: String { "\(Program.version) \(FileState(executable).map(String.init(describing:)) ?? "")" }

  /// Variables of shells, terminals and jobs that differ from one command to the next and say nothing to a driver.
  private static func isIrrelevant(_ name: String) -> Bool {
    ["PWD", "OLDPWD", "_", "SHLVL", "TERM", "COLUMNS", "LINES", "PS1", "WINDOWID", "TMUX", "TMUX_PANE", "ISTHMUS_THREADS"].contains(name)
      || ["SLURM", "SSH_", "XDG_SESSION", "TERM_", "VTE_", "BASH_", "SWIFT_BACKTRACE"].contains { name.hasPrefix($0) }
  }
}

/// Limits of a process, which systems number in types of their own.
private enum Limit {
  #if os(Linux)
  static let core = __rlimit_resource_t(RLIMIT_CORE.rawValue)
  static let processes = __rlimit_resource_t(__RLIMIT_NPROC.rawValue)
  static let memory = __rlimit_resource_t(RLIMIT_AS.rawValue)
  static let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
  static let (core, processes, memory, files) = (RLIMIT_CORE, RLIMIT_NPROC, RLIMIT_AS, RLIMIT_NOFILE)
  #endif
}

/// Whether a file is the one that it was.
struct FileState: Codable, Equatable {
  let path: String
  let modified, nanoseconds: Int
  let size: Int
  let inode: UInt64

  /// State of the file; nil where there is no such file.
  init?(_ path: String) {
    var state = stat()
    guard stat(path, &state) == 0 else { return nil }
    #if os(Linux)
    let time = state.st_mtim
    #else
    let time = state.st_mtimespec
    #endif
    self.path = path
    (modified, nanoseconds, size, inode) = (time.tv_sec, time.tv_nsec, Int(state.st_size), UInt64(state.st_ino))
  }

  var isCurrent: Bool { FileState(path) == self }
}
