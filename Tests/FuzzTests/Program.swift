import Foundation
import Testing

/// The program as it was built with these tests.
struct Program {
  let executable: URL
  /// Options by command, such as `run bottleneck`: those that take a value.
  let options: [String: [String]]

  init() throws {
    let bundles = Bundle.allBundles.map(\.bundleURL) + [Bundle.main.bundleURL, Bundle.main.executableURL].compactMap { $0 }
    let folders = (bundles + CommandLine.arguments.map { URL(fileURLWithPath: $0) }).flatMap { [$0, $0.deletingLastPathComponent()] }
    let found = folders.map { $0.appendingPathComponent("isthmus") }.first { url in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue
    }
    executable = try #require(found, "isthmus is not beside the tests; build all products")
    let sandbox = try Sandbox()
    let help = try Child(
      executable, ["--experimental-dump-help"], in: sandbox.work, scratch: sandbox.scratch, environment: Program.environment(sandbox))
    options = Program.options(in: try JSONDecoder().decode(Help.self, from: help.output).command, path: [])
  }

  /// Runs the program in a sandbox.
  func run(_ arguments: [String], in sandbox: Sandbox) throws -> Child {
    try Child(executable, arguments, in: sandbox.work, scratch: sandbox.scratch, environment: Program.environment(sandbox))
  }

  private static func environment(_ sandbox: Sandbox) -> [String: String] {
    [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": sandbox.scratch.path, "ISTHMUS_TILES": "off",
      "OPENBLAS_NUM_THREADS": "1", "SWIFT_BACKTRACE": "enable=no", "LANG": "C.UTF-8",
      // Drivers have tests of their own, and limits of address space are not for them.
      "ISTHMUS_OPENCL_LIBRARY": "/nonexistent",
    ]
  }

  /// `--experimental-dump-help` of ArgumentParser.
  private struct Help: Decodable {
    struct Command: Decodable {
      struct Argument: Decodable {
        struct Name: Decodable { let name: String }
        let kind: String
        let preferredName: Name?
      }
      let commandName: String
      let arguments: [Argument]?
      let subcommands: [Command]?
    }
    let command: Command
  }

  private static func options(in command: Help.Command, path: [String]) -> [String: [String]] {
    let own = (command.arguments ?? []).filter { $0.kind == "option" }.compactMap { $0.preferredName?.name }
    return (command.subcommands ?? []).reduce(into: [path.joined(separator: " "): own]) { all, next in
      all.merge(options(in: next, path: path + [next.commandName])) { first, _ in first }
    }
  }
}
