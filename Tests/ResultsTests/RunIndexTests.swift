import Foundation
import Results
import TestSupport
import Testing

/// Listings are those of the folders, whatever lies in the index.
@Suite(.serialized) struct RunIndexTests {
  private static let count = RunListing.indexingThreshold + 10

  /// A folder whose index holds all of its runs.
  private func indexed() throws -> ManyRuns {
    let runs = try ManyRuns(Self.count)
    runs.settle()
    #expect(RunListing.runs(in: runs.url).count == Self.count)
    #expect(FileManager.default.fileExists(atPath: runs.index.path))
    return runs
  }

  @Test func whatIsKnownIsTakenFromTheIndexAndChangesAreSeen() throws {
    let runs = try indexed(), truth = try runs.truth()
    #expect(RunListing.runs(in: runs.url) == truth)
    #expect(truth.allSatisfy { $0.state == .finished && $0.device == "cpu: one" && $0["rate"] == "0.5" })

    try runs.forge("cpu: one", "cpu: two")
    #expect(RunListing.runs(in: runs.url).allSatisfy { $0.device == "cpu: two" }, "the index was not used")

    // Another content of the same length, written into the file, which then gets its old time back.
    let manifest = runs.manifest(3), text = try String(contentsOf: manifest, encoding: .utf8)
    let date = try FileManager.default.attributesOfItem(atPath: manifest.path)[.modificationDate]
    let handle = try FileHandle(forWritingTo: manifest)
    try handle.write(contentsOf: Data(text.replacing("cpu: one", with: "cpu: six").utf8))
    try handle.close()
    try FileManager.default.setAttributes([.modificationDate: #require(date)], ofItemAtPath: manifest.path)
    func device(_ run: String) -> String? { RunListing.runs(in: runs.url).first { $0.run == run }?.device }
    #expect(device("run3") == "cpu: six" && device("run4") == "cpu: two")

    // One that is replaced, one that is gone, one that is new, and one that is a copy of another.
    try runs.add(4, status: "interrupted")
    try FileManager.default.removeItem(at: runs.directory(5))
    try runs.add(Self.count)
    try FileManager.default.removeItem(at: runs.directory(6))
    try FileManager.default.copyItem(at: runs.directory(7), to: runs.directory(6))
    let listed = RunListing.runs(in: runs.url)
    #expect(listed.first { $0.run == "run4" }?.state == .interrupted && listed.first { $0.run == "run6" }?["seed"] == 7)
    #expect(!listed.contains { $0.run == "run5" } && listed.contains { $0.run == "run\(Self.count)" })

    try RunListing.rebuildIndex(in: runs.url)
    #expect(try RunListing.runs(in: runs.url) == runs.truth())
    #expect(device("run8") == "cpu: one", "a rebuilt index holds nothing of the old one")
  }

  @Test func aDamagedIndexIsNone() throws {
    let runs = try indexed(), truth = try runs.truth(), sound = [UInt8](try Data(contentsOf: runs.index))
    var random = SplitMix64(seed: 5)
    var damaged: [[UInt8]] = [[], Array("isthmus-run-index 1 0\n".utf8), Array(repeating: 0, count: 1000)]
    for _ in 0..<40 {
      damaged.append(Array(sound.prefix(Int.random(in: 0..<sound.count, using: &random))))
      var changed = sound
      changed[Int.random(in: 0..<sound.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      damaged.append(changed)
    }
    for bytes in damaged {
      try Data(bytes).write(to: runs.index)
      #expect(RunListing.runs(in: runs.url) == truth, "\(bytes.count) bytes")
      #expect(try Data(contentsOf: runs.index) == Data(sound), "it is written again")
    }
  }

  /// Numbers beyond the tables, and lines that are missing, with a checksum that is right.
  @Test func aForgedIndexIsNone() throws {
    let runs = try indexed(), truth = try runs.truth(), sound = try Data(contentsOf: runs.index)
    let changes = [
      ("\n0 1 2 ", "\n0 99999 2 "), ("\n0 1 2 ", "\n99999999999999999999 1 2 "), ("\"finished\"", "\"done\""), ("\"demo\"\n", ""),
    ]
    for (from, to) in changes {
      try sound.write(to: runs.index)
      try runs.forge(from, to)
      #expect(try Data(contentsOf: runs.index) != sound, "nothing is changed by \(from) → \(to)")
      #expect(RunListing.runs(in: runs.url) == truth, "\(from) → \(to)")
    }
  }

  @Test func processesThatWriteTogetherLeaveAWholeIndex() async throws {
    let runs = try indexed(), truth = try runs.truth(), url = runs.url
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        group.addTask {
          for _ in 0..<10 {
            let runs = number % 2 == 0 ? try RunListing.rebuildIndex(in: url) : RunListing.runs(in: url)
            guard runs == truth else { return false }
          }
          return true
        }
      }
      for try await isTrue in group { #expect(isTrue) }
    }
    try runs.forge("cpu: one", "cpu: two")
    #expect(RunListing.runs(in: url).allSatisfy { $0.device == "cpu: two" })
    #expect(try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() == [".run-index", "demo"])
  }

  @Test func withoutAPlaceForTheIndexRunsAreListedAllTheSame() throws {
    let runs = try indexed(), truth = try runs.truth()
    try FileManager.default.removeItem(at: runs.index)
    try FileManager.default.createDirectory(at: runs.index.appending(path: "in the way"), withIntermediateDirectories: true)
    #expect(RunListing.runs(in: runs.url) == truth)
    let error = #expect(throws: ResultsError.self) { try RunListing.rebuildIndex(in: runs.url) }
    guard case .notWritable(runs.url.path, _) = error else {
      Issue.record("expected notWritable, got \(String(describing: error))")
      return
    }
  }

  @Test func anExperimentAloneLeavesTheOthersInTheIndex() throws {
    let runs = try indexed()
    #expect(RunListing.runs(in: runs.url, experiment: "other").isEmpty)
    try runs.forge("cpu: one", "cpu: two")
    #expect(RunListing.runs(in: runs.url, experiment: "demo").allSatisfy { $0.device == "cpu: two" })
    let other = runs.url.appending(path: "other")
    try FileManager.default.copyItem(at: runs.url.appending(path: "demo"), to: other)
    runs.settle()
    #expect(RunListing.runs(in: runs.url, experiment: "other").allSatisfy { $0.device == "cpu: one" })
    #expect(RunListing.runs(in: runs.url, experiment: "demo").allSatisfy { $0.device == "cpu: two" })
  }

  @Test func aManifestThatWasJustWrittenIsNotBelievedTheNextTime() throws {
    let runs = try ManyRuns(Self.count)
    #expect(RunListing.runs(in: runs.url).count == Self.count)
    #expect(!FileManager.default.fileExists(atPath: runs.index.path), "stamps of this second could hide a later change")
  }

  @Test func aSmallFolderGetsNoIndex() throws {
    let runs = try ManyRuns(3)
    runs.settle()
    #expect(RunListing.runs(in: runs.url).count == 3)
    #expect(try FileManager.default.contentsOfDirectory(atPath: runs.url.path) == ["demo"])
  }

  @Test func filesBesideRunsAreNone() throws {
    let runs = try ManyRuns(1)
    try Data().write(to: runs.url.appending(path: "demo/notes.txt"))
    try Data().write(to: runs.url.appending(path: "notes.txt"))
    try FileManager.default.createDirectory(at: runs.url.appending(path: "demo/empty"), withIntermediateDirectories: true)
    let listed = RunListing.runs(in: runs.url)
    #expect(listed.map(\.run) == ["empty", "run0"])
    #expect(listed[0].state.name == "unreadable" && listed[0].state.reason?.contains("no such file") == true)
    #expect(listed[1].directory.path == runs.directory(0).path && RunListing.run(in: runs.directory(0)).state == .finished)
  }
}
