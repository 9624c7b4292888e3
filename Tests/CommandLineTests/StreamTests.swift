import Foundation
import TestSupport
import Testing

/// Standard streams that are closed, full, or whose reader goes away.
@Suite struct StreamTests {
  private static let run =
    "run bottleneck --train 20 --test 10 --bottlenecks 1,inf --draws 1 --steps 5 --device cpu --no-plots --compare same --twin none"

  /// Runs a line of a shell in which `isthmus` stands for the program.
  private func shell(_ line: String, in folder: URL) throws -> (exitCode: Int32, output: String, errors: String) {
    let process = Process(), files = try TemporaryFolder()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "isthmus() { \"$PROGRAM\" \"$@\"; }; \(line)"]
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging([
      "ISTHMUS_TILES": "off", "ISTHMUS_REVISION": "tests", "PROGRAM": try Invocation.program().path,
    ]) { _, new in new }
    for name in ["output", "errors"] { try files.write(name, "") }
    let (output, errors) = (files.url.appending(path: "output"), files.url.appending(path: "errors"))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8), try String(contentsOf: errors, encoding: .utf8))
  }

  private struct Kept: Equatable {
    var status: String
    var records: Int
    var bytesInLock: Int
  }

  /// What a run left: the status of its manifest, lines that are records and lines that are none, and whether its lock stayed empty.
  private func kept(in folder: TemporaryFolder) throws -> Kept {
    func text(_ name: String) throws -> String {
      let path = try #require(folder.files.first { $0.hasSuffix(name) }, "\(folder.files)")
      return try String(contentsOf: folder.url.appending(path: path), encoding: .utf8)
    }
    let lines = try text("records.jsonl").split(separator: "\n")
    #expect(lines.allSatisfy { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) != nil })
    let manifest = try JSONSerialization.jsonObject(with: Data(text("manifest.json").utf8)) as? [String: Any]
    return Kept(status: manifest?["status"] as? String ?? "", records: lines.count, bytesInLock: try text("/lock").utf8.count)
  }

  /// Only messages are lost, and none of them goes into a file of the run.
  @Test(arguments: ["2>/dev/full", "2>&-", ">&-", ">&- 2>&-", "<&- 2>&-", "<&- >&- 2>&-", "2> >(exec true)"])
  func messagesThatAreLostChangeNothing(_ redirection: String) throws {
    let whole = try TemporaryFolder(), folder = try TemporaryFolder()
    #expect(try shell("isthmus \(Self.run)", in: whole.url).exitCode == 0)
    let outcome = try shell("isthmus \(Self.run) \(redirection)", in: folder.url)
    #expect(outcome.exitCode == 0, "\(redirection): \(outcome)")
    let left = try kept(in: folder)
    #expect(try left == kept(in: whole), "\(redirection)")
    #expect(left.status == "finished" && left.bytesInLock == 0)
  }

  /// The work is done all the same, and that its output is lost is told.
  @Test(arguments: [(">/dev/full", Int32(1)), ("--json >/dev/full", 1), (">/dev/full 2>/dev/full", 1), ("| exec true", 141)])
  func outputThatIsLostIsAFailureOfAFinishedRun(_ redirection: String, _ exitCode: Int32) throws {
    let folder = try TemporaryFolder()
    let line = redirection.hasPrefix("|") ? "set -o pipefail; isthmus \(Self.run) \(redirection)" : "isthmus \(Self.run) \(redirection)"
    let outcome = try shell(line, in: folder.url)
    #expect(outcome.exitCode == exitCode, "\(redirection): \(outcome)")
    #expect(try kept(in: folder).status == "finished", "\(redirection)")
    if exitCode == 1, !redirection.contains("2>") { #expect(outcome.errors.contains("standard output cannot be written: No space left")) }
    if exitCode == 141 { #expect(!outcome.errors.contains("error"), "\(outcome)") }
  }

  /// Every way in which the program prints.
  @Test(arguments: [
    "--help", "--version", "list", "list --json", "help run", "devices --json", "--generate-completion-script bash",
    "run bottleneck --train 20 --test 10 --device cpu --plan --json", "check --device reference --filter fillNormal --precision float32",
  ])
  func lostOutputIsNeverASuccess(_ command: String) throws {
    let folder = try TemporaryFolder()
    let full = try shell("isthmus \(command) >/dev/full", in: folder.url)
    #expect(full.exitCode == 1 && full.errors.contains("standard output cannot be written"), "\(command): \(full)")
    let closed = try shell("isthmus \(command) >&-", in: folder.url)
    #expect(closed.exitCode == 0, "\(command): \(closed)")
  }

  @Test(arguments: ["bogus", "plot nothing", "run bottleneck --train 0"])
  func errorsKeepTheirExitCodeWhereTheyCannotBeWritten(_ command: String) throws {
    let folder = try TemporaryFolder()
    let told = try shell("isthmus \(command)", in: folder.url).exitCode
    #expect(told != 0)
    for redirection in ["2>/dev/full", "2>&-", "2>/dev/full >/dev/full"] {
      #expect(try shell("isthmus \(command) \(redirection)", in: folder.url).exitCode == told, "\(command) \(redirection)")
    }
  }
}
