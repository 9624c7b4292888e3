import Foundation
import Results
import TestSupport

/// A results folder with copies of one finished run, which differ in their seeds.
struct ManyRuns {
  let folder: TemporaryFolder
  let count: Int
  /// Text of the manifest of which the others are made.
  private let template: String

  var url: URL { folder.url }
  var index: URL { url.appending(path: ".run-index") }

  init(_ count: Int) throws {
    (folder, self.count) = (try TemporaryFolder(), count)
    let other = try TemporaryFolder()
    var description = try RunDescription(
      experiment: "demo", identity: ["seed": 0], parameters: ["rate": "0.5", "data": "digits", "seed": "SEED"])
    description.device = "cpu: one"
    let store = try ResultsStore.open(description, in: other.url)
    try store.finish()
    template = try String(contentsOf: store.directory.appending(path: "manifest.json"), encoding: .utf8)
    for number in 0..<count { try add(number) }
  }

  func directory(_ number: Int) -> URL { url.appending(path: "demo/run\(number)", directoryHint: .isDirectory) }
  func manifest(_ number: Int) -> URL { directory(number).appending(path: "manifest.json") }

  func add(_ number: Int, status: String = "finished") throws {
    try FileManager.default.createDirectory(at: directory(number), withIntermediateDirectories: true)
    let run = template.split(separator: "\n").first { $0.contains("\"run\":") }.map(String.init) ?? ""
    let text = template.replacing("\"SEED\"", with: "\(number)").replacing(run, with: "  \"run\": \"run\(number)\",")
      .replacing("\"status\": \"finished\"", with: "\"status\": \"\(status)\"")
    try Data(text.utf8).write(to: manifest(number), options: .atomic)
  }

  /// Waits until the stamps of all manifests are old enough to be believed.
  func settle() { Thread.sleep(forTimeInterval: 4) }

  /// The listing without an index: what is true.
  func truth() throws -> [RunSummary] {
    let kept = url.appending(path: ".kept")
    try? FileManager.default.moveItem(at: index, to: kept)
    let runs = RunListing.runs(in: url)
    try? FileManager.default.removeItem(at: index)
    try? FileManager.default.moveItem(at: kept, to: index)
    return runs
  }

  /// Changes the index and gives it the checksum that goes with that.
  func forge(_ from: String, _ to: String) throws {
    let lines = try String(contentsOf: index, encoding: .utf8).split(separator: "\n", maxSplits: 1)
    let body = Array(lines[1].replacing(from, with: to).utf8)
    try Data("isthmus-run-index 1 \(ManyRuns.checksum(body))\n".utf8 + body).write(to: index)
  }

  /// CRC-32, bit by bit. Source: RFC 1952, section 8.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { checksum, byte in
      (0..<8).reduce(checksum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    }
  }
}
