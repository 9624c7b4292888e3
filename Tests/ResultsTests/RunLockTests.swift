import DurableFiles
import Foundation
import Results
import TestSupport
import Testing

/// Locks on file systems that have none.
@Suite struct RunLockTests {
  private let folder: TemporaryFolder
  private var held: URL { folder.url.appendingPathComponent("lock.held") }

  init() throws { folder = try TemporaryFolder() }

  private func lock(_ code: Int32) throws -> RunLock {
    try RunLock(folder.url) { _, _ in
      errno = code
      return -1
    }
  }

  @Test(arguments: [ENOLCK, EOPNOTSUPP, ENOSYS]) func withoutLocksAFileNamesTheHolder(_ code: Int32) throws {
    do {
      let first = try lock(code)
      #expect(try String(contentsOf: held, encoding: .utf8) == ProcessMark.own.text + "\n")
      #expect(throws: ResultsError.locked(directory: folder.url.path)) { _ = try lock(code) }
      _ = consume first
    }
    #expect(!FileManager.default.fileExists(atPath: held.path))
    _ = try lock(code)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["lock"])
  }

  @Test func whatAKilledProcessLeftIsTakenOver() throws {
    let killed = Process()
    killed.executableURL = URL(fileURLWithPath: "/bin/true")
    try killed.run()
    killed.waitUntilExit()
    let mark = ProcessMark.own.text.replacing("_\(getpid())_", with: "_\(killed.processIdentifier)_")
    try Data((mark + "\n").utf8).write(to: held)
    let taken = try lock(ENOLCK)
    #expect(try String(contentsOf: held, encoding: .utf8) == ProcessMark.own.text + "\n")
    _ = consume taken
  }

  /// The number of a process that ended can be that of another one now.
  @Test func anotherProcessOfTheSameNumberIsNoHolder() throws {
    let mark = ProcessMark.own.text.replacing(/_[0-9]+$/, with: "_1")
    try #require(mark != ProcessMark.own.text)
    try Data((mark + "\n").utf8).write(to: held)
    _ = try lock(ENOLCK)
  }

  @Test func aProcessOfAnotherHostHoldsTheRunUntilItsFileIsDeleted() throws {
    let mark = try #require(ProcessMark(parsing: "other\(ProcessMark.own.text)"))
    try Data((mark.text + "\n").utf8).write(to: held)
    let expected = ResultsError.heldElsewhere(
      directory: folder.url.path, file: held.path, host: mark.host, process: Int(mark.process))
    #expect(throws: expected) { _ = try lock(EOPNOTSUPP) }
    #expect("\(expected)".contains("delete \(held.path)"))
  }

  @Test func otherErrorsAreErrors() {
    #expect(throws: ResultsError.notWritable(path: folder.url.appendingPathComponent("lock").path, reason: String(cString: strerror(EIO))))
    {
      _ = try lock(EIO)
    }
  }
}
