import Foundation
import Results
import TestSupport
import Testing

@Suite struct RunRemovalTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func description(_ seed: Int) throws -> RunDescription {
    try RunDescription(experiment: "demo", identity: ["seed": seed], parameters: ["seed": seed])
  }

  /// Makes a finished run with an array.
  private func run(_ seed: Int) throws -> URL {
    let store = try ResultsStore.open(try description(seed), in: folder.url)
    try store.append(["step": 1])
    try store.writeArray("a", shape: [1], [1])
    try store.finish()
    return store.directory
  }

  private var left: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "demo").path).sorted() }
  }

  @Test func runsGoAsAWhole() throws {
    let runs = try (0..<3).map { try run($0) }
    try RunRemoval.remove([runs[0], runs[1], runs[0]])
    #expect(try left == [runs[2].lastPathComponent])
    #expect(try RunRecords.read(runs[2]).count == 1)
    // The same settings begin anew.
    let store = try ResultsStore.open(try description(0), in: folder.url)
    #expect(store.existing.isEmpty)
    try store.finish()
  }

  @Test func aRunInProgressKeepsAllOthers() throws {
    let done = try run(0), before = try left
    let store = try ResultsStore.open(try description(1), in: folder.url)
    #expect(throws: ResultsError.locked(directory: store.directory.path)) { try RunRemoval.remove([done, store.directory]) }
    #expect(try Set(left) == Set(before + [store.directory.lastPathComponent]))
    #expect(try RunRecords.read(done).count == 1)
    try store.append(["step": 2])
    try store.finish()
    try RunRemoval.remove([done, store.directory])
    #expect(try left.isEmpty)
  }

  @Test func whatIsNoRunStays() throws {
    let done = try run(0), notes = folder.url.appending(path: "demo/notes", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: notes, withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: notes.appending(path: "notes.txt"))
    #expect(throws: ResultsError.notARun(directory: notes.relativePath)) { try RunRemoval.remove([done, notes]) }
    #expect(throws: ResultsError.notARun(directory: folder.url.relativePath)) { try RunRemoval.remove([folder.url]) }
    #expect(try left.count == 2)
  }

  @Test func ofALinkTheLinkAloneGoes() throws {
    let real = try run(0), link = folder.url.appending(path: "demo/link", directoryHint: .isDirectory)
    try FileManager.default.createSymbolicLink(atPath: folder.url.path + "/demo/link", withDestinationPath: real.path)
    try RunRemoval.remove([link])
    #expect(try left == [real.lastPathComponent] && RunRecords.read(real).count == 1)
  }

  @Test func whatAKilledRemovalLeftIsInvisibleAndGoesWithTheNext() throws {
    let done = try run(0), other = try run(1)
    let killed = Process()
    killed.executableURL = URL(fileURLWithPath: "/bin/true")
    try killed.run()
    killed.waitUntilExit()
    func hidden(_ process: Int32) throws -> String {
      let name = ".gone.\(try host())_\(process)_0_abc.removed"
      try FileManager.default.createDirectory(at: folder.url.appending(path: "demo/\(name)/arrays"), withIntermediateDirectories: true)
      return name
    }
    let old = try hidden(killed.processIdentifier), living = try hidden(getpid())
    #expect(RunListing.runs(in: folder.url).map(\.run).sorted() == [done, other].map(\.lastPathComponent).sorted())
    try RunRemoval.remove([done])
    let names = try left
    #expect(!names.contains(old) && names.contains(living), "\(names)")
  }

  /// Host and namespace as in the mark of this process.
  private func host() throws -> String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let host = String(decoding: name.prefix { $0 != 0 && $0 != 0x2E }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let namespace = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid"))?.filter(\.isNumber) ?? ""
    return "\(host.filter { $0.isLetter || $0.isNumber || $0 == "-" }.prefix(40))_\(namespace)"
  }
}
