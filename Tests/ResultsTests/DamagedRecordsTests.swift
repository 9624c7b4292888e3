import Foundation
import Results
import Synchronization
import TestSupport
import Testing

/// What is said, and done, where `records.jsonl` is not what was recorded.
@Suite struct DamagedRecordsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ reports: Reports = Reports()) throws -> ResultsStore {
    try ResultsStore.open(RunDescription(experiment: "demo", identity: [1], parameters: [1]), in: folder.url, report: { reports.add($0) })
  }

  private func record(_ index: Int) -> Record { ["step": .number(Double(index)), "loss": .number(1 / Double(index + 3))] }

  /// A run of ten records, of which a checkpoint builds on six, left by `end`.
  private func run(_ end: (ResultsStore) throws -> Void) throws -> (directory: URL, records: URL, lines: [Substring]) {
    let store = try open()
    for index in 0..<10 {
      if index == 6 { try store.writeCheckpoint("a", Checkpoint(state: 6)) }
      try store.append(record(index))
    }
    try end(store)
    let records = store.directory.appendingPathComponent("records.jsonl")
    let lines = try String(contentsOf: records, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 10)
    return (store.directory, records, lines)
  }

  private func write(_ lines: [Substring], to url: URL) throws {
    try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: url)
  }

  private static let ends: [@Sendable (ResultsStore) throws -> Void] = [
    { _ in }, { try $0.finish() }, { try $0.interrupt("SIGTERM") }, { try $0.fail("device lost") },
  ]

  @Test(arguments: ends.indices) func aFlippedDigitIsNoticedInEveryLine(_ end: Int) throws {
    let (directory, records, lines) = try run(Self.ends[end])
    for (index, line) in lines.enumerated() {
      var changed = lines
      let digit = try #require(line.lastIndex { $0 == "2" || $0 == "3" || $0 == "5" || $0 == "1" })
      changed[index] = line[..<digit] + "7" + line[line.index(after: digit)...]
      try write(changed, to: records)
      let expected = ResultsError.damagedRecords(path: records.path, line: index + 1)
      #expect(throws: expected) { _ = try RunRecords.read(directory) }
      #expect(throws: expected) { _ = try open() }
    }
    try write(lines, to: records)
    #expect(try RunRecords.read(directory) == (0..<10).map(record))
  }

  @Test(arguments: ends.indices) func aLineLostInTheMiddleIsNoticed(_ end: Int) throws {
    let (directory, records, lines) = try run(Self.ends[end])
    for index in 0..<9 {
      var left = lines
      left.remove(at: index)
      try write(left, to: records)
      let expected = ResultsError.damagedRecords(path: records.path, line: index + 1)
      #expect(throws: expected) { _ = try RunRecords.read(directory) }
      #expect(throws: expected) { _ = try open() }
    }
  }

  /// As a copy of a live folder, or a disk that lost its last seconds, leaves them.
  @Test(arguments: ends.indices, [0, 3, 5, 6, 9]) func linesLostAtTheEndAreToBeComputedAgain(_ end: Int, _ left: Int) throws {
    let (directory, records, lines) = try run(Self.ends[end])
    if left == 0 { try FileManager.default.removeItem(at: records) } else { try write(Array(lines.prefix(left)), to: records) }
    let error = #expect(throws: ResultsError.self) { _ = try RunRecords.read(directory) }
    switch error {
    case .lostRecords(_, left, 10) where left > 0: break
    case .cannotRead where left == 0: break
    default: Issue.record("\(String(describing: error))")
    }
    let reports = Reports(), store = try open(reports)
    #expect(store.existing == (0..<left).map(record))
    #expect(reports.texts.count == 1 && reports.texts[0].contains("\(10 - left) of 10 records are lost"), "\(reports.texts)")
    let checkpoint = try store.readCheckpoint("a")
    #expect((checkpoint != nil) == (left >= 6), "it builds on six records")
    #expect(reports.texts.count == (left >= 6 ? 1 : 2))
    for index in left..<10 { try store.append(record(index)) }
    try store.finish()
    #expect(try RunRecords.read(directory) == (0..<10).map(record))
    let again = Reports()
    _ = try open(again)
    #expect(again.texts.isEmpty)
  }

  /// Other records of the same number are not those that a checkpoint builds on.
  @Test func aCheckpointKnowsItsRecords() throws {
    let (_, records, lines) = try run(Self.ends[0])
    try write(Array(lines.prefix(2)), to: records)
    let store = try open()
    for index in 20..<24 { try store.append(record(index)) }
    #expect(try store.readCheckpoint("a") == nil)
    try store.writeCheckpoint("a", Checkpoint(state: 7))
    #expect(try store.readCheckpoint("a")?.state() == 7)
  }

  /// One line without checksum is what a kill between the two writes leaves; more come with a copy of a live folder.
  @Test func linesWithoutChecksumYetCount() throws {
    let (directory, records, _) = try run(Self.ends[0])
    let sums = directory.appendingPathComponent("records.crc"), whole = try Data(contentsOf: sums)
    #expect(whole.count == 90)
    for left in [89, 81, 40, 0] {
      try whole.prefix(left).write(to: sums)
      #expect(try RunRecords.read(directory) == (0..<10).map(record))
      _ = try open()
      #expect(try Data(contentsOf: sums) == whole, "those that are missing are added")
    }
    #expect(try Data(contentsOf: records).count > 0)
  }

  @Test func recordsOfAnOlderVersionAreReadWithANote() throws {
    let (directory, records, lines) = try run(Self.ends[0])
    try FileManager.default.removeItem(at: directory.appendingPathComponent("records.crc"))
    #expect(try RunRecords.read(directory) == (0..<10).map(record))
    #expect(RunRecords.caveat(in: directory)?.contains(records.path) == true)
    let reports = Reports()
    do {
      let store = try open(reports)
      #expect(store.existing.count == 10)
      #expect(reports.texts.count == 1)
    }
    #expect(RunRecords.caveat(in: directory) == nil, "from now on they have checksums")
    try write(lines.dropLast(3) + ["{}"], to: records)
    #expect(throws: ResultsError.damagedRecords(path: records.path, line: 8)) { _ = try RunRecords.read(directory) }
  }

  @Test func checksumsThatAreNoneAreNamed() throws {
    let (directory, _, _) = try run(Self.ends[0])
    let sums = directory.appendingPathComponent("records.crc")
    try Data("00000000\nnonsense\n".utf8).write(to: sums)
    let error = #expect(throws: ResultsError.self) { _ = try RunRecords.read(directory) }
    #expect("\(String(describing: error))".contains("line 2 is no checksum"))
  }

  @Test func anInterruptedRunSaysSo() throws {
    let (directory, _, _) = try run { try $0.interrupt("SIGTERM") }
    let manifest = try Manifest.read(directory)
    #expect(manifest.status == .interrupted && manifest.reason == "SIGTERM" && manifest.ended != nil)
    #expect(manifest.records?.count == 10)
    #expect(RunListing.runs(in: folder.url).map(\.state) == [.interrupted])
  }
}

/// Collects what a store reports.
final class Reports: Sendable {
  private let collected = Mutex<[String]>([])

  var texts: [String] { collected.withLock { $0 } }

  func add(_ text: String) { collected.withLock { $0.append(text) } }
}
