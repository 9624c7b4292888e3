import Foundation
import Results
import TestSupport
import Testing

/// Every step of Documentation/tutorial.md does what the page says, with fewer points and steps.
@Suite(.enabled(if: Pages.arePresent, "the pages are not beside the tests")) struct TutorialTests {
  private static func text() throws -> String { try Pages.text("Documentation/tutorial.md") }

  /// Blocks of a kind, in the order of the page.
  private static func blocks(_ kind: String, in text: String) -> [String] {
    text.components(separatedBy: "\n```\(kind)\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
  }

  @Test func everyStepRunsInAnEmptyFolder() throws {
    let page = try Self.text(), folder = try TemporaryFolder()
    let steps = Self.blocks("sh", in: page)
    #expect(steps.count > 8)
    let small = "--train 30 --test 10 --steps 3 --feature-width 64 --device cpu"
    let script = steps.joined(separator: "\n").replacing("--train 300 --test 100", with: small)
    let output = try Self.bash(script, in: folder.url)
    for line in ["-0.9683,-0.0089,0.7128,-0.5497,good", #"line 1 names the columns; target: "state", column 5 of 5"#] {
      #expect(page.contains(line) && output.contains(line), "\(line)\n\(output)")
    }
    for line in ["continuing run", "6 of 12 units are already recorded"] {
      #expect(page.contains(line) && output.contains(line), "\(output)")
    }

    let runs = RunListing.runs(in: folder.url.appending(path: "results"))
    #expect(runs.map(\.state) == [.finished, .finished])
    let directory = try #require(runs.first).directory
    for name in ["table.txt", "table.csv", "table.json", "records.jsonl", "manifest.json", "arrays", "figures/loss.svg"] {
      #expect(FileManager.default.fileExists(atPath: directory.appending(path: name).path), "\(name)")
    }
    let lines = try String(contentsOf: folder.url.appending(path: "records.csv"), encoding: .utf8).split(separator: "\r\n")
    #expect(lines.count > 20 && lines[0].hasSuffix("setting_target_scale"), "\(lines.prefix(2))")
  }

  @Test func theFileOfSettingsIsTheSameRun() throws {
    let page = try Self.text(), folder = try TemporaryFolder()
    let data = try #require(Self.blocks("sh", in: page).first), settings = try #require(Self.blocks("yaml", in: page).first)
    let command = try #require(Self.blocks("sh", in: page).last { $0.hasPrefix("isthmus run") && $0.hasSuffix("--draws 4 --compare same") })
    try folder.write("run.yaml", settings)
    let output = try Self.bash("\(data)\n\(command) --plan --json\nisthmus run run.yaml --plan --json", in: folder.url)
    let runs = output.matches(of: /"run": ?"([0-9a-f]{12})"/).map(\.output.1)
    #expect(runs.count == 2 && runs[0] == runs[1], "\(output)")
  }

  /// Standard output and errors of a script, which stops at the first failure.
  private static func bash(_ script: String, in folder: URL) throws -> String {
    let program = try Invocation.program(), output = folder.appending(path: "output.txt")
    try Data().write(to: output)
    let process = Process(), file = try FileHandle(forWritingTo: output)
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-euo", "pipefail", "-c", script]
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PATH": "\(program.deletingLastPathComponent().path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")", "ISTHMUS_TILES": "off",
    ]) { _, new in new }
    (process.standardOutput, process.standardError, process.standardInput) = (file, file, FileHandle.nullDevice)
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOf: output, encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(text)")
    return text
  }
}
