import DurableFiles
import Foundation
import Results
import Synchronization
import TestSupport
import Testing

/// Checkpoints in a run's folder, killed and out of space.
@Suite struct CheckpointStoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func store() throws -> ResultsStore {
    try ResultsStore.open(RunDescription(experiment: "demo", identity: [1], parameters: [1]), in: folder.url)
  }

  private func checkpoint(_ step: Int, count: Int = 100) throws -> Checkpoint {
    try Checkpoint(state: step, arrays: ["basis": .init(shape: [count], [Double](repeating: Double(step), count: count))])
  }

  private func expect(_ found: Checkpoint?, isOf step: Int, count: Int = 100, _ comment: Comment? = nil) throws {
    let found = try #require(found, comment)
    #expect(try found.state(as: Int.self) == step, comment)
    #expect(try found.values("basis", shape: [count]) == [Double](repeating: Double(step), count: count), comment)
  }

  private func names(in directory: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.contains("checkpoint") }.sorted()
  }

  @Test func aRunKeepsReplacesAndRemovesThem() throws {
    let store = try store()
    #expect(try store.readCheckpoint("draw0") == nil)
    for step in [1, 2] {
      try store.writeCheckpoint("draw0", checkpoint(step))
      try expect(store.readCheckpoint("draw0"), isOf: step)
    }
    try store.writeCheckpoint("draw1", checkpoint(3))
    #expect(try names(in: store.directory) == ["checkpoint-draw0.bin", "checkpoint-draw1.bin"])
    for _ in 0..<2 { try store.removeCheckpoint("draw0") }
    #expect(try store.readCheckpoint("draw0") == nil)
    try expect(store.readCheckpoint("draw1"), isOf: 3)
    for name in ["../x", "", ".x", "a/b"] {
      #expect(throws: ResultsError.invalidName(what: "checkpoint name", name: name)) { try store.writeCheckpoint(name, checkpoint(1)) }
      #expect(throws: ResultsError.invalidName(what: "checkpoint name", name: name)) { _ = try store.readCheckpoint(name) }
      #expect(throws: ResultsError.invalidName(what: "checkpoint name", name: name)) { try store.removeCheckpoint(name) }
    }
    try store.finish()
    #expect(throws: ResultsError.closed(directory: store.directory.path)) { try store.writeCheckpoint("draw1", checkpoint(4)) }
    #expect(throws: ResultsError.closed(directory: store.directory.path)) { try store.removeCheckpoint("draw1") }
    try expect(store.readCheckpoint("draw1"), isOf: 3)
  }

  @Test func aDamagedOneIsNotTakenForNone() throws {
    let store = try store()
    let file = store.directory.appendingPathComponent("checkpoint-a.bin")
    try Data([1, 2, 3]).write(to: file)
    #expect(throws: ResultsError.unusableCheckpoint(path: file.path, .wrongMagic(found: [1, 2, 3]))) { _ = try store.readCheckpoint("a") }
  }

  /// What a kill at each write would leave on the disk is copied at that moment, half of the bytes written.
  @Test func aKillAtAnyWriteLeavesTheOldCheckpoint() throws {
    let run = folder.url.appendingPathComponent("run"), file = run.appendingPathComponent("checkpoint-a.bin")
    try SystemFile.createFolder(run)
    try CheckpointFile.write(checkpoint(1), to: file)
    let left = Mutex<[URL]>([]), root = folder.url
    // 70,000 elements are written in two parts.
    try CheckpointFile.write(checkpoint(2, count: 70_000), to: file) { descriptor, bytes in
      left.withLock { left in
        let copy = root.appendingPathComponent("killed-\(left.count)")
        if (try? FileManager.default.copyItem(at: run, to: copy)) != nil { left.append(copy) }
      }
      return write(descriptor, bytes.baseAddress, max(1, bytes.count / 2))
    }
    try expect(Checkpoint.read(file.path), isOf: 2, count: 70_000)
    let copies = left.withLock { $0 }
    #expect(copies.count > 20)
    for copy in copies {
      let file = copy.appendingPathComponent("checkpoint-a.bin")
      #expect(try names(in: copy).count == 2, "the old one, and what is left of the new")
      try expect(Checkpoint.read(file.path), isOf: 1, "\(copy.lastPathComponent)")
      try CheckpointFile.write(checkpoint(3), to: file)
      try expect(Checkpoint.read(file.path), isOf: 3, "\(copy.lastPathComponent)")
      #expect(try names(in: copy).count == 2, "that process lives")
    }
  }

  @Test func whatAKillLeftIsRemovedWhenTheRunIsOpenedAgain() throws {
    let killed = Process()
    killed.executableURL = URL(fileURLWithPath: "/bin/true")
    try killed.run()
    killed.waitUntilExit()
    let store = try store(), own = try ReplacementFile(of: store.directory.appendingPathComponent("checkpoint-a.bin"))
    let left = own.partial.path.replacing("_\(getpid())_", with: "_\(killed.processIdentifier)_")
    try Data([1]).write(to: URL(fileURLWithPath: left))
    try store.finish()
    _ = try self.store()
    #expect(try names(in: store.directory) == [own.partial.lastPathComponent], "an unfinished file of a living process stays")
  }

  /// The disk takes some bytes, then none.
  @Test(arguments: [0, 1, 31, 40, 100, 500]) func aFullDiskLeavesTheOldCheckpoint(_ room: Int) throws {
    let file = folder.url.appendingPathComponent("checkpoint-a.bin"), disk = SmallDisk(room: room)
    try CheckpointFile.write(checkpoint(1), to: file)
    #expect(throws: ResultsError.cannotWrite(path: file.path, reason: String(cString: strerror(ENOSPC)))) {
      try CheckpointFile.write(checkpoint(2), to: file) { disk.write($0, $1) }
    }
    try expect(Checkpoint.read(file.path), isOf: 1, "\(room) bytes of room")
    #expect(try names(in: folder.url) == ["checkpoint-a.bin"], "the room is given back")
  }

  @Test func aFolderThatIsGoneIsAnErrorWithTheSystemsReason() throws {
    let file = folder.url.appendingPathComponent("none/checkpoint-a.bin")
    #expect(throws: ResultsError.cannotWrite(path: file.path, reason: String(cString: strerror(ENOENT)))) {
      try CheckpointFile.write(checkpoint(1), to: file)
    }
  }
}
