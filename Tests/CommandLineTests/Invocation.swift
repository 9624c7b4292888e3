import Foundation
import TestSupport
import Testing

/// One run of the program in a folder of its own or a given one.
struct Invocation {
  let exitCode: Int32
  let output: String
  let errors: String

  /// Runs `isthmus` with `arguments` and waits for its end.
  ///
  /// - Parameter variables: of the environment, in place of those of the tests.
  init(_ arguments: [String], in folder: URL = FileManager.default.temporaryDirectory, variables: [String: String] = [:]) throws {
    let files = try TemporaryFolder()
    let environment = ProcessInfo.processInfo.environment.merging(["ISTHMUS_TILES": "off"]) { _, off in off }
    let process = try Invocation.start(
      arguments, in: folder, output: files.url, environment: environment.merging(variables) { _, own in own })
    process.waitUntilExit()
    exitCode = process.terminationStatus
    output = try String(contentsOf: files.url.appendingPathComponent("output"), encoding: .utf8)
    errors = try String(contentsOf: files.url.appendingPathComponent("errors"), encoding: .utf8)
  }

  /// Starts `isthmus`; its standard output and error go to the files `output` and `errors` in `output`.
  static func start(_ arguments: [String], in folder: URL, output: URL, environment: [String: String]? = nil) throws -> Process {
    let process = Process()
    process.executableURL = try program()
    process.arguments = arguments
    process.currentDirectoryURL = folder
    // Tests run beside each other; threads of the linear algebra would only wait for one another. What the user has tuned is left out.
    process.environment = (environment ?? ProcessInfo.processInfo.environment.merging(["ISTHMUS_TILES": "off"]) { _, off in off })
      .merging(["OPENBLAS_NUM_THREADS": "1"]) { _, new in new }
    for name in ["output", "errors"] { try Data().write(to: output.appendingPathComponent(name)) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output.appendingPathComponent("output"))
    process.standardError = try FileHandle(forWritingTo: output.appendingPathComponent("errors"))
    try process.run()
    return process
  }

  static func program() throws -> URL { try #require(executable, "isthmus is not beside the tests; build all products") }

  /// The program as built with these tests: in the folder of the test bundle, or of the tests' executable.
  static var executable: URL? {
    let bundles = Bundle.allBundles.map(\.bundleURL) + [Bundle.main.bundleURL, Bundle.main.executableURL].compactMap { $0 }
    let arguments = CommandLine.arguments.map { URL(fileURLWithPath: $0) }
    let folders = (bundles + arguments).flatMap { [$0, $0.deletingLastPathComponent()] }
    return folders.map { $0.appendingPathComponent("isthmus") }.first { url in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue
    }
  }
}

extension Invocation: CustomTestStringConvertible {
  var testDescription: String { "exit code \(exitCode)\n\(output)\n\(errors)" }
}

extension TemporaryFolder {
  func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: url.appendingPathComponent(name)) }

  /// Paths of all files below, relative to the folder, sorted.
  var files: [String] {
    (FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []).sorted()
  }
}
