import Foundation
import Results
import TestSupport
import Testing

/// What lies in the place of a file of a run and is none: reading ends, with a reason.
@Suite struct ReadingTests {
  static let strangers = ["pipe", "folder", "device", "nothing", "link to itself"]

  @Test(arguments: strangers) func onlyRegularFilesAreRead(_ stranger: String) throws {
    let folder = try TemporaryFolder()
    for name in ["manifest.json", "records.jsonl", "checkpoint-a.bin"] {
      let url = folder.url.appendingPathComponent(name)
      switch stranger {
      case "pipe": mkfifo(url.path, 0o644)
      case "folder": try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      case "device": try FileManager.default.createSymbolicLink(atPath: url.path, withDestinationPath: "/dev/zero")
      case "link to itself": try FileManager.default.createSymbolicLink(atPath: url.path, withDestinationPath: name)
      default: break
      }
    }
    #expect(throws: ResultsError.self) { try Manifest.read(folder.url) }
    #expect(throws: ResultsError.self) { try RunRecords.read(folder.url) }
    #expect(throws: ResultsError.self) { try Checkpoint.read(folder.url.appendingPathComponent("checkpoint-a.bin").path) }
  }

  @Test func aLineWithoutEndIsRefused() throws {
    let folder = try TemporaryFolder()
    try Data(repeating: UInt8(ascii: "["), count: 17 << 20).write(to: folder.url.appendingPathComponent("records.jsonl"))
    let error = #expect(throws: ResultsError.self) { try RunRecords.read(folder.url) }
    guard case .malformedRecord(_, 1, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("longer than 17 MB"))
  }

  @Test func aManifestOfAnySizeIsNotReadWhole() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("manifest.json")
    try Data().write(to: url)
    // Sparse: it takes no room.
    truncate(url.path, 1 << 36)
    #expect(throws: ResultsError.cannotRead(path: url.path, reason: "it is larger than 17 MB")) { try Manifest.read(folder.url) }
  }
}
