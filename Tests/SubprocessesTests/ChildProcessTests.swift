import Foundation
import Subprocesses
import Testing

@Suite struct ChildProcessTests {
  private func shell(_ script: String, timeout: Duration? = nil) throws -> ChildProcess.Outcome {
    var child = ChildProcess("sh", ["-c", script])
    child.timeout = timeout
    return try child.run()
  }

  @Test func bothStreamsAndTheEndAreKnown() throws {
    let outcome = try shell("echo out; echo errors >&2; exit 3")
    #expect(outcome.end == .exit(3) && !outcome.succeeded)
    #expect(outcome.output == Array("out\n".utf8) && outcome.errors == Array("errors\n".utf8))
    #expect(try shell("kill -SEGV $$").end == .signal(SIGSEGV))
  }

  /// More than a pipe holds, on both streams in turn: a reader that waits for one of them would wait for ever.
  @Test func longOutputIsReadToItsEnd() throws {
    let outcome = try shell("for i in 1 2 3; do head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; done")
    #expect(outcome.succeeded && outcome.output.count == 900_000 && outcome.errors.count == 900_000)
    var child = ChildProcess("sh", ["-c", "head -c 300000 /dev/zero"])
    child.mostBytes = 1000
    let shortened = try child.run()
    #expect(shortened.succeeded && shortened.output.count == 1000)
  }

  /// With what it has started, and although that holds the streams open.
  @Test func oneThatDoesNotEndIsEnded() throws {
    let began = ContinuousClock.now
    #expect(try shell("sleep 60 & sleep 60", timeout: .milliseconds(200)).end == .timeout)
    #expect(ContinuousClock.now - began < .seconds(10))
    // A program that it leaves behind does not hold up its end.
    let left = try shell("sleep 3 & echo $!")
    #expect(left.succeeded)
    #expect(ContinuousClock.now - began < .seconds(2.5))
  }

  @Test func itStartsInAFolderWithAnEnvironmentAndAnInput() throws {
    let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appending(path: "isthmus-child-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("what it reads".utf8).write(to: folder.appending(path: "input"))
    var child = ChildProcess("/bin/sh", ["-c", "pwd; echo $OWN $HOME; cat"])
    (child.folder, child.environment, child.input) = (folder.path, ["OWN": "alone"], folder.appending(path: "input").path)
    #expect(try String(decoding: child.run().output, as: UTF8.self) == "\(folder.path)\nalone\nwhat it reads")
    child.folder = "/nowhere/at-all"
    #expect(throws: ChildProcess.Failure.self) { try child.run() }
  }

  @Test func oneThatIsStartedWritesToItsLogAndIsAskedForItsEnd() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "isthmus-started-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let log = folder.appending(path: "log").path
    try Data("before\n".utf8).write(to: URL(filePath: log))
    let script = "trap 'echo asked >&2; exit 7' TERM; echo out; while :; do sleep 0.01; done"
    var process = try ChildProcess("sh", ["-c", script]).start(log: log)
    while !(try String(contentsOfFile: log, encoding: .utf8)).contains("out") { usleep(1000) }
    #expect(process.poll() == nil)
    process.send(SIGTERM)
    while process.poll() == nil { usleep(1000) }
    #expect(process.poll() == .exit(7), "known also when it is asked for again")
    #expect(try String(contentsOfFile: log, encoding: .utf8) == "before\nout\nasked\n")
    #expect(throws: ChildProcess.Failure.self) { try ChildProcess("sh").start(log: folder.path) }
  }

  @Test func argumentsAreNotReadAsCommands() throws {
    let text = "'; echo `echo run` $(echo run) \"\\\u{301}"
    #expect(try ChildProcess("printf", ["%s", text]).run().output == Array(text.utf8))
  }

  @Test func aProgramThatIsNotThereIsAReason() throws {
    #expect(throws: ChildProcess.Failure(program: "/nowhere/program", reason: "No such file or directory")) {
      try ChildProcess("/nowhere/program").run()
    }
  }

  /// A program that ignores signals must not make those that it starts ignore them.
  @Test func signalsAreAsTheSystemHandlesThem() throws {
    let before = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, before) }
    #expect(try shell("kill -PIPE $$; echo survived").end == .signal(SIGPIPE))
  }
}
