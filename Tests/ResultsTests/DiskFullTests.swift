import Foundation
import Results
import TestSupport
import Testing

@Suite struct DiskFullTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var sums: URL { folder.url.appendingPathComponent("records.crc") }

  private func line(_ text: String) -> [UInt8] { Array("{\"text\":\"\(text)\"}\n".utf8) }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func aFullDeviceIsAnErrorWithTheSystemsReason() throws {
    var log = try RecordLog(URL(fileURLWithPath: "/dev/full"), length: 0, in: sums)
    do {
      try log.append(line("a"))
      Issue.record("expected an error")
    } catch {
      #expect(error == .cannotWrite(path: "/dev/full", reason: String(cString: strerror(ENOSPC))))
    }
  }

  /// The disk takes some bytes of a line, then none; later it has room again.
  @Test(arguments: [0, 8, 18, 20]) func aLineCutShortIsTakenBack(_ extra: Int) throws {
    let url = folder.url.appendingPathComponent("records.jsonl")
    // The first line and its checksum, and a part of the second line.
    let disk = SmallDisk(room: 17 + 9 + extra)
    var log = try RecordLog(url, length: 0, in: sums) { disk.write($0, $1) }
    try log.append(line("first"))
    do {
      try log.append(line("second"))
      Issue.record("expected an error")
    } catch {
      let full = extra < line("second").count ? url : sums
      #expect(error == .cannotWrite(path: full.path, reason: String(cString: strerror(ENOSPC))))
    }
    #expect(try Data(contentsOf: url) == Data(line("first")), "the half line is gone")
    #expect(try Data(contentsOf: sums).count == 9)
    disk.room.withLock { $0 = 1000 }
    try log.append(line("third"))
    try log.synchronise()
    #expect(try Data(contentsOf: url) == Data(line("first") + line("third")))
    var checksum = CRC32()
    (line("first") + line("third")).withUnsafeBytes { checksum.update($0) }
    #expect(log.prefix == RecordPrefix(count: 2, checksum: checksum.value))
    #expect(try Data(contentsOf: sums).suffix(9) == Data(RecordChecksums.line(checksum.value)))
  }

  /// A real file system of 64 KiB.
  @Test func aFullFileSystemLeavesTheRecordsValid() throws {
    let mounted = folder.url.appendingPathComponent("small")
    try FileManager.default.createDirectory(at: mounted, withIntermediateDirectories: true)
    guard try run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mounted.path) == 0 else {
      print("skipped: aFullFileSystemLeavesTheRecordsValid, mounting a tmpfs is not permitted here")
      return
    }
    defer { _ = try? run("umount", "-l", mounted.path) }
    let description = try RunDescription(experiment: "demo", identity: [1], parameters: [1])
    #expect(throws: ResultsError.self) { try ResultsStore.open(description, in: mounted, expectedBytes: 1 << 20) }
    var written = 0
    do {
      let store = try ResultsStore.open(description, in: mounted, expectedBytes: 1 << 10)
      let error = #expect(throws: ResultsError.self) {
        while written < 10_000 {
          try store.append(["index": .number(Double(written)), "text": .string(String(repeating: "x", count: 300))])
          written += 1
        }
      }
      guard case .cannotWrite(_, String(cString: strerror(ENOSPC))) = error else {
        Issue.record("expected a full disk, got \(String(describing: error))")
        return
      }
      #expect(throws: ResultsError.self) { try store.writeArray("x", shape: [1000], [Double](repeating: 1, count: 1000)) }
      #expect(RunArrays.names(in: store.directory).isEmpty)
      let large = try Checkpoint(state: 1, arrays: ["x": .init(shape: [10_000], [Double](repeating: 1, count: 10_000))])
      #expect(throws: ResultsError.self) { try store.writeCheckpoint("x", large) }
      #expect(try store.readCheckpoint("x") == nil)
    }
    #expect(written > 100)
    let directory = try #require(RunListing.runs(in: mounted).first).directory
    #expect(try Manifest.read(directory).status == .running)
    #expect(try RunRecords.read(directory).compactMap { $0.number("index") } == (0..<written).map(Double.init))
    #expect(try Data(contentsOf: directory.appendingPathComponent("records.jsonl")).last == 0x0A)
  }

  private func run(_ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
